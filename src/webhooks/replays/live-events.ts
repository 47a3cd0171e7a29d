import { Injectable } from '@nestjs/common';
import { EventHistory, type DomainEvent } from '../../events/index.js';
import type { Subscriber } from '../outgoing/delivery-plans.js';
import { ReplayRepository, type RunningReplay } from './replay.repository.js';

/**
 * Keeps the order of a resource while a replay runs: an event that happens meanwhile must not reach the webhook before older
 * ones of its resource that the replay has not planned yet. Such an event is handed to the replay, which plans it in its turn;
 * all others go as ever. Needs the open unit of work of the change.
 */
@Injectable()
export class LiveEvents {
  constructor(
    private readonly replays: ReplayRepository,
    private readonly history: EventHistory,
  ) {}

  /** Hands the event to the replays it has to wait for; answers the webhooks that get it at once. */
  async handOver<T extends Subscriber>(event: DomainEvent, subscribers: readonly T[]): Promise<T[]> {
    const running = await this.replays.lockAllRunning(event.organizationId);
    if (running.length === 0) return [...subscribers];
    const waiting = new Set<number>();
    for (const replay of running) {
      const subscriber = subscribers.find(({ id }) => id === replay.webhookId);
      if (!subscriber || subscriber.ordering === 'NONE') continue;
      if (!(await this.#isAhead(replay, event))) continue;
      const { sequence, orderingKey } = event;
      await this.replays.list(replay.id, [{ sequence, orderingKey, live: true }]);
      waiting.add(replay.webhookId);
    }
    return subscribers.filter(({ id }) => !waiting.has(id));
  }

  /** Whether the replay may still plan an older event of the same resource. */
  async #isAhead({ id, plannedThrough, lastSequence }: RunningReplay, event: DomainEvent): Promise<boolean> {
    return (
      (await this.history.hasSameKey(event, { after: plannedThrough, through: lastSequence })) ||
      this.replays.hasListed(id, event.orderingKey)
    );
  }
}
