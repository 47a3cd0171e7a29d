/** Of one endpoint, so many claims beyond its limit are made ahead at the most. */
const MOST_OF_ONE = 64;

/**
 * How many deliveries of each endpoint to claim beyond those that may go at once: as many as end from one claim to the next, so that
 * an endpoint that answers quickly is not kept waiting for the database, and one that doesn't gets nothing ahead.
 */
export class ClaimAhead {
  readonly #ahead = new Map<number, number>();
  readonly #delivered = new Map<number, number>();

  of(endpointId: number): number {
    return this.#ahead.get(endpointId) ?? 0;
  }

  /** Of all endpoints together. */
  get total(): number {
    let total = 0;
    for (const ahead of this.#ahead.values()) total += ahead;
    return total;
  }

  /** A try ended. */
  count(endpointId: number, delivered: boolean): void {
    if (delivered) this.#delivered.set(endpointId, (this.#delivered.get(endpointId) ?? 0) + 1);
    else this.#forget(endpointId);
  }

  /** A claim is being made: what ended since the one before tells the pace. */
  turn(): void {
    for (const [id, ahead] of this.#ahead) {
      const next = Math.max(this.#delivered.get(id) ?? 0, Math.floor(ahead / 2));
      if (next === 0) this.#ahead.delete(id);
      else this.#ahead.set(id, Math.min(next, MOST_OF_ONE));
    }
    for (const [id, count] of this.#delivered)
      if (!this.#ahead.has(id)) this.#ahead.set(id, Math.min(count, MOST_OF_ONE));
    this.#delivered.clear();
  }

  #forget(endpointId: number): void {
    this.#ahead.delete(endpointId);
    this.#delivered.delete(endpointId);
  }
}
