import type { Message } from './message.js';

/** One try of a delivery, as whoever signs it sees it. */
export interface OutgoingTry {
  readonly deliveryId: string;
  /** Number of the try, from 1. */
  readonly number: number;
  /** When it is made, epoch milliseconds. */
  readonly at: number;
  readonly message: Message;
}

/** Where a delivery goes and how: made by the feature that owns the endpoint, afresh for each batch, so that edits count at once. */
export interface Endpoint {
  readonly id: number;
  readonly url: string;
  /** One deadline for a whole try, milliseconds. */
  readonly timeoutMs: number;
  /** Requests on the way at once, at the most. */
  readonly maxInFlight: number;
  /** Requests a second, at the most; undefined: no limit. */
  readonly maxPerSecond?: number;
  /** Of the deliveries that wait about the same subject only the newest is sent. */
  readonly latestOnly: boolean;
  /** The headers of one try, signatures included, by their names as sent. */
  headersFor(outgoing: OutgoingTry): Record<string, string>;
  /** The same headers fit for keeping and showing: without secrets. The very same where there is nothing to hide. */
  withoutSecrets(headers: Record<string, string>): Record<string, string>;
}

/**
 * What the engine asks of the feature that owns endpoints. The engine knows ids, addresses and limits; what an endpoint is for,
 * and how its requests are signed, it does not.
 */
export abstract class EndpointDirectory {
  /** The endpoints with these ids; those that are gone or disabled are missing from the answer. */
  abstract load(ids: readonly number[]): Promise<ReadonlyMap<number, Endpoint>>;

  /**
   * The engine found that an endpoint must get nothing more: it asked for that, or failed for too long. Runs inside the
   * unit of work that records why; the owner disables it there and calls `Endpoints.disable`.
   */
  abstract disable(id: number, reason: string): Promise<void>;
}
