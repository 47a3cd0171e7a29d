import type { DomainEvent } from '../../events/index.js';
import { ALL_EVENTS } from '../webhook-defaults.js';

/** What a filter reads of a webhook. */
export interface FilterSource {
  /** `*`, `RESOURCE.*` or `RESOURCE.ACTION`. */
  readonly events: readonly string[];
  readonly projectKeys: readonly string[] | null;
  readonly environmentKeys: readonly string[] | null;
  readonly toggleKeys: readonly string[] | null;
}

type FilteredEvent = Pick<DomainEvent, 'resource' | 'name' | 'keys'>;

/**
 * Which events a webhook wants. All its clauses have to pass. A list of keys lets through the events of these keys alone: an event
 * that has no such key, as a member's has no project, passes only where the list is unset.
 */
export class WebhookFilter {
  constructor(private readonly source: FilterSource) {}

  matches({ resource, name, keys }: FilteredEvent): boolean {
    const { events, projectKeys, environmentKeys, toggleKeys } = this.source;
    return (
      events.some((wanted) => wanted === ALL_EVENTS || wanted === name || wanted === `${resource}.*`) &&
      passes(projectKeys, keys.projectKey) &&
      passes(environmentKeys, keys.environmentKey) &&
      passes(toggleKeys, keys.toggleKey)
    );
  }
}

/** Keys are equal whatever their case, as everywhere in Flagpost. */
function passes(wanted: readonly string[] | null, key: string | undefined): boolean {
  if (wanted === null) return true;
  const lower = key?.toLowerCase();
  return lower !== undefined && wanted.some((candidate) => candidate.toLowerCase() === lower);
}
