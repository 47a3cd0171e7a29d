import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { DeliveryPlanner } from '../../delivery/index.js';
import { EVENT_RECORDED, type DomainEvent } from '../../events/index.js';
import { Log } from '../../platform/log/logger.js';
import { LiveEvents } from '../replays/live-events.js';
import { planDeliveries } from './delivery-plans.js';
import { WebhookFilter } from './webhook-filter.js';
import { WebhookRepository } from '../webhook.repository.js';

/** Turns each event into deliveries, inside the unit of work that records it: both commit, or neither. */
@Injectable()
export class WebhookListener {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly live: LiveEvents,
    private readonly planner: DeliveryPlanner,
    private readonly log: Log,
  ) {}

  /** A failure here takes the change down with it: better no change than one that nobody hears of. */
  @OnEvent(EVENT_RECORDED, { suppressErrors: false })
  async planDeliveriesOf(event: DomainEvent): Promise<void> {
    const all = await this.webhooks.listSubscribers(event.organizationId);
    const subscribers = all.filter((webhook) => new WebhookFilter(webhook).matches(event));
    if (subscribers.length === 0) return;
    const ready = await this.live.handOver(event, subscribers);
    const plans = planDeliveries(event, ready);
    for (const { failure, targets } of plans) {
      if (failure === undefined) continue;
      const webhookIds = targets.map(({ endpointId }) => endpointId);
      this.log.warn({ eventId: event.id, event: event.name, webhookIds, failure }, 'a template failed');
    }
    await this.planner.plan(plans);
  }
}
