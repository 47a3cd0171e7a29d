import type { Clock } from '../../platform/clock/clock.js';
import type { Log } from '../../platform/log/logger.js';
import type { Sweep, WorkSpread } from '../spread/work-spread.js';

interface Surroundings {
  readonly spread: WorkSpread;
  readonly clock: Clock;
  readonly log: Log;
}

/** Asks the database over and over for what is due: retries of other processes, leases that ran out, signals that got lost or never came. */
export class Sweeps {
  #stopped = false;
  #cancel: () => void = () => undefined;

  /** @param look finds the endpoints that have something due */
  constructor(
    private readonly look: () => Promise<number[]>,
    private readonly found: (endpointIds: readonly number[]) => void,
    private readonly surroundings: Surroundings,
  ) {}

  start(): void {
    this.#schedule(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #schedule(afterMs: number): void {
    const { clock, spread } = this.surroundings;
    this.#cancel = clock.setTimer(afterMs, () => {
      void this.#sweep().then((sweep) => {
        if (!this.#stopped) this.#schedule(spread.nextSweepMs(sweep));
      });
    });
  }

  /** Nothing where the database did not answer. */
  async #sweep(): Promise<Sweep | undefined> {
    const { clock, log } = this.surroundings;
    const start = clock.monotonic();
    try {
      const ids = await this.look();
      this.found(ids);
      return { found: ids.length, tookMs: clock.monotonic() - start };
    } catch (error) {
      log.error({ err: error }, 'looking for due deliveries failed');
      return undefined;
    }
  }
}
