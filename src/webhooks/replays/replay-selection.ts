import { Injectable } from '@nestjs/common';
import { EventHistory, type EventOutline, type EventStretch } from '../../events/index.js';
import { DomainError } from '../../platform/errors/index.js';
import { WebhookFilter } from '../outgoing/webhook-filter.js';
import type { WebhookEntity } from '../webhook.entity.js';
import type { ListedEvent } from './replay.repository.js';

/** Which events of the past a webhook is to get. */
export interface ReplayCriteria {
  /** Epoch milliseconds, both included. */
  readonly since?: number;
  readonly until?: number;
  /** Patterns that narrow the webhook's own. */
  readonly events?: readonly string[];
}

/** Says of an event that matches whether it is wanted singly. */
export type EventPick = (event: EventOutline) => boolean;

/** What of a stretch matches. */
export interface Selection {
  readonly count: number;
  /** Numbers of the first and the last that match; 0 where none does. */
  readonly first: number;
  readonly last: number;
  /** The least and the greatest of their times, epoch milliseconds. */
  readonly earliest: number;
  readonly latest: number;
  /** The events themselves, where they are picked singly. */
  readonly listed: readonly ListedEvent[];
}

const NOTHING: Selection = { count: 0, first: 0, last: 0, earliest: Infinity, latest: 0, listed: [] };

/** Events read at once. */
const READ = 2_000;

/** Events a replay may have listed one by one: they are all written in the unit of work that makes it. */
export const MAX_LISTED = 100_000;

/** Finds the events that a replay is about. */
@Injectable()
export class ReplaySelection {
  constructor(private readonly history: EventHistory) {}

  /** The number of the organization's latest event, see `EventHistory.latest`. */
  latest(organizationId: number): Promise<number> {
    return this.history.latest(organizationId);
  }

  /**
   * All of a stretch that the webhook's filters match now. Reads in short statements; needs no unit of work.
   * @param pick given, only events it takes, and these are listed one by one
   * @throws DomainError `replay_too_large` where more are listed than `MAX_LISTED`
   */
  async select(
    webhook: WebhookEntity,
    criteria: ReplayCriteria,
    stretch: EventStretch,
    pick?: EventPick,
  ): Promise<Selection> {
    const wants = filterOf(webhook, criteria.events);
    let selection = NOTHING;
    for (let after = stretch.after; after < stretch.through;) {
      const range = { after, through: stretch.through, since: criteria.since, until: criteria.until };
      const { events, seenThrough } = await this.history.read(webhook.organizationId, range, READ);
      const found = events.filter((event) => wants(event) && (pick?.(event) ?? true));
      selection = joinSelections(selection, selectionOf(found, pick !== undefined));
      if (selection.listed.length > MAX_LISTED)
        throw new DomainError('replay_too_large', { limit: MAX_LISTED });
      after = seenThrough;
    }
    return selection;
  }
}

/** Whether an event passes the webhook's filters as they are now, and the narrower patterns if there are any. */
export function filterOf(
  webhook: WebhookEntity,
  events: readonly string[] | null | undefined,
): (event: Parameters<WebhookFilter['matches']>[0]) => boolean {
  const own = new WebhookFilter(webhook);
  if (!events) return (event) => own.matches(event);
  const narrow = new WebhookFilter({ events, projectKeys: null, environmentKeys: null, toggleKeys: null });
  return (event) => own.matches(event) && narrow.matches(event);
}

/** Two stretches that follow one another, as one. */
export function joinSelections(one: Selection, next: Selection): Selection {
  if (one.count === 0) return next;
  if (next.count === 0) return one;
  return {
    count: one.count + next.count,
    first: one.first,
    last: next.last,
    earliest: Math.min(one.earliest, next.earliest),
    latest: Math.max(one.latest, next.latest),
    listed: one.listed.concat(next.listed),
  };
}

function selectionOf(found: readonly EventOutline[], lists: boolean): Selection {
  const times = found.map(({ timestamp }) => timestamp);
  return {
    count: found.length,
    first: found.at(0)?.sequence ?? 0,
    last: found.at(-1)?.sequence ?? 0,
    earliest: Math.min(...times),
    latest: Math.max(...times),
    listed: lists ? found.map(({ sequence, orderingKey }) => ({ sequence, orderingKey, live: false })) : [],
  };
}
