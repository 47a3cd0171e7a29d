import type { Claim } from '../queue/claim.js';

/** Claims that wait until their endpoint takes one more request: a queue for each endpoint. */
export class ReadyClaims {
  readonly #queues = new Map<number, Claim[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Endpoints that something waits for. */
  get endpointIds(): Iterable<number> {
    return this.#queues.keys();
  }

  countOf(endpointId: number): number {
    return this.#queues.get(endpointId)?.length ?? 0;
  }

  add(claim: Claim): void {
    const queue = this.#queues.get(claim.endpoint.id);
    if (queue) queue.push(claim);
    else this.#queues.set(claim.endpoint.id, [claim]);
    this.#size += 1;
  }

  /** Takes the first of an endpoint. */
  take(endpointId: number): Claim | undefined {
    const queue = this.#queues.get(endpointId);
    const claim = queue?.shift();
    if (claim) this.#size -= 1;
    if (queue?.length === 0) this.#queues.delete(endpointId);
    return claim;
  }

  /** Takes all of an endpoint, or of all endpoints. */
  takeAll(endpointId?: number): Claim[] {
    const ids = endpointId === undefined ? [...this.#queues.keys()] : [endpointId];
    const taken = ids.flatMap((id) => this.#queues.get(id) ?? []);
    for (const id of ids) this.#queues.delete(id);
    this.#size -= taken.length;
    return taken;
  }

  /** Takes those whose tries have to begin before this, monotonic milliseconds. */
  takeDueBefore(sendBefore: number): Claim[] {
    const old: Claim[] = [];
    for (const claim of this.takeAll()) {
      if (claim.sendBefore < sendBefore) old.push(claim);
      else this.add(claim);
    }
    return old;
  }
}
