import { Injectable } from '@nestjs/common';
import { RecordedEvents } from '../../events/index.js';
import { notFound } from '../../platform/errors/index.js';
import { WebhookFilter, type FilterSource } from '../outgoing/webhook-filter.js';
import { checkEventPatterns } from '../rules/event-patterns.js';
import { ALL_EVENTS } from '../webhook-defaults.js';
import { WebhookRepository } from '../webhook.repository.js';
import { MatchedEventDto, type FilterDryRunDto, type FilterDryRunRequest } from './filter.dto.js';

/** Events looked at in one call at the most: a second or two of the database's time. */
const MAX_EXAMINED = 10_000;
const DEFAULT_LISTED = 50;

const UNSET: FilterSource = {
  events: [ALL_EVENTS],
  projectKeys: null,
  environmentKeys: null,
  toggleKeys: null,
};

/** Tries filters out on past events, before a webhook is made or changed. */
@Injectable()
export class FilterDryRun {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly events: RecordedEvents,
  ) {}

  /**
   * What the filters would have let through, whether or not a webhook is enabled. Nothing is kept.
   * @throws DomainError `not_found` for the webhook, `field_invalid` for event patterns
   */
  async run(organizationId: number, request: FilterDryRunRequest): Promise<FilterDryRunDto> {
    checkEventPatterns(request.events);
    const filter = new WebhookFilter(await this.#filtersOf(organizationId, request));
    const limit = request.limit ?? DEFAULT_LISTED;
    const time = { since: request.since ?? undefined, until: request.until ?? undefined };
    const result: FilterDryRunDto = { examined: 0, matched: 0, complete: true, content: [] };
    for await (const event of this.events.backwards(organizationId, time)) {
      if (result.examined === MAX_EXAMINED) return { ...result, complete: false };
      result.examined += 1;
      if (!filter.matches(event)) continue;
      result.matched += 1;
      if (result.content.length < limit) result.content.push(MatchedEventDto.from(event));
    }
    return result;
  }

  async #filtersOf(organizationId: number, request: FilterDryRunRequest): Promise<FilterSource> {
    const { webhookId } = request;
    const base = typeof webhookId === 'number' ? await this.#get(organizationId, webhookId) : UNSET;
    return {
      events: request.events ?? base.events,
      projectKeys: given(request.projectKeys, base.projectKeys),
      environmentKeys: given(request.environmentKeys, base.environmentKeys),
      toggleKeys: given(request.toggleKeys, base.toggleKeys),
    };
  }

  async #get(organizationId: number, id: number): Promise<FilterSource> {
    const webhook = await this.webhooks.find(organizationId, id);
    if (!webhook) throw notFound('webhook', id);
    return webhook;
  }
}

/** As a webhook takes them: left out keeps what there is, null and an empty list unset it. */
function given(
  keys: readonly string[] | null | undefined,
  base: readonly string[] | null,
): readonly string[] | null {
  if (keys === undefined) return base;
  return keys === null || keys.length === 0 ? null : keys;
}
