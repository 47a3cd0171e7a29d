import type { Settings } from '../../platform/config/index.js';
import type { SpreadMetrics } from './spread-metrics.js';
import { sweepPauseMs } from './sweep-pace.js';
import { Wakes } from './wakes.js';
import { WorkSpread, type Sweep, type WorkTaker } from './work-spread.js';

/**
 * Without anything but the database: a commit wakes the worker of its own process, and what others commit is found by sweeps. Where
 * the process makes no changes itself, sweeps are all it has, and come quickly.
 */
export class DatabaseSpread extends WorkSpread {
  readonly #wakes: Wakes;

  constructor(
    private readonly settings: Pick<Settings, 'roles'>,
    private readonly metrics: Pick<SpreadMetrics, 'count'>,
  ) {
    super();
    this.#wakes = new Wakes(metrics);
  }

  announce(endpointIds: readonly number[]): void {
    this.#wakes.wake(endpointIds, 'local');
  }

  onWake(taker: WorkTaker): () => void {
    return this.#wakes.add(taker);
  }

  nextSweepMs(sweep?: Sweep): number {
    if (sweep) this.metrics.count('sweep', sweep.found);
    return sweepPauseMs(sweep, this.settings.roles.has('api'));
  }
}
