import { Injectable } from '@nestjs/common';
import { Endpoints } from '../delivery/index.js';
import { MissedEvents } from './replays/missed-events.js';
import { ReplayPlanner } from './replays/replay-planner.js';
import { ReplayRepository } from './replays/replay.repository.js';
import type { WebhookEntity } from './webhook.entity.js';

/**
 * Switches everything off and on that goes to a webhook: its endpoint, its replay, and the memory of what it misses meanwhile.
 * Needs an open unit of work.
 */
@Injectable()
export class WebhookSwitch {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly replays: ReplayRepository,
    private readonly planner: ReplayPlanner,
    private readonly missed: MissedEvents,
  ) {}

  /** Makes the endpoint of a new webhook, switched on; answers its id, which is the webhook's. */
  register(organizationId: number): Promise<number> {
    return this.endpoints.register(organizationId, 'WEBHOOK');
  }

  /** Cancels what is pending, with the reason, and the replay that is running. */
  async disable(webhook: WebhookEntity, reason: string): Promise<void> {
    await this.#endReplay(webhook);
    await this.missed.begin(webhook, await this.endpoints.disable(webhook.id, reason));
  }

  async enable(webhook: WebhookEntity): Promise<void> {
    await this.endpoints.enable(webhook.id);
    await this.missed.end(webhook);
  }

  /** As `disable`, for good. */
  async remove(webhook: WebhookEntity, reason: string): Promise<void> {
    await this.#endReplay(webhook);
    await this.endpoints.remove(webhook.id, reason);
    await this.missed.forget(webhook.id);
  }

  /** First of all: events that waited for the replay are planned, and canceled with the rest. */
  async #endReplay(webhook: WebhookEntity): Promise<void> {
    const running = await this.replays.findRunning(webhook.organizationId, webhook.id);
    if (running) await this.planner.cancel(running, webhook);
  }
}
