import type { Endpoint } from '../endpoint-directory.js';
import type { Message } from '../message.js';

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
}

/** How much may be claimed. */
export interface ClaimLimits {
  /** Endpoints to look at, in the order of their turns, with the requests each has on the way. */
  readonly inFlight: ReadonlyMap<number, number>;
  /** Claims altogether, at the most. */
  readonly total: number;
}
