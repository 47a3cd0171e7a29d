import type { Claim } from '../queue/claim.js';
import { speaksAgainstEndpoint } from './outcome.js';
import type { TryResult } from './try-result.js';

/** What one unit of work is to write. */
export interface ResultBatch {
  readonly results: readonly TryResult[];
  /** Claims that were not sent. */
  readonly unsent: readonly Claim[];
  readonly endpointIds: ReadonlySet<number>;
}

/**
 * Finished tries that are not written yet.
 *
 * When a batch can't be written that an owner was to be told of, the owner may be what is in the way. From then on until it no longer
 * is, such results go apart from all others, by turns: what is wrong with one owner keeps nobody else's from being written.
 */
export class Results {
  #finished: TryResult[] = [];
  #unsent: Claim[] = [];
  #lastTaken = 0;
  /** How many tries of an endpoint failed without that being written yet. */
  readonly #failures = new Map<number, number>();
  /** Endpoints with results that could not be written the last time. */
  readonly #unwritten = new Set<number>();
  /** Whether results that owners are told of go apart, and whether it is their turn. */
  #apart = false;
  #reportedNext = false;

  get size(): number {
    return this.#finished.length + this.#unsent.length;
  }

  /** How many results the last batch had. */
  get lastTaken(): number {
    return this.#lastTaken;
  }

  /**
   * Whether nothing more is to be sent to the endpoint for now: a failure is yet to be written, which may pause it, or there are results
   * that can't be written, whose leases would end and have the same sent over and over.
   */
  isUnderJudgement(endpointId: number): boolean {
    return this.#failures.has(endpointId) || this.#unwritten.has(endpointId);
  }

  add(result: TryResult): void {
    this.#finished.push(result);
    if (hasFailed(result)) this.#countFailure(result.claim.endpoint.id, 1);
  }

  addUnsent(claims: readonly Claim[]): void {
    this.#unsent.push(...claims);
  }

  /** Everything there is, to be written; after a failure maybe a part of it, and not nothing. */
  take(): ResultBatch {
    const [results, unsent] = [this.#takeTurn(), this.#unsent];
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
    for (const { claim } of results) this.#unwritten.add(claim.endpoint.id);
    if (results.some(isReported)) this.#apart = true;
  }

  /** It has been written. */
  settled({ results }: ResultBatch): void {
    for (const result of results) {
      this.#unwritten.delete(result.claim.endpoint.id);
      if (hasFailed(result)) this.#countFailure(result.claim.endpoint.id, -1);
    }
    if (this.#apart && results.some(isReported)) this.#apart = false;
  }

  #takeTurn(): TryResult[] {
    const all = this.#finished;
    this.#finished = [];
    if (!this.#apart) return all;
    const reported = this.#reportedNext;
    this.#reportedNext = !reported;
    const turn = all.filter((result) => isReported(result) === reported);
    if (turn.length === 0 || turn.length === all.length) return all;
    this.#finished = all.filter((result) => isReported(result) !== reported);
    return turn;
  }

  #countFailure(endpointId: number, by: 1 | -1): void {
    const count = (this.#failures.get(endpointId) ?? 0) + by;
    if (count === 0) this.#failures.delete(endpointId);
    else this.#failures.set(endpointId, count);
  }
}

function isReported({ claim }: TryResult): boolean {
  return claim.endpoint.reportsEnds === true;
}

function hasFailed({ outcome }: TryResult): boolean {
  return speaksAgainstEndpoint(outcome);
}
