import { createHash } from 'node:crypto';
import type { MetricEntity, MetricEventType, UrlMatcher } from '../toggles/index.js';

/** An event that a metric counts, as SDKs are told to look out for it. */
export interface EventDefinition {
  readonly name: string;
  readonly type: MetricEventType;
  readonly matcher?: UrlMatcher;
  readonly url?: string;
  readonly selector?: string;
}

/** What of a metric tells which event it counts. */
type WatchedEvent = Pick<MetricEntity, 'eventName' | 'eventType' | 'matcher' | 'url' | 'selector'>;

/** The event a metric counts. A click on nothing in particular is a view of the page. */
export function eventOf({ eventName, eventType, matcher, url, selector }: WatchedEvent): EventDefinition {
  return {
    name: eventName,
    type: eventType === 'CLICK' && !selector ? 'PAGE_VIEW' : eventType,
    ...(matcher && { matcher }),
    ...(url && { url }),
    ...(selector && { selector }),
  };
}

/** A name for an event that has none of its own: the same for all metrics that watch the same thing. */
export function nameOfWatched({
  eventType,
  matcher,
  url,
  selector,
}: Omit<WatchedEvent, 'eventName'>): string {
  return createHash('sha1')
    .update(JSON.stringify([eventType, matcher, url, selector]))
    .digest('hex');
}
