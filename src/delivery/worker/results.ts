import type { Claim } from '../queue/claim.js';
import type { TryResult } from './try-result.js';

/** What one unit of work is to write. */
export interface ResultBatch {
  readonly results: readonly TryResult[];
  /** Claims that were not sent. */
  readonly unsent: readonly Claim[];
  readonly endpointIds: ReadonlySet<number>;
}

/** Finished tries that are not written yet. */
export class Results {
  #finished: TryResult[] = [];
  #unsent: Claim[] = [];
  #lastTaken = 0;
  /** How many tries of an endpoint failed without that being written yet. */
  readonly #failures = new Map<number, number>();

  get size(): number {
    return this.#finished.length + this.#unsent.length;
  }

  /** How many results the last batch had. */
  get lastTaken(): number {
    return this.#lastTaken;
  }

  /** Whether a failure is yet to be written, which may pause the endpoint. */
  isUnderJudgement(endpointId: number): boolean {
    return this.#failures.has(endpointId);
  }

  add(result: TryResult): void {
    this.#finished.push(result);
    if (hasFailed(result)) this.#countFailure(result.claim.endpoint.id, 1);
  }

  addUnsent(claims: readonly Claim[]): void {
    this.#unsent.push(...claims);
  }

  /** Everything there is, to be written. */
  take(): ResultBatch {
    const [results, unsent] = [this.#finished, this.#unsent];
    this.#finished = [];
    this.#unsent = [];
    this.#lastTaken = results.length;
    const endpointIds = new Set(results.map(({ claim }) => claim.endpoint.id));
    for (const { endpoint } of unsent) endpointIds.add(endpoint.id);
    return { results, unsent, endpointIds };
  }

  /** It could not be written. */
  putBack({ results, unsent }: ResultBatch): void {
    this.#finished = [...results, ...this.#finished];
    this.#unsent = [...unsent, ...this.#unsent];
  }

  /** It has been written. */
  settled({ results }: ResultBatch): void {
    for (const result of results) if (hasFailed(result)) this.#countFailure(result.claim.endpoint.id, -1);
  }

  #countFailure(endpointId: number, by: 1 | -1): void {
    const count = (this.#failures.get(endpointId) ?? 0) + by;
    if (count === 0) this.#failures.delete(endpointId);
    else this.#failures.set(endpointId, count);
  }
}

function hasFailed({ outcome }: TryResult): boolean {
  return outcome.kind !== 'delivered';
}
