interface FailureWindow {
  failures: number;
  readonly endsAt: number;
}

/**
 * Counts failures by a key in memory. The first failure opens a window of time; once the limit is reached in it, the key is
 * locked until it ends. Holds a bounded number of keys: when full, the longest known ones go first.
 */
export class FailureCounter {
  readonly #windows = new Map<string, FailureWindow>();

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
    private readonly capacity: number,
  ) {}

  /** Milliseconds for which the key is still locked, 0 when it isn't. */
  lockedFor(key: string, now: number): number {
    const window = this.#windows.get(key);
    return window && window.failures >= this.limit ? Math.max(0, window.endsAt - now) : 0;
  }

  count(key: string, now: number): void {
    const window = this.#windows.get(key);
    if (window && window.endsAt > now) {
      window.failures += 1;
      return;
    }
    this.#windows.delete(key);
    this.#makeRoom(now);
    this.#windows.set(key, { failures: 1, endsAt: now + this.windowMs });
  }

  reset(key: string): void {
    this.#windows.delete(key);
  }

  /** Windows are all of one length, so the order they were opened in is the order they end in. */
  #makeRoom(now: number): void {
    for (const [key, window] of this.#windows) {
      if (window.endsAt > now && this.#windows.size < this.capacity) return;
      this.#windows.delete(key);
    }
  }
}
