import type { Exchange } from './http/exchange.js';
import type { Message } from './message.js';
import type { Outcome } from './worker/outcome.js';

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
  /** How much may be sent in a second, counted in the costs of messages (`Message.cost`), evenly spaced; undefined: no limit. */
  readonly maxPerSecond?: number;
  /** Of the deliveries that wait about the same subject only the newest is sent. */
  readonly latestOnly: boolean;
  /** Bytes of an answer that are kept to be judged and read; absent: as many as the log keeps. */
  readonly answerLimit?: number;
  /** Whether its owner is told of each delivery that ended, see {@link EndpointDirectory.ended}. */
  readonly reportsEnds?: boolean;
  /** The message as it is sent at an instant, epoch milliseconds; absent: as it is stored. Headers are made of what this answers. */
  messageAt?(message: Message, at: number): Message;
  /** What an exchange comes to; absent: by the rules for webhooks (`judge`). `now`: when the answer came, epoch milliseconds. */
  judge?(exchange: Exchange, now: number, message: Message): Outcome;
  /** The headers of one try, signatures included, by their names as sent. */
  headersFor(outgoing: OutgoingTry): Record<string, string>;
  /** The same headers fit for keeping and showing: without secrets. The very same where there is nothing to hide. */
  withoutSecrets(headers: Record<string, string>): Record<string, string>;
}

/** A delivery that came to its end by a try. */
export interface DeliveryEnd {
  readonly endpointId: number;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** Of one that failed. */
  readonly reason?: string;
  readonly statusCode?: number;
  /** The last try's answer, as far as it was kept. */
  readonly answer?: Buffer;
  /** Epoch milliseconds. */
  readonly at: number;
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

  /**
   * Deliveries of endpoints with `reportsEnds` have ended. Called inside the unit of work that writes that they have: what the owner
   * makes of it commits with it, and what it throws makes the engine try that unit again. Deliveries that were canceled, or could never
   * be sent, are not told of: it is the owner that has them canceled.
   */
  async ended(_ends: readonly DeliveryEnd[]): Promise<void> {}
}
