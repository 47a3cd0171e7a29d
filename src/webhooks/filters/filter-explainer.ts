import { Injectable } from '@nestjs/common';
import { RecordedEvents } from '../../events/index.js';
import { notFound } from '../../platform/errors/index.js';
import { WebhookFilter } from '../outgoing/webhook-filter.js';
import { WebhookRepository } from '../webhook.repository.js';
import type { ClauseDto, ExplanationDto } from './filter.dto.js';

/** Says why a webhook gets an event, or doesn't. */
@Injectable()
export class FilterExplainer {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly events: RecordedEvents,
  ) {}

  /**
   * How an event fares with the webhook as it is now, which may not be how it was when the event happened. Being enabled is a
   * clause like the filters.
   * @throws DomainError `not_found` for the webhook and for the event
   */
  async explain(organizationId: number, webhookId: number, eventId: string): Promise<ExplanationDto> {
    const webhook = await this.webhooks.find(organizationId, webhookId);
    if (!webhook) throw notFound('webhook', webhookId);
    const event = await this.events.get(organizationId, eventId);
    const isEnabled = webhook.status === 'ENABLE';
    const status: ClauseDto = {
      filter: 'status',
      passed: isEnabled,
      why: `the webhook is ${isEnabled ? 'enabled' : 'disabled, so it gets nothing'}`,
    };
    const clauses = [status, ...new WebhookFilter(webhook).explain(event)];
    return { matches: clauses.every(({ passed }) => passed), clauses };
  }
}
