import type { Endpoint } from '../endpoint-directory.js';
import type { Message } from '../message.js';
import type { Room } from './fair-shares.js';

/**
 * A lease outlives the longest try by this much; then another worker may send again. A try that could not begin within this time of
 * its claim is not made any more: it might go out after the other worker's.
 */
export const LEASE_MARGIN_MS = 5_000;

/** Until when a try that is claimed now belongs to who claimed it, epoch milliseconds. */
export function leaseEnd({ timeoutMs }: Pick<Endpoint, 'timeoutMs'>, now: number): number {
  return now + timeoutMs + LEASE_MARGIN_MS;
}

/** A delivery this process may send now, and the lease that lets it. */
export interface Claim {
  readonly deliveryId: string;
  readonly laneId: number;
  readonly leaseToken: string;
  readonly ephemeralLane: boolean;
  readonly endpoint: Endpoint;
  readonly message: Message;
  /** Number of this try, from 1. */
  readonly tryNumber: number;
  /** When the delivery was planned, epoch milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Sent to find out whether an endpoint with an open breaker is back. */
  readonly isProbe: boolean;
  /** A try that has not begun by then, monotonic milliseconds, is not made: the lease might end before it does. */
  readonly sendBefore: number;
  /** When it may go, epoch milliseconds, where its endpoint has a rate limit; else at once. */
  readonly slotAt?: number;
}

/** What this process has of an endpoint's deliveries. */
export interface Held {
  /** On the way. */
  readonly sending: number;
  /** Claimed and not yet sent. */
  readonly ready: number;
  /** How many may be claimed beyond what the endpoint's limit lets go at once, so that the next ones are at hand when those before end. */
  readonly ahead: number;
}

/** How much may be claimed. */
export interface ClaimLimits {
  /** Endpoints to look at, in the order of their turns. */
  readonly endpoints: ReadonlyMap<number, Held>;
  /** What organizations have on the way, to endpoints that are not looked at, too. */
  readonly organizationsInFlight: ReadonlyMap<number, number>;
  /** Claims altogether, at the most. */
  readonly room: Room;
  /** No try of these claims begins after this, monotonic milliseconds. */
  readonly sendBefore: number;
  /** How long an endpoint's rate-limited sends that are claimed already will take yet, milliseconds. */
  busyForMs(endpointId: number): number;
  /**
   * From this moment on no more than so many requests to the endpoint may be on the way, until a claim that has committed allows more;
   * answers how many are.
   */
  restrict(endpointId: number, inFlight: number): number;
}

/** What a claim came to. */
export interface Claimed {
  readonly claims: readonly Claim[];
  /** How many requests this process may have on the way to each of the endpoints that were looked at. */
  readonly allowed: ReadonlyMap<number, number>;
  /** Endpoints that have more, but it was others' turn: to be looked at when there is room again. */
  readonly outOfTurn: readonly number[];
  /** Endpoints of which nothing more is due than was claimed. */
  readonly exhausted: readonly number[];
  /** Endpoints that are to be looked at again, and when, epoch milliseconds: for the next slots of a rate limit, or since another process was in the way. */
  readonly laterAt: ReadonlyMap<number, number>;
}
