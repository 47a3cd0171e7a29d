import { WebhookFilter, type FilteredEvent } from '../webhooks/outgoing/webhook-filter.js';
import type { FeedEvent, ListenedWebhook } from './api.js';

/** Which events a webhook wants: decided by Flagpost's own rules, with as much of it as the feed can do left to the feed. */
export class Wanted {
  readonly #filter: WebhookFilter;

  constructor(private readonly webhook: ListenedWebhook) {
    const { events, projectKeys = null, environmentKeys = null, toggleKeys = null } = webhook;
    this.#filter = new WebhookFilter({ events, projectKeys, environmentKeys, toggleKeys });
  }

  /** Query parameters of the feed that let through every event that is wanted, and as few others as they can. */
  get feedFilters(): Record<string, string> {
    const { projectKeys, environmentKeys, toggleKeys } = this.webhook;
    const filters = {
      ...this.#eventFilters,
      projectKey: only(projectKeys),
      environmentKey: only(environmentKeys),
      toggleKey: only(toggleKeys),
    };
    return Object.fromEntries(
      Object.entries(filters).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    );
  }

  includes(event: FeedEvent): boolean {
    return this.#filter.matches({
      resource: event.resource as FilteredEvent['resource'],
      name: `${event.resource}.${event.action}`,
      keys: event,
    });
  }

  get #eventFilters(): { resource?: string; action?: string } {
    const [resource, action] = (only(this.webhook.events) ?? '*').split('.');
    return {
      resource: resource === '*' ? undefined : resource,
      action: action === '*' ? undefined : action,
    };
  }
}

function only(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}
