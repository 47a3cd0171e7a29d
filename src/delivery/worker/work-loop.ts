import type { Clock } from '../../platform/clock/clock.js';
import type { Log } from '../../platform/log/logger.js';

/** Waits after a step that failed, growing to the second value. */
const RETRY_MS = { first: 100, last: 5_000 };

/** What a loop does, step by step. */
export interface LoopWork {
  /** For the log. */
  readonly name: string;
  hasWork(): boolean;
  /** Before each step: lets more work come together. */
  gather(): Promise<void>;
  /** One step. Where it fails, the work is still there. */
  step(): Promise<void>;
  /** Whether to stop at a step that fails, rather than to try again. */
  givesUp(): boolean;
}

/** Runs steps, one after the other, for as long as there is work; a step that fails is repeated, with growing waits. */
export class WorkLoop {
  #running = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: LoopWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  get isRunning(): boolean {
    return this.#running;
  }

  /** Resolves when the present run is over; never rejects. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** To be called whenever there may be work. */
  kick(): void {
    if (this.#running) return;
    this.#running = true;
    this.#ended = this.#run();
  }

  async #run(): Promise<void> {
    let failures = 0;
    for (;;) {
      await this.work.gather();
      if (!this.work.hasWork()) break;
      try {
        await this.work.step();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.log.error({ err: error, failures }, `${this.work.name} failed, it will be repeated`);
        if (this.work.givesUp()) break;
        await this.clock.sleep(Math.min(RETRY_MS.first * 2 ** (failures - 1), RETRY_MS.last));
      }
    }
    // At once, and not when the promise of this run settles: work that came in between would start nobody.
    this.#running = false;
  }
}
