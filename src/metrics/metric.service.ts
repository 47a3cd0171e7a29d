import { Injectable } from '@nestjs/common';
import { EnvironmentService } from '../environments/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { notFound } from '../platform/errors/index.js';
import { AuditStamps } from '../platform/http/index.js';
import { MetricDefinitions, MetricEntity } from '../toggles/index.js';
import { columnsOf } from './metric-rules.js';
import { MetricDto, SavedMetricDto, type SaveMetricDto } from './metric.dto.js';
import { ToggleLookup, type TogglePath } from './toggle-lookup.js';

/** The metric a toggle's variations are compared by: one for each environment. */
@Injectable()
export class MetricService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: MetricDefinitions,
    private readonly toggles: ToggleLookup,
    private readonly environments: EnvironmentService,
    private readonly stamps: AuditStamps,
  ) {}

  /** @throws DomainError `not_found` where there is no such toggle, or it has no metric here. */
  async get(path: TogglePath): Promise<MetricDto> {
    const { targeting } = await this.toggles.find(path);
    const metric = await this.metrics.find(targeting.id);
    if (!metric) throw notFound('metric', path.toggleKey);
    return MetricDto.from(metric);
  }

  /**
   * Makes the metric, or replaces it. SDKs in browsers look out for its event, so they are told.
   * @throws DomainError `not_found`; `invalid_request` where what this kind of metric needs is missing.
   */
  async save(path: TogglePath, request: SaveMetricDto): Promise<SavedMetricDto> {
    const columns = columnsOf(request);
    return this.unitOfWork.run(async () => {
      // The lock on the targeting makes savings of one metric follow one another, the first of them too.
      const { environment, targeting } = await this.toggles.lock(path);
      const before = await this.metrics.find(targeting.id);
      const metric = Object.assign(before ?? this.#blank(targeting), columns);
      this.stamps.modified(metric);
      await this.metrics.save(metric);
      await this.environments.bumpVersion(environment.id);
      return SavedMetricDto.from(metric);
    });
  }

  #blank({ id, organizationId }: { id: number; organizationId: number }): MetricEntity {
    return Object.assign(new MetricEntity(), { targetingId: id, organizationId, ...this.stamps.created() });
  }
}
