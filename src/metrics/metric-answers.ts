import { Injectable } from '@nestjs/common';
import { invalidField, type LocalizedText } from '../platform/errors/index.js';
import { RequestContext } from '../platform/http/index.js';
import {
  type AnalysisDto,
  type AnalysisQuery,
  type DiagnosisDto,
  type IterationDto,
  ReportStatusDto,
} from './metric-answers.dto.js';
import { MetricIterations } from './metric-iterations.js';
import { MetricService } from './metric.service.js';
import { ToggleLookup, type TogglePath } from './toggle-lookup.js';

/** The form FeatureProbe's UI writes the bounds of a time in. */
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

const NO_LOCAL_TIME: LocalizedText = {
  en: 'must be a time like 2026-11-22 00:00:00',
  zh: '必须是形如 2026-11-22 00:00:00 的时间',
};

/** Upstream's word for: nothing at all has come in. */
const NOTHING_CAME_IN = '462';

const NOTHING_CAME_IN_TEXT: LocalizedText = {
  en: 'Neither evaluations of the toggle nor events of the metric have come in yet',
  zh: '尚未收到开关的访问数据和指标的事件数据',
};

/**
 * What is known of a metric's outcome. Flagpost doesn't take in the events of SDKs yet, so the answers say that there is no data:
 * nothing in them is made up.
 */
@Injectable()
export class MetricAnswers {
  constructor(
    private readonly toggles: ToggleLookup,
    private readonly metrics: MetricService,
    private readonly metricIterations: MetricIterations,
    private readonly context: RequestContext,
  ) {}

  /**
   * @throws DomainError `not_found` where there is no such toggle, or it has no metric here; `invalid_request` for bounds that
   * are no times.
   */
  async analysis(path: TogglePath, { start, end }: AnalysisQuery): Promise<AnalysisDto> {
    for (const [field, text] of Object.entries({ start, end }))
      if (text !== undefined && !LOCAL_TIME.test(text)) throw invalidField(field, NO_LOCAL_TIME);
    return { start, end, metric: await this.metrics.get(path), data: {} };
  }

  /** @throws DomainError `not_found`. */
  async iterations(path: TogglePath): Promise<IterationDto[]> {
    const { targeting } = await this.toggles.find(path);
    return this.metricIterations.list(targeting.id);
  }

  /** @throws DomainError `not_found`. */
  async status(path: TogglePath): Promise<ReportStatusDto> {
    await this.toggles.find(path);
    return new ReportStatusDto();
  }

  /** @throws DomainError `not_found`. */
  async diagnosis(path: TogglePath): Promise<DiagnosisDto> {
    await this.toggles.find(path);
    const locale = this.context.current?.locale ?? 'en';
    return { code: NOTHING_CAME_IN, message: NOTHING_CAME_IN_TEXT[locale] };
  }
}
