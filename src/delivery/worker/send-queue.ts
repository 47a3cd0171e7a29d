import type { Clock } from '../../platform/clock/clock.js';
import type { Claim } from '../queue/claim.js';
import { ClaimAhead } from './claim-ahead.js';
import { InFlight } from './in-flight.js';
import { ReadyClaims } from './ready-claims.js';

/** What is claimed goes this long after its claim, or is given back: what was canceled meanwhile should not go. Milliseconds. */
export const READY_FOR_MS = 250;

/** Claims ahead altogether, at the most: so many times what may be on the way at once. */
const MOST_AHEAD = 4;

/** Begins the try of a claim, and calls back when it has ended. */
type Begin = (claim: Claim) => void;

/**
 * What this process has claimed, from the claim to the end of the try: sends as much at once as endpoints and process allow, and keeps
 * the rest at hand.
 */
export class SendQueue {
  readonly #ready = new ReadyClaims();
  readonly #sending = new InFlight();
  readonly #claimed = new InFlight();
  readonly #ahead: ClaimAhead;
  /** Requests at once, by endpoint, as the last claim allowed it. */
  readonly #limits = new Map<number, number>();
  /** To be told when no try is under way. */
  #waiting: (() => void)[] = [];

  constructor(
    private readonly capacity: number,
    private readonly begin: Begin,
    clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#ahead = new ClaimAhead(clock);
  }

  /** Claims that are not sent yet. */
  get readyCount(): number {
    return this.#ready.size;
  }

  get sendingCount(): number {
    return this.#sending.total;
  }

  /** Resolves when no try is under way. */
  get idle(): Promise<void> {
    if (this.#sending.total === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What organizations have on the way. */
  get ofOrganizations(): ReadonlyMap<number, number> {
    return this.#sending.organizations;
  }

  /** How much more may be claimed to go at once, and of how much. Claims ahead take none of it: they are the endpoint's own affair. */
  get room(): { free: number; capacity: number } {
    let taken = 0;
    for (const [id, count] of this.#claimed.endpoints)
      taken += Math.min(count, this.#limits.get(id) ?? count);
    return { free: Math.max(this.capacity - taken, 0), capacity: this.capacity };
  }

  heldOf(endpointId: number): { sending: number; ready: number; ahead: number } {
    return {
      sending: this.#sending.ofEndpoint(endpointId),
      ready: this.#ready.countOf(endpointId),
      ahead: this.#aheadOf(endpointId),
    };
  }

  /**
   * Whether more may be claimed for the endpoint, and what is at hand will soon have gone.
   * @param hasRoom whether there is room, which is counted once for all endpoints
   */
  runsLow(endpointId: number, hasRoom: boolean): boolean {
    const ahead = this.#aheadOf(endpointId);
    return this.#ready.countOf(endpointId) <= ahead / 2 && (ahead > 0 || hasRoom);
  }

  /** A claim is about to be made. */
  turn(): void {
    this.#ahead.turn();
  }

  /** See `ClaimLimits.restrict`. */
  restrict(endpointId: number, limit: number): number {
    const known = this.#limits.get(endpointId);
    if (known === undefined || limit < known) this.#limits.set(endpointId, limit);
    return this.#sending.ofEndpoint(endpointId);
  }

  /** Takes claims, and as many requests to endpoints as they allow; begins what may go. */
  accept(claims: readonly Claim[], allowed: ReadonlyMap<number, number>): void {
    for (const [id, limit] of allowed) this.#limits.set(id, limit);
    for (const claim of claims) {
      this.#claimed.enter(claim);
      this.#ready.add(claim);
    }
    for (const id of allowed.keys()) this.#beginOf(id);
  }

  /** A try has ended; the next of its endpoint begins, or else another's that waited for the process' room. */
  ended(claim: Claim, { delivered }: { delivered: boolean }): void {
    const wasFull = this.#sending.total >= this.capacity;
    this.#sending.leave(claim);
    this.#claimed.leave(claim);
    this.#ahead.count(claim.endpoint.id, delivered);
    this.#beginOf(claim.endpoint.id);
    if (this.#sending.total === 0) this.#tellIdle();
    if (wasFull) for (const id of this.#ready.endpointIds) this.#beginOf(id);
  }

  /** Takes out what is not sent yet, of one endpoint or of all. */
  withdraw(endpointId?: number): Claim[] {
    return this.#withdrawn(this.#ready.takeAll(endpointId));
  }

  /** Takes out what has waited for too long: claims that must have begun before this, monotonic milliseconds. */
  withdrawStale(sendBefore: number): Claim[] {
    return this.#withdrawn(this.#ready.takeDueBefore(sendBefore));
  }

  #aheadOf(endpointId: number): number {
    return this.#ready.size < this.capacity * MOST_AHEAD ? this.#ahead.of(endpointId) : 0;
  }

  #tellIdle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  #withdrawn(claims: Claim[]): Claim[] {
    for (const claim of claims) this.#claimed.leave(claim);
    return claims;
  }

  #beginOf(endpointId: number): void {
    const limit = this.#limits.get(endpointId) ?? 0;
    while (this.#sending.total < this.capacity && this.#sending.ofEndpoint(endpointId) < limit) {
      const claim = this.#ready.take(endpointId);
      if (!claim) return;
      this.#sending.enter(claim);
      this.begin(claim);
    }
  }
}
