import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';

/** A rate-limited touchpoint has no more than this waiting: a pause takes effect so soon. */
const AHEAD_SECONDS = 2;

/** Requests that wait for an endpoint without a limit, in multiples of those that may be on the way at once. */
const AHEAD_FACTOR = 2;

/** One on the way, and the next one. */
const LEAST_AHEAD = 2;

const MOST_AHEAD = 2_000;

const SECOND_MS = 1_000;

interface Count {
  second: number;
  ended: number;
  before: number;
}

/** How far ahead of a touchpoint batches are handed to the engine: enough to keep it busy, and little enough to be paused. */
@Injectable()
export class ReachPace {
  readonly #counts = new Map<number, Count>();

  constructor(private readonly clock: Clock) {}

  /** So many requests to it have ended just now. */
  ended(touchpointId: number, requests: number): void {
    this.#countOf(touchpointId).ended += requests;
  }

  /**
   * How many requests may be waiting or on the way: two seconds' worth of its limit; and about one second's worth of what it has been
   * taking, where that is more than a few.
   */
  ahead({ id, config }: Touchpoint): number {
    const { ended, before } = this.#countOf(id);
    const busy = Math.min(Math.max(AHEAD_FACTOR * config.maxInFlight, ended, before), MOST_AHEAD);
    const limit =
      config.usersPerSecond === undefined
        ? Infinity
        : Math.ceil((AHEAD_SECONDS * config.usersPerSecond) / config.batchSize);
    return Math.max(Math.min(busy, limit), LEAST_AHEAD);
  }

  #countOf(touchpointId: number): Count {
    const second = Math.floor(this.clock.now() / SECOND_MS);
    const count = this.#counts.get(touchpointId) ?? { second, ended: 0, before: 0 };
    this.#counts.set(touchpointId, count);
    if (count.second !== second) {
      count.before = count.second === second - 1 ? count.ended : 0;
      Object.assign(count, { second, ended: 0 });
    }
    return count;
  }
}
