import type { SpreadMetrics, WakeSource } from './spread-metrics.js';
import type { WorkTaker } from './work-spread.js';

/** Those who want to be woken in this process: none without the role `worker`, one with it. */
export class Wakes {
  readonly #takers = new Set<WorkTaker>();

  /** @param onChange called when the first has come or the last has gone */
  constructor(
    private readonly metrics: Pick<SpreadMetrics, 'count'>,
    private readonly onChange: (anyone: boolean) => void = () => undefined,
  ) {}

  get anyone(): boolean {
    return this.#takers.size > 0;
  }

  /** How many more endpoints this process could look at right away. */
  get room(): number {
    let room = 0;
    for (const taker of this.#takers) room += taker.room();
    return room;
  }

  add(taker: WorkTaker): () => void {
    this.#takers.add(taker);
    if (this.#takers.size === 1) this.onChange(true);
    return () => {
      if (this.#takers.delete(taker) && !this.anyone) this.onChange(false);
    };
  }

  wake(endpointIds: readonly number[], source: WakeSource): void {
    if (!this.anyone || endpointIds.length === 0) return;
    this.metrics.count(source, endpointIds.length);
    for (const taker of this.#takers) taker.wake(endpointIds);
  }
}
