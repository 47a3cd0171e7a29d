import { DomainError } from '../platform/errors/index.js';
import type { MetricEntity } from '../toggles/index.js';
import { nameOfWatched } from './event-definition.js';
import type { SaveMetricDto } from './metric.dto.js';

/** The columns a request decides. */
export type MetricColumns = Omit<
  MetricEntity,
  'id' | 'organizationId' | 'targetingId' | 'createdAt' | 'createdBy' | 'modifiedAt' | 'modifiedBy'
>;

type WatchedColumns = Pick<MetricColumns, 'eventName' | 'matcher' | 'url' | 'selector'>;

/**
 * What is stored of a requested metric: what its kind of event has no use for is dropped.
 * @throws DomainError `invalid_request` where what its kind needs is missing, or its regular expression doesn't compile.
 */
export function columnsOf(request: SaveMetricDto): MetricColumns {
  const watched = request.eventType === 'CUSTOM' ? customEvent(request) : watchedPage(request);
  const winCriteria = request.winCriteria ?? null;
  if (request.metricType !== 'CONVERSION' && winCriteria === null)
    throw new DomainError('metric_win_criteria_required');
  return {
    name: request.name,
    description: request.description ?? '',
    unit: request.unit ?? '',
    metricType: request.metricType,
    eventType: request.eventType,
    denominator: request.denominator ?? 'TOTAL_SAMPLE',
    winCriteria,
    ...watched,
  };
}

function customEvent({ eventName }: SaveMetricDto): WatchedColumns {
  if (isBlank(eventName)) throw new DomainError('metric_event_name_required');
  return { eventName, matcher: null, url: null, selector: null };
}

function watchedPage(request: SaveMetricDto): WatchedColumns {
  const { eventType, matcher, url } = request;
  if (!matcher || isBlank(url)) throw new DomainError('metric_event_url_required');
  if (matcher === 'REGULAR' && !compiles(url)) throw new DomainError('metric_regex_invalid');
  const selector = eventType === 'CLICK' ? request.selector : null;
  if (eventType === 'CLICK' && isBlank(selector)) throw new DomainError('metric_event_selector_required');
  const watched = { eventType, matcher, url, selector: selector ?? null };
  return { eventName: nameOfWatched(watched), matcher, url, selector: watched.selector };
}

function isBlank(text: string | null | undefined): text is null | undefined | '' {
  return text === null || text === undefined || text.trim() === '';
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
