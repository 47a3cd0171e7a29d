import { Injectable } from '@nestjs/common';
import { eventOf, EventTracker } from '../metrics/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { SegmentEntity } from '../segments/index.js';
import { MetricDefinitions, TargetingEntity, ToggleEntity } from '../toggles/index.js';
import type { RepositorySource, SourceToggle } from './repository-builder.js';
import type { SdkEnvironment } from './sdk-keys.js';

/** Gathers what the SDKs of an environment shall know. */
@Injectable()
export class RepositorySources {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: MetricDefinitions,
    private readonly tracker: EventTracker,
  ) {}

  /**
   * What is stored now. The version is the one the environment was found with, before all else was read: a change that comes
   * between is delivered early and once more with its own version, but never missed.
   */
  async load(environment: SdkEnvironment): Promise<RepositorySource> {
    const { id, version, projectId, projectKey } = environment;
    const metrics = await this.metrics.listIn(id);
    return {
      projectKey,
      version,
      debugUntil: await this.tracker.debugUntil(id),
      toggles: await this.#toggles(id),
      segments: await this.unitOfWork.reader.getRepository(SegmentEntity).find({
        select: { key: true, version: true, rules: true },
        where: { projectId, deleted: false },
        order: { id: 'ASC' },
      }),
      events: metrics.map(eventOf),
    };
  }

  async #toggles(environmentId: number): Promise<SourceToggle[]> {
    const targetings = (await this.unitOfWork.reader
      .getRepository(TargetingEntity)
      .createQueryBuilder('targeting')
      .innerJoinAndMapOne('targeting.toggle', ToggleEntity, 'toggle', 'toggle.id = targeting.toggleId')
      .where('targeting.environmentId = :environmentId', { environmentId })
      .andWhere('toggle.archived = :archived', { archived: false })
      .orderBy('toggle.id', 'ASC')
      .getMany()) as (TargetingEntity & { toggle: ToggleEntity })[];
    return targetings.map(({ toggle, ...targeting }) => ({
      key: toggle.key,
      returnType: toggle.returnType,
      clientAvailability: toggle.clientAvailability,
      disabled: targeting.disabled,
      trackAccessEvents: targeting.trackAccessEvents,
      version: targeting.version,
      publishedAt: targeting.publishedAt,
      content: targeting.content,
    }));
  }
}
