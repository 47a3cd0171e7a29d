import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Log } from '../log/logger.js';
import { dialectOf, isTransientConflict, type Dialect } from './dialect.js';
import { Mutex } from './mutex.js';

/** How often a unit is run again after losing a race for locks, and the longest wait before that. */
const CONFLICT_RETRIES = 8;
const CONFLICT_WAIT_MS = 40;

interface OpenUnit {
  readonly manager: EntityManager;
  readonly afterCommit: (() => void)[];
  /** Set when the transaction ended, so that work left running by mistake can't write outside it. */
  ended: boolean;
}

/**
 * One database transaction, carried along the asynchronous call chain so that no manager travels through signatures.
 *
 * All writes of Flagpost go through `run`: a change, its event and its deliveries commit together or not at all. A `run`
 * inside another joins it. On SQLite, where all transactions share one connection, units wait for each other: without that,
 * one unit's rollback would take another's rows with it.
 *
 * Nothing slow happens inside a unit: no network, no password hashing.
 */
@Injectable()
export class UnitOfWork implements OnApplicationShutdown {
  readonly dialect: Dialect;
  readonly #units = new AsyncLocalStorage<OpenUnit>();
  readonly #mutex = new Mutex();

  constructor(
    private readonly writer: DataSource,
    private readonly committed: DataSource,
    private readonly log: Log,
  ) {
    this.dialect = dialectOf(writer);
  }

  /**
   * Runs `work` in a transaction; commits when it resolves, rolls back when it rejects. May run `work` again when the
   * database reports a deadlock, so `work` must have no effects but those of the unit.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#open()) return work();
    const unit = (): Promise<T> => this.#runRetrying(work);
    return this.dialect.sharesOneConnection ? this.#mutex.run(unit) : unit();
  }

  /**
   * The manager that writes: the open unit's.
   * @throws Error outside a unit, since such a write could vanish with somebody else's rollback.
   */
  get manager(): EntityManager {
    const unit = this.#open();
    if (!unit) throw new Error('Writes need a unit of work: wrap the call in UnitOfWork.run()');
    return unit.manager;
  }

  /** The manager that reads: inside a unit its own rows too, outside of one committed rows only. */
  get reader(): EntityManager {
    return this.#open()?.manager ?? this.committed.manager;
  }

  /** A storage in use costs at every promise its process makes, for as long as the process lives. */
  onApplicationShutdown(): void {
    this.#units.disable();
  }

  get isOpen(): boolean {
    return this.#open() !== undefined;
  }

  /** Runs `hook` once the open unit has committed; never when it rolls back. For work that may be lost: waking, telling. */
  afterCommit(hook: () => void): void {
    const unit = this.#open();
    if (!unit) throw new Error('afterCommit needs an open unit of work');
    unit.afterCommit.push(hook);
  }

  #open(): OpenUnit | undefined {
    const unit = this.#units.getStore();
    return unit?.ended ? undefined : unit;
  }

  async #runRetrying<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#runOnce(work);
      } catch (error) {
        if (attempt > CONFLICT_RETRIES || !isTransientConflict(error)) throw error;
        await delay(Math.random() * CONFLICT_WAIT_MS);
      }
    }
  }

  async #runOnce<T>(work: () => Promise<T>): Promise<T> {
    const afterCommit: (() => void)[] = [];
    const inTransaction = (manager: EntityManager): Promise<T> => {
      const unit: OpenUnit = { manager, afterCommit, ended: false };
      return this.#units.run(unit, work).finally(() => {
        unit.ended = true;
      });
    };
    const result = await this.writer.transaction(inTransaction);
    for (const hook of afterCommit) this.#runHook(hook);
    return result;
  }

  /** The commit stands whatever a hook does, so its failure is logged and goes no further. */
  #runHook(hook: () => void): void {
    try {
      this.#units.exit(hook);
    } catch (error) {
      this.log.error({ err: error }, 'after-commit hook failed');
    }
  }
}
