import type { Clock } from '../../platform/clock/clock.js';

/**
 * Collects what comes within one turn of the event loop, and hands it on together. For answers of receivers: whoever reacts to one at
 * once does so inside the HTTP client, which has not yet freed the connection that it came on, so that the next request would open another.
 */
export class Batches<T> {
  #items: T[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly take: (items: readonly T[]) => void,
  ) {}

  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length > 1) return;
    // In a microtask, so that what the client does after its callback comes first.
    queueMicrotask(() => void this.clock.breathe().then(() => this.#flush()));
  }

  #flush(): void {
    const items = this.#items;
    this.#items = [];
    this.take(items);
  }
}
