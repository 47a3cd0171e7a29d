import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';

/** A rate-limited touchpoint has no more than this waiting: a pause takes effect so soon. */
const AHEAD_SECONDS = 2;

/** Requests that wait for an endpoint without a limit, in multiples of those that may be on the way at once. */
const AHEAD_FACTOR = 2;

/** One on the way, and the next one. */
const LEAST_AHEAD = 2;

/** More requests never wait for one touchpoint. */
export const MOST_AHEAD = 2_000;

/** Share of what may wait that has to be free before more is handed over: a few batches at a time cost as much as one. */
const LEAST_ROOM = 0.25;

const SECOND_MS = 1_000;

/** What waits for a touchpoint or is on the way to it, or how much more may. */
export interface ReachLoad {
  readonly requests: number;
  readonly users: number;
}

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
   * How much may be handed over beside what the engine has already; undefined: enough waits. Of requests there may be about one second's
   * worth of what the touchpoint has been taking, where that is more than a few; of users two seconds' worth of its limit. The next request
   * is always at hand, however many users it has.
   */
  room({ id, config }: Touchpoint, sent: ReachLoad): ReachLoad | undefined {
    const { ended, before } = this.#countOf(id);
    const most = {
      requests: Math.min(Math.max(AHEAD_FACTOR * config.maxInFlight, ended, before), MOST_AHEAD),
      users: AHEAD_SECONDS * (config.usersPerSecond ?? Infinity),
    };
    const requests = most.requests - sent.requests;
    const users = most.users - sent.users;
    if (sent.requests < LEAST_AHEAD) return { requests: Math.max(requests, 1), users: Math.max(users, 1) };
    const isLittle = requests < most.requests * LEAST_ROOM || users < most.users * LEAST_ROOM;
    return isLittle ? undefined : { requests, users };
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
