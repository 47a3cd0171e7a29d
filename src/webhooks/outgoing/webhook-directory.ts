import { Injectable } from '@nestjs/common';
import { EndpointDirectory, type Endpoint } from '../../delivery/index.js';
import { WebhookEndpoint } from './webhook-endpoint.js';
import { WebhookEvents } from '../webhook-events.js';
import { WebhookRepository, type WebhookTarget } from '../webhook.repository.js';
import { WebhookSecrets } from '../webhook-secrets.js';
import { WebhookSwitch } from '../webhook-switch.js';

/** Answers what the delivery engine asks of webhooks. */
@Injectable()
export class WebhookDirectory extends EndpointDirectory {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly secrets: WebhookSecrets,
    private readonly switches: WebhookSwitch,
    private readonly events: WebhookEvents,
  ) {
    super();
  }

  /** One statement, whatever the number of ids. */
  async load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>> {
    if (ids.length === 0) return new Map();
    const targets = await this.webhooks.listTargets(ids);
    return new Map(targets.map((target) => [target.id, this.endpointOf(target)]));
  }

  /** The endpoint of a webhook at hand, whatever its status. */
  endpointOf(target: WebhookTarget): WebhookEndpoint {
    const { sealedSecret, sealedHeaders } = target;
    return new WebhookEndpoint(
      target,
      this.secrets.open(sealedSecret),
      this.secrets.openHeaders(sealedHeaders),
    );
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
