import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { EndpointDeliveries } from '../../delivery/index.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { ReplayPlanner } from './replay-planner.js';
import { ReplayRepository } from './replay.repository.js';

/** How often the database is asked for replays: those of other processes, lost wakes, webhooks whose backlog shrank. */
const SWEEP_MS = 500;

/** The rest after each batch: changes that wait for the database go first. */
const REST_MS = 5;

/** Deliveries that may be pending for a webhook before its replay goes on: enough to keep it busy, few enough to look through. */
export const MAX_BACKLOG = 500;

/**
 * Runs the replays there are, on processes with the role `worker`. All of them get on evenly: a batch of each, then a batch of each
 * again. One whose webhook has many deliveries pending is left out until they have become fewer.
 */
@Injectable()
export class ReplayRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;
  #isWorker = false;

  constructor(
    private readonly replays: ReplayRepository,
    private readonly planner: ReplayPlanner,
    private readonly deliveries: EndpointDeliveries,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#isWorker = this.settings.roles.has('worker');
    this.wake();
  }

  /** Lets the batch under way end; the rest waits for the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Looks for replays now. May be lost: the sweep finds them. */
  wake(): void {
    if (!this.#isWorker || this.#stopping || this.#running) return;
    clearTimeout(this.#timer);
    this.#running = this.#runAll()
      .catch((error: unknown) => this.log.error({ err: error }, 'looking for replays failed'))
      .finally(() => {
        this.#running = undefined;
        if (!this.#stopping) this.#timer = setTimeout(() => this.wake(), SWEEP_MS);
      });
  }

  /** Goes round the replays for as long as one of them gets on. */
  async #runAll(): Promise<void> {
    for (let isMoving = true; isMoving && !this.#stopping;) {
      isMoving = false;
      for (const { id, webhookId } of await this.replays.listRunning()) {
        if (this.#stopping) return;
        if (await this.deliveries.hasPending(webhookId, MAX_BACKLOG)) continue;
        isMoving = (await this.#planBatch(id)) || isMoving;
        await delay(REST_MS);
      }
    }
  }

  /** One replay that fails doesn't keep the others from getting on. */
  async #planBatch(id: string): Promise<boolean> {
    try {
      return await this.planner.planBatch(id);
    } catch (error) {
      this.log.error({ err: error, replay: id }, 'a batch of a replay failed, it will be repeated');
      return false;
    }
  }
}
