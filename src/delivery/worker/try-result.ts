import type { Claim } from '../queue/claim.js';
import type { Outcome } from './outcome.js';

/** A finished try, not yet written down. */
export interface TryResult {
  readonly claim: Claim;
  readonly outcome: Outcome;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
  readonly statusCode: number | undefined;
  /** As sent, without secrets. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  readonly responseBody: string | undefined;
}
