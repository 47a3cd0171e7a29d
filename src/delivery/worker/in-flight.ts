import type { Claim } from '../queue/claim.js';

/** Counts the requests on the way: altogether, of each endpoint, of each organization. */
export class InFlight {
  readonly #endpoints = new Map<number, number>();
  readonly #organizations = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  get endpoints(): ReadonlyMap<number, number> {
    return this.#endpoints;
  }

  get organizations(): ReadonlyMap<number, number> {
    return this.#organizations;
  }

  ofEndpoint(endpointId: number): number {
    return this.#endpoints.get(endpointId) ?? 0;
  }

  enter(claim: Claim): void {
    this.#count(claim, 1);
  }

  leave(claim: Claim): void {
    this.#count(claim, -1);
  }

  #count({ endpoint, message }: Claim, by: 1 | -1): void {
    this.#total += by;
    add(this.#endpoints, endpoint.id, by);
    add(this.#organizations, message.organizationId, by);
  }
}

function add(counts: Map<number, number>, id: number, by: number): void {
  const count = (counts.get(id) ?? 0) + by;
  if (count === 0) counts.delete(id);
  else counts.set(id, count);
}
