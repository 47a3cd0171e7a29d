import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { RunRounds } from './run-rounds.js';
import { RunWakes } from './run-wakes.js';

/** How often the database is asked what is due: starts of campaigns, receipts, work of other processes, lost wakes. */
const SWEEP_MS = 500;

/** Wakes within this time are seen to together: each look costs some statements. */
const REST_MS = 5;

/** Runs campaigns, on processes with the role `worker`. What is to be done stands in the database: a process may die at any moment. */
@Injectable()
export class RunRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #woken = false;
  #stopping = false;
  /** Runs work outside of the call that woke it: what it does is not that call's doing. */
  readonly #aside = AsyncLocalStorage.snapshot();

  constructor(
    private readonly rounds: RunRounds,
    private readonly wakes: RunWakes,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.settings.roles.has('worker')) return;
    this.wakes.onWake(() => this.#aside(() => this.#wake()));
    this.#wake();
  }

  /** Lets the unit under way end; the rest waits for the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wake(): void {
    if (this.#running) this.#woken = true;
    else this.#schedule(0);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopping) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, ms);
  }

  /** Goes round for as long as anything gets on. Never rejects. */
  async #run(): Promise<void> {
    this.#woken = false;
    try {
      while (!this.#stopping && (await this.rounds.goRound(() => this.#stopping)));
    } catch (error) {
      this.log.error({ err: error }, 'looking for runs of campaigns failed');
    }
    this.#running = undefined;
    this.#schedule(this.#woken ? REST_MS : SWEEP_MS);
  }
}
