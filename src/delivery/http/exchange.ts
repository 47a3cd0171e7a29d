/** One request as it goes out: what is here and nothing else, beyond Host, Connection and Content-Length. */
export interface OutgoingRequest {
  /** Absolute, http or https. */
  readonly url: string;
  /** Sent in this order and in this case. */
  readonly headers: Readonly<Record<string, string>>;
  /** A string goes out as UTF-8. */
  readonly body: Buffer | string;
  /** One deadline for the whole try, in ms: look-up, connect, TLS, send, headers, body. */
  readonly timeoutMs: number;
  /** Bytes of the answer's body that are kept; absent: 4 KiB. It is read to 64 KiB, or to this limit where that is higher. */
  readonly answerLimit?: number;
}

/**
 * Why there is no valid answer.
 *
 * - `timeout`: the deadline passed
 * - `dns`: the name has no address, or the resolver failed
 * - `refused`: nothing listens there
 * - `reset`: the connection broke before a whole head of a response was there
 * - `tls`: handshake or certificate
 * - `egress`: the egress guard
 * - `malformed`: what came is not HTTP
 * - `body`: a 2xx whose body broke off
 * - `aborted`: this process is shutting down
 * - `other`: the rest, an unreachable network for one
 */
export type FailureReason =
  'timeout' | 'dns' | 'refused' | 'reset' | 'tls' | 'egress' | 'malformed' | 'body' | 'aborted' | 'other';

/** How long the parts of an exchange took, whole milliseconds, and what came. */
export interface ExchangeFigures {
  /** From the call to the end of the body. */
  readonly durationMs: number;
  /** Until a connection was there: about 0 on a kept one, else look-up, connect and TLS. */
  readonly connectMs?: number;
  /** From then until the head of the answer was there. */
  readonly waitMs?: number;
  /** Bytes of the answer's body that were read. */
  readonly receivedBytes?: number;
}

/** A whole answer, whatever its status. */
export interface Answer extends ExchangeFigures {
  readonly kind: 'answer';
  readonly statusCode: number;
  /** Names in lower case, several values of one joined by `, `; bounded, see `keepHeaders`. */
  readonly headers: Record<string, string>;
  /** Its first bytes, up to the limit of the request, as sent: content encodings are not undone. */
  readonly body: Buffer;
}

/** No valid answer. Status, headers and body are there as far as they came. */
export interface Failure extends ExchangeFigures {
  readonly kind: 'failure';
  readonly reason: FailureReason;
  /** Plain words for an engineer. */
  readonly message: string;
  readonly statusCode?: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
}

/** The outcome of one exchange: data, never an exception. */
export type Exchange = Answer | Failure;
