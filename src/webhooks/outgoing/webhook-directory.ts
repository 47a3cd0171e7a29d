import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EndpointDirectory, EndpointOwners, type Endpoint } from '../../delivery/index.js';
import { EndpointFactory } from './endpoint-factory.js';
import { WebhookEvents } from '../webhook-events.js';
import { WebhookRepository } from '../webhook.repository.js';
import { WebhookSwitch } from '../webhook-switch.js';

/** Answers what the delivery engine asks of webhooks. */
@Injectable()
export class WebhookDirectory extends EndpointDirectory implements OnModuleInit {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly factory: EndpointFactory,
    private readonly switches: WebhookSwitch,
    private readonly events: WebhookEvents,
    private readonly owners: EndpointOwners,
  ) {
    super();
  }

  onModuleInit(): void {
    this.owners.register(['WEBHOOK'], this);
  }

  /** One statement, whatever the number of ids, and one more for keys met for the first time. */
  async load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>> {
    if (ids.length === 0) return new Map();
    const endpoints = await this.factory.endpointsOf(await this.webhooks.listTargets(ids));
    return new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  }

  /**
   * Disables a webhook because of how its deliveries went, and says so with a WEBHOOK.UPDATE by `system`. Who last modified it, and
   * when, stays as it is: that tells of its owners. Of no effect on one that is gone or disabled already.
   */
  async disable(id: number, reason: string): Promise<void> {
    const webhook = await this.webhooks.findForUpdate(id);
    if (!webhook || webhook.status === 'DISABLE') return;
    const before = this.events.snapshot(webhook);
    webhook.status = 'DISABLE';
    await this.webhooks.setStatus(id, 'DISABLE');
    await this.switches.disable(webhook, reason);
    await this.events.updatedBySystem(webhook, before);
  }
}
