import type { Clock } from '../../../platform/clock/clock.js';

/** Endpoints sent with one call. */
const MAX_BATCH = 500;

/**
 * Endpoints on their way to Redis. One call is made at a time, and what comes meanwhile goes with the next one: a thousand commits
 * for an endpoint make few calls, and however slow Redis is, no more is kept than each endpoint once.
 */
export class WakeOutbox {
  readonly #waiting = new Set<number>();
  #underWay: readonly number[] = [];
  #isSending = false;

  /**
   * @param send makes the call
   * @param onLost gets the endpoints of calls that failed or that nobody should wait for
   */
  constructor(
    private readonly clock: Clock,
    private readonly send: (endpointIds: readonly number[]) => Promise<unknown>,
    private readonly onLost: (endpointIds: readonly number[]) => void,
  ) {}

  /** Never throws, never waits. */
  add(endpointIds: readonly number[]): void {
    for (const id of endpointIds) this.#waiting.add(id);
    if (!this.#isSending && this.#waiting.size > 0) void this.#run();
  }

  /** Gives up what waits and what is under way; a call under way may still arrive. */
  giveUp(): void {
    const lost = [...new Set([...this.#underWay, ...this.#waiting])];
    this.#underWay = [];
    this.#waiting.clear();
    if (lost.length > 0) this.onLost(lost);
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    // Lets the commits of this moment go together.
    await this.clock.breathe();
    while (this.#waiting.size > 0) {
      this.#underWay = [...this.#waiting].slice(0, MAX_BATCH);
      for (const id of this.#underWay) this.#waiting.delete(id);
      try {
        await this.send(this.#underWay);
      } catch {
        // Who sends has told of it; the endpoints must not be lost because of it.
        if (this.#underWay.length > 0) this.onLost(this.#underWay);
      }
      this.#underWay = [];
    }
    this.#isSending = false;
  }
}
