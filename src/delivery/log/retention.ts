import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { Log } from '../../platform/log/logger.js';
import { Cancellation } from '../queue/cancellation.js';
import { placeholders } from '../queue/sql.js';

/** How often old deliveries are looked for, and how soon after the start. */
const EVERY_MS = 60 * 60_000;
const FIRST_AFTER_MS = 30_000;

/** Deliveries removed per unit of work, and the rest between two units: deliveries under way must not notice. */
const BATCH = 200;
const REST_MS = 50;

/** Removes finished deliveries, their tries and messages that nothing needs any more, when they are old enough. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cancellation: Cancellation,
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
    for (;;) {
      const count = await this.unitOfWork.run(() => this.#removeBatch(before));
      removed += count;
      if (count < BATCH || this.#stopping) break;
      await delay(REST_MS);
    }
    for (const id of await this.cancellation.orphanedEndpoints()) {
      await this.unitOfWork.run(() =>
        this.cancellation.cancelPending(id, 'the endpoint is gone', this.clock.now()),
      );
    }
    return removed;
  }

  async #removeBatch(before: number): Promise<number> {
    const { manager } = this.unitOfWork;
    const rows = (await manager.query(
      'SELECT id, message_id FROM delivery WHERE finished_at > 0 AND finished_at < ? ORDER BY id LIMIT ?',
      [before, BATCH],
    )) as { id: string; message_id: string }[];
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row.id);
    const messageIds = [...new Set(rows.map((row) => row.message_id))];
    await manager.query(`DELETE FROM attempt WHERE delivery_id IN (${placeholders(ids.length)})`, ids);
    await manager.query(`DELETE FROM delivery WHERE id IN (${placeholders(ids.length)})`, ids);
    await manager.query(
      `DELETE FROM message WHERE id IN (${placeholders(messageIds.length)})
          AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id)`,
      messageIds,
    );
    return rows.length;
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
