import type { Clock } from '../../platform/clock/clock.js';

/** Instants kept for each endpoint; further ones are found by the worker's sweep. */
const MAX_INSTANTS = 64;

/** Instants to come, the earliest first, and how to call off the timer that waits for it. */
interface Waiting {
  readonly instants: number[];
  cancel: () => void;
}

/**
 * The endpoints a worker should look at, in the order in which they came to be due: each is looked at once before any is
 * looked at again, so none is held up by another's backlog.
 */
export class DueEndpoints {
  readonly #queue = new Set<number>();
  readonly #waiting = new Map<number, Waiting>();
  #closed = false;

  /** @param onDue called whenever an endpoint has become due */
  constructor(
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  get size(): number {
    return this.#queue.size;
  }

  /** Whether one that is due is so. */
  some(isSo: (endpointId: number) => boolean): boolean {
    for (const id of this.#queue) if (isSo(id)) return true;
    return false;
  }

  add(endpointIds: readonly number[]): void {
    if (this.#closed || endpointIds.length === 0) return;
    for (const id of endpointIds) this.#queue.add(id);
    this.onDue();
  }

  /** Adds the endpoint at an instant, epoch milliseconds; of several instants, at each. */
  addAt(endpointId: number, at: number): void {
    if (this.#closed) return;
    const waiting = this.#waiting.get(endpointId) ?? { instants: [], cancel: () => undefined };
    const { instants } = waiting;
    const place = instants.findIndex((instant) => instant >= at);
    if (instants[place] === at || instants.length >= MAX_INSTANTS) return;
    instants.splice(place < 0 ? instants.length : place, 0, at);
    this.#waiting.set(endpointId, waiting);
    if (instants[0] === at) this.#await(endpointId, waiting);
  }

  /** Takes up to so many endpoints from the front. */
  take(count: number): number[] {
    const taken: number[] = [];
    for (const id of this.#queue) {
      if (taken.length >= count) break;
      taken.push(id);
    }
    for (const id of taken) this.#queue.delete(id);
    return taken;
  }

  /** Forgets all, and takes nothing more. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
    this.#queue.clear();
  }

  #await(endpointId: number, waiting: Waiting): void {
    waiting.cancel();
    const [earliest] = waiting.instants;
    if (earliest === undefined) {
      this.#waiting.delete(endpointId);
      return;
    }
    waiting.cancel = this.clock.setTimer(earliest - this.clock.now() + 1, () => {
      // By the timer and not by the clock: one that jumped back must not make an instant wait a second time.
      waiting.instants.shift();
      this.#await(endpointId, waiting);
      this.add([endpointId]);
    });
  }
}
