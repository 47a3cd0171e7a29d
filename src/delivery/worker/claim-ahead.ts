import type { Clock } from '../../platform/clock/clock.js';

/** What an endpoint takes in this time is claimed ahead: some units of work on the database, milliseconds. */
const AHEAD_MS = 100;

/** Of one endpoint, so many claims beyond its limit are made ahead at the most. */
const MOST_OF_ONE = 256;

/** What is left of an endpoint's known pace at the next claim, if nothing was delivered meanwhile. */
const FADING = 0.7;

/** Two claims closer to each other than this tell nothing of the pace, milliseconds. */
const SHORTEST_MS = 2;

/**
 * How many deliveries of each endpoint to claim beyond those that may go at once: as many as it takes in a short while, so that one
 * that answers quickly is not kept waiting for the database, and one that doesn't gets nothing ahead.
 */
export class ClaimAhead {
  /** Deliveries per millisecond. */
  readonly #pace = new Map<number, number>();
  readonly #delivered = new Map<number, number>();
  #since: number;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
    this.#since = clock.monotonic();
  }

  of(endpointId: number): number {
    return Math.min(Math.floor((this.#pace.get(endpointId) ?? 0) * AHEAD_MS), MOST_OF_ONE);
  }

  /** A try ended. */
  count(endpointId: number, delivered: boolean): void {
    if (delivered) this.#delivered.set(endpointId, (this.#delivered.get(endpointId) ?? 0) + 1);
    else this.#forget(endpointId);
  }

  /** A claim is being made: what ended since the one before tells the pace. */
  turn(): void {
    const now = this.clock.monotonic();
    const elapsed = now - this.#since;
    if (elapsed < SHORTEST_MS) return;
    this.#since = now;
    for (const [id, pace] of this.#pace) {
      const next = Math.max((this.#delivered.get(id) ?? 0) / elapsed, pace * FADING);
      if (next * AHEAD_MS < 1) this.#pace.delete(id);
      else this.#pace.set(id, next);
      this.#delivered.delete(id);
    }
    for (const [id, count] of this.#delivered) this.#pace.set(id, count / elapsed);
    this.#delivered.clear();
  }

  #forget(endpointId: number): void {
    this.#pace.delete(endpointId);
    this.#delivered.delete(endpointId);
  }
}
