import { Injectable } from '@nestjs/common';
import { DeliveryPlanner } from '../../delivery/index.js';
import { EventHistory, type DomainEvent } from '../../events/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { partsBySize, UnitOfWork } from '../../platform/database/index.js';
import { planDeliveries } from '../outgoing/delivery-plans.js';
import type { WebhookEntity } from '../webhook.entity.js';
import { WebhookRepository } from '../webhook.repository.js';
import { filterOf } from './replay-selection.js';
import type { ReplayEntity } from './replay.entity.js';
import { ReplayRepository } from './replay.repository.js';

/** Events per unit of work: short enough that changes which wait for it don't notice. */
const BATCH = 200;

/** What a batch plans, and how far the replay is then. */
interface Batch {
  readonly events: readonly DomainEvent[];
  /** How many of them count as done: all but live ones. */
  readonly counted: number;
  readonly plannedThrough: number;
  readonly isLast: boolean;
}

/**
 * Plans the deliveries of replays, batch by batch. A batch, the count and how far the replay is commit together: after a crash
 * the next batch begins where the last committed one ended. The replay's row is locked meanwhile, so that of several processes
 * each plans another batch, and a change that is just being recorded either comes before a batch or sees it.
 */
@Injectable()
export class ReplayPlanner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly replays: ReplayRepository,
    private readonly webhooks: WebhookRepository,
    private readonly history: EventHistory,
    private readonly deliveries: DeliveryPlanner,
    private readonly clock: Clock,
  ) {}

  /** Plans the replay's next batch in a unit of its own; answers whether there is more to do. */
  async planBatch(id: string): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const replay = await this.replays.lockRunning(id);
      if (!replay) return false;
      const webhook = await this.webhooks.find(replay.organizationId, replay.webhookId);
      if (!webhook || webhook.status === 'DISABLE') {
        await this.replays.finish(replay, 'CANCELED', this.clock.now());
        return false;
      }
      const batch = await this.#nextBatch(replay, webhook);
      await this.#plan(batch.events, webhook);
      replay.plannedThrough = batch.plannedThrough;
      replay.done += batch.counted;
      if (batch.isLast) await this.replays.finish(replay, 'DONE', this.clock.now());
      else await this.replays.save(replay);
      return !batch.isLast;
    });
  }

  /**
   * Ends a replay before its time, in the open unit. What it planned stays planned; events that waited for it are planned now.
   * Of no effect on one that has ended.
   */
  async cancel(replay: ReplayEntity, webhook: WebhookEntity): Promise<void> {
    const running = await this.replays.lockRunning(replay.id);
    if (!running) return;
    const live = await this.replays.liveOf(running.id);
    const sequences = live.map(({ sequence }) => sequence);
    await this.#plan(await this.history.load(running.organizationId, sequences), webhook);
    await this.replays.finish(running, 'CANCELED', this.clock.now());
  }

  async #plan(events: readonly DomainEvent[], webhook: WebhookEntity): Promise<void> {
    for (const part of partsBySize(events, ({ dataJson }) => dataJson.length))
      await this.deliveries.plan(part.flatMap((event) => planDeliveries(event, [webhook])));
  }

  async #nextBatch(replay: ReplayEntity, webhook: WebhookEntity): Promise<Batch> {
    return replay.plannedThrough < replay.lastSequence
      ? this.#fromHistory(replay, webhook)
      : this.#fromList(replay, webhook);
  }

  async #fromHistory(replay: ReplayEntity, webhook: WebhookEntity): Promise<Batch> {
    const { organizationId, plannedThrough, lastSequence, since, until } = replay;
    const stretch = { after: plannedThrough, through: lastSequence, since, until: until ?? undefined };
    const { events, seenThrough } = await this.history.read(organizationId, stretch, BATCH);
    const wanted = events.filter(filterOf(webhook, replay.events)).map(({ sequence }) => sequence);
    return {
      events: await this.history.load(organizationId, wanted),
      counted: wanted.length,
      plannedThrough: seenThrough,
      isLast: false,
    };
  }

  async #fromList(replay: ReplayEntity, webhook: WebhookEntity): Promise<Batch> {
    const listed = await this.replays.listedAfter(replay.id, replay.plannedThrough, BATCH);
    const live = new Set(listed.filter((one) => one.live).map(({ sequence }) => sequence));
    const sequences = listed.map(({ sequence }) => sequence);
    const matches = filterOf(webhook, replay.events);
    // A live one was matched when it happened, and would be planned by now but for the replay.
    const events = (await this.history.load(replay.organizationId, sequences)).filter(
      (event) => live.has(event.sequence) || matches(event),
    );
    const plannedThrough = sequences.at(-1) ?? replay.plannedThrough;
    await this.replays.unlist(replay.id, plannedThrough);
    return {
      events,
      counted: events.filter(({ sequence }) => !live.has(sequence)).length,
      plannedThrough,
      isLast: listed.length < BATCH,
    };
  }
}
