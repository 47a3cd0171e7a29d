import type { ExchangeFigures } from '../http/exchange.js';
import type { Message } from '../message.js';
import type { Claim } from '../queue/claim.js';
import type { Outcome } from './outcome.js';

/** A finished try, not yet written down. */
export interface TryResult {
  readonly claim: Claim;
  /** As it was sent; `claim.message` is as it is stored. */
  readonly message: Message;
  readonly outcome: Outcome;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  /** How the parts of the exchange went. */
  readonly figures: ExchangeFigures;
  /** W3C trace context it was made in: of its span, else of the API call behind the event. */
  readonly traceparent: string | null;
  readonly statusCode: number | undefined;
  /** As sent, without secrets. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  readonly responseBody: string | undefined;
  /** The body as far as its endpoint keeps it. */
  readonly answer: Buffer | undefined;
}
