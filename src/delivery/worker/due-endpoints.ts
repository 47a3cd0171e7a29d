import type { Clock } from '../../platform/clock/clock.js';

/** Longest timer Node takes; a later wake is found by the sweep anyway. */
const LONGEST_TIMER_MS = 60_000;

/**
 * The endpoints a worker should look at, in the order in which they came to be due: each is looked at once before any is
 * looked at again, so none is held up by another's backlog.
 */
export class DueEndpoints {
  readonly #queue = new Set<number>();
  #closed = false;
  readonly #timers = new Map<number, { readonly at: number; readonly timer: NodeJS.Timeout }>();

  /** @param onDue called whenever an endpoint has become due */
  constructor(
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  get size(): number {
    return this.#queue.size;
  }

  add(endpointIds: readonly number[]): void {
    if (this.#closed || endpointIds.length === 0) return;
    for (const id of endpointIds) this.#queue.add(id);
    this.onDue();
  }

  /** Adds the endpoint at an instant, epoch milliseconds. Of several, the earliest counts. */
  addAt(endpointId: number, at: number): void {
    const known = this.#timers.get(endpointId);
    if (this.#closed || (known && known.at <= at)) return;
    clearTimeout(known?.timer);
    const wait = Math.min(Math.max(at - this.clock.now(), 0) + 1, LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      this.#timers.delete(endpointId);
      this.add([endpointId]);
    }, wait);
    this.#timers.set(endpointId, { at, timer });
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
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#queue.clear();
  }
}
