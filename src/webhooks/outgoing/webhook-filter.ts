import type { DomainEvent, EventKeys } from '../../events/index.js';
import { ALL_EVENTS } from '../webhook-defaults.js';

/** What a filter reads of a webhook. */
export interface FilterSource {
  /** `*`, `RESOURCE.*` or `RESOURCE.ACTION`. */
  readonly events: readonly string[];
  readonly projectKeys: readonly string[] | null;
  readonly environmentKeys: readonly string[] | null;
  readonly toggleKeys: readonly string[] | null;
}

/** What a filter reads of an event. */
export type FilteredEvent = Pick<DomainEvent, 'resource' | 'name' | 'keys'>;

/** How an event fared with one part of a filter. */
export interface FilterClause {
  readonly filter: keyof FilterSource;
  readonly passed: boolean;
  /** In plain words, for the owner of the webhook. */
  readonly why: string;
}

interface Rule {
  readonly filter: keyof FilterSource;
  readonly passes: (source: FilterSource, event: FilteredEvent) => boolean;
  readonly why: (source: FilterSource, event: FilteredEvent) => string;
}

/** More wanted values than this are counted, not listed. */
const LISTED_VALUES = 5;

const RULES: readonly Rule[] = [
  { filter: 'events', passes: wantsName, why: whyName },
  keyRule('projectKeys', 'projectKey', 'project'),
  keyRule('environmentKeys', 'environmentKey', 'environment'),
  keyRule('toggleKeys', 'toggleKey', 'toggle'),
];

/**
 * Which events a webhook wants. All its clauses have to pass. A list of keys lets through the events of these keys alone: an event
 * that has no such key, as a member's has no project, passes only where the list is unset.
 */
export class WebhookFilter {
  constructor(private readonly source: FilterSource) {}

  matches(event: FilteredEvent): boolean {
    return RULES.every(({ passes }) => passes(this.source, event));
  }

  /** How the event fares with each clause, in the order of the fields; it matches where all have passed. */
  explain(event: FilteredEvent): FilterClause[] {
    return RULES.map(({ filter, passes, why }) => ({
      filter,
      passed: passes(this.source, event),
      why: why(this.source, event),
    }));
  }
}

function wantsName({ events }: FilterSource, { name, resource }: FilteredEvent): boolean {
  return events.some((wanted) => wanted === ALL_EVENTS || wanted === name || wanted === `${resource}.*`);
}

function whyName({ events }: FilterSource, { name }: FilteredEvent): string {
  const wanted = events.includes(ALL_EVENTS) ? 'every event' : listed(events);
  return `the event is ${name}, the webhook wants ${wanted}`;
}

function keyRule(filter: Exclude<keyof FilterSource, 'events'>, name: keyof EventKeys, what: string): Rule {
  return {
    filter,
    passes: (source, { keys }) => source[filter] === null || includes(source[filter], keys[name]),
    why: (source, { keys }) => {
      const has =
        keys[name] === undefined ? `the event has no ${what}` : `the event's ${what} is ${keys[name]}`;
      const wanted = source[filter] === null ? 'any, or none' : `only ${listed(source[filter])}`;
      return `${has}, the webhook wants ${wanted}`;
    },
  };
}

/** Keys are equal whatever their case, as everywhere in Flagpost. */
function includes(wanted: readonly string[], key: string | undefined): boolean {
  const lower = key?.toLowerCase();
  return lower !== undefined && wanted.some((candidate) => candidate.toLowerCase() === lower);
}

function listed(values: readonly string[]): string {
  const more = values.length - LISTED_VALUES;
  const shown = more > 1 ? values.slice(0, LISTED_VALUES) : values;
  return `${shown.join(', ')}${more > 1 ? ` and ${more} more` : ''}`;
}
