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
  /** When it may go, epoch milliseconds, where its endpoint has a rate limit; else at once. */
  readonly slotAt?: number;
}

/** How much may be claimed. */
export interface ClaimLimits {
  /** Endpoints to look at, in the order of their turns, with the requests each has on the way. */
  readonly inFlight: ReadonlyMap<number, number>;
  /** The same for organizations, endpoints that are not looked at among them. */
  readonly organizationsInFlight: ReadonlyMap<number, number>;
  /** Claims altogether, at the most. */
  readonly room: Room;
  /** How long an endpoint's rate-limited sends that are claimed already will take yet, milliseconds. */
  busyForMs(endpointId: number): number;
}

/** What a claim came to. */
export interface Claimed {
  readonly claims: readonly Claim[];
  /** Endpoints that have more, but it was others' turn: to be looked at when there is room again. */
  readonly outOfTurn: readonly number[];
  /** Endpoints with a rate limit, and when they have slots again, epoch milliseconds. */
  readonly laterAt: ReadonlyMap<number, number>;
}
