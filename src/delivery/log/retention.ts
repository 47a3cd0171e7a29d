import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { Log } from '../../platform/log/logger.js';
import { ExpiredDeliveries, type RemovedBatch } from './expired-deliveries.js';
import { Leftovers } from './leftovers.js';

/** How often old deliveries are looked for, and how soon after the start. */
const EVERY_MS = 60 * 60_000;
const FIRST_AFTER_MS = 30_000;

/** The rest between two units of work: deliveries under way must not notice. */
const REST_MS = 50;

/** Removes finished deliveries, their tries and messages that nothing needs any more, when they are old enough. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly expired: ExpiredDeliveries,
    private readonly leftovers: Leftovers,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.roles.has('worker')) this.#schedule(FIRST_AFTER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Removes all that is old enough now; answers how many deliveries that were. */
  async sweep(): Promise<number> {
    const before = this.clock.now() - this.settings.retentionMs;
    let removed = 0;
    for (let after: string | undefined = ''; after !== undefined && !this.#stopping;) {
      const from: string = after;
      const batch: RemovedBatch = await this.unitOfWork.run(() => this.expired.remove(before, from));
      removed += batch.count;
      after = batch.last;
      if (after !== undefined) await delay(REST_MS);
    }
    await this.leftovers.clear();
    return removed;
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.sweep()
        .then((removed) => {
          if (removed > 0) this.log.info({ removed }, 'old deliveries removed');
        })
        .catch((error: unknown) => this.log.error({ err: error }, 'removing old deliveries failed'))
        .finally(() => {
          if (!this.#stopping) this.#schedule(EVERY_MS);
        });
    }, afterMs);
    this.#timer.unref();
  }
}
