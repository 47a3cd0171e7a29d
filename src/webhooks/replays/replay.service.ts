import { Injectable } from '@nestjs/common';
import { EndpointDeliveries } from '../../delivery/index.js';
import { invalidField, notFound } from '../../platform/errors/index.js';
import { checkEventPatterns } from '../rules/event-patterns.js';
import type { WebhookEntity } from '../webhook.entity.js';
import { WebhookRepository } from '../webhook.repository.js';
import { ReplayRunner } from './replay-runner.js';
import { ReplayStarter, type ReplayOrder, type ReplayState } from './replay-starter.js';

/** What is asked for, whoever decides which events of the time it is about. */
export type ReplayRequest = Pick<ReplayOrder, 'since' | 'until' | 'events' | 'isDryRun'>;

/** Sends webhooks events of the past: for a time, or what a receiver says it lacks. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: EndpointDeliveries,
    private readonly starter: ReplayStarter,
    private readonly runner: ReplayRunner,
  ) {}

  /**
   * Replays every event of that time that the webhook's filters match now, also those from before it existed.
   * @param onlyFailed only events the webhook did not get though they were sent, see `EndpointDeliveries.undeliveredEvents`
   * @throws DomainError `not_found`, `field_invalid`, `webhook_disabled`, `replay_running`, `replay_too_large`
   */
  async replay(
    organizationId: number,
    webhookId: number,
    request: ReplayRequest,
    onlyFailed: boolean,
  ): Promise<ReplayState> {
    const webhook = await this.#checked(organizationId, webhookId, request);
    if (!onlyFailed) return this.#start(webhook, { ...request, fillsGap: true });
    const failed = await this.deliveries.undeliveredEvents(webhookId, request.since);
    return this.#start(webhook, { ...request, pick: ({ id }) => failed.has(id), fillsGap: false });
  }

  /**
   * Replays those events of that time that match and that the receiver doesn't have.
   * @param known ids of the events it has; those that nothing is known of don't matter
   * @throws DomainError as `replay`
   */
  async reconcile(
    organizationId: number,
    webhookId: number,
    request: ReplayRequest,
    known: readonly string[],
  ): Promise<ReplayState> {
    const webhook = await this.#checked(organizationId, webhookId, request);
    const ids = new Set(known.map((id) => id.toLowerCase()));
    return this.#start(webhook, { ...request, pick: ({ id }) => !ids.has(id), fillsGap: true });
  }

  async #start(webhook: WebhookEntity, order: ReplayOrder): Promise<ReplayState> {
    const started = await this.starter.start(webhook, order);
    this.runner.wake();
    return started;
  }

  async #checked(
    organizationId: number,
    webhookId: number,
    { since, until, events }: ReplayRequest,
  ): Promise<WebhookEntity> {
    checkEventPatterns(events);
    if (until !== undefined && until < since)
      throw invalidField('until', { en: 'must not be before since', zh: '不能早于 since' });
    const webhook = await this.webhooks.find(organizationId, webhookId);
    if (!webhook) throw notFound('webhook', webhookId);
    return webhook;
  }
}
