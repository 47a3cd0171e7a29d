import type { Answer, Exchange, FailureReason } from '../http/exchange.js';
import { statusWords } from './status-words.js';

/**
 * Why a try failed, as few words to count and to filter by: what broke on the way ({@link FailureReason}), or what the answer was.
 *
 * - `redirect`, `client_error`, `rate_limited` (429), `server_error`: by the status
 * - `refused_for_good`: 410, or the receiver said so by the header `webhook-delivery` or, where it reaches users, by the code in its answer
 * - `malformed` is also an answer that can't be read, where it has to be
 * - `unexpected_status`: any other
 */
export type FailureClass =
  | FailureReason
  | 'redirect'
  | 'client_error'
  | 'rate_limited'
  | 'server_error'
  | 'refused_for_good'
  | 'unexpected_status';

/** What a try came to, as data. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly failureClass: FailureClass;
      /** The receiver asked that nothing be sent to it for this long, milliseconds. */
      readonly pauseMs?: number;
    }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly failureClass: FailureClass;
      /** The receiver wants nothing more, ever. */
      readonly disablesEndpoint: boolean;
      /** The endpoint works all the same: it took the request, and said no to what was in it. */
      readonly isHealthy?: true;
    };

/** Whether a try speaks against its endpoint: all do that failed, but a plain no to what was sent. */
export function speaksAgainstEndpoint(outcome: Outcome): outcome is Exclude<Outcome, { kind: 'delivered' }> {
  return outcome.kind === 'retry' || (outcome.kind === 'failed' && outcome.isHealthy !== true);
}

/** Longest pause a receiver may ask for, as the contract has it: 24 hours. */
const MAX_PAUSE_MS = 24 * 3_600_000;

/** Statuses whose `Retry-After` is obeyed. */
const PAUSING = new Set([429, 503]);

/** Judges an exchange by the rules of the contract ("Outcome of a try"). `now` is when the answer came. */
export function judge(exchange: Exchange, now: number): Outcome {
  const command = exchange.headers?.['webhook-delivery']?.trim().toLowerCase();
  if (command === 'disable')
    return disabling('the receiver asked for no more deliveries (webhook-delivery: disable)');
  if (command === 'abort-message') {
    const reason = 'the receiver refused this delivery for good (webhook-delivery: abort-message)';
    return { kind: 'failed', reason, failureClass: 'refused_for_good', disablesEndpoint: false };
  }
  if (exchange.kind === 'failure')
    return { kind: 'retry', reason: exchange.message, failureClass: exchange.reason };
  const { statusCode } = exchange;
  if (statusCode >= 200 && statusCode < 300) return { kind: 'delivered' };
  if (statusCode === 410) return disabling('the receiver answered 410 Gone');
  const pauseMs = pauseMsOf(exchange, now);
  return { kind: 'retry', reason: statusWords(exchange), failureClass: classOf(statusCode), pauseMs };
}

/** For how long the receiver asks to be left alone, milliseconds; undefined: it doesn't. */
export function pauseMsOf({ statusCode, headers }: Answer, now: number): number | undefined {
  return PAUSING.has(statusCode) ? retryAfterMs(headers['retry-after'], now) : undefined;
}

function disabling(reason: string): Outcome {
  return { kind: 'failed', reason, failureClass: 'refused_for_good', disablesEndpoint: true };
}

/** Of an answer that is no success. */
export function classOf(statusCode: number): FailureClass {
  if (statusCode === 429) return 'rate_limited';
  if (statusCode >= 500) return 'server_error';
  if (statusCode >= 400) return 'client_error';
  return statusCode >= 300 ? 'redirect' : 'unexpected_status';
}

/** `Retry-After` as seconds or as an HTTP date, in milliseconds from now; undefined when it can't be read or is past. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return milliseconds > 0 ? Math.min(milliseconds, MAX_PAUSE_MS) : undefined;
}

/** Only the forms that HTTP knows begin with a day's name; Date.parse alone would take much more. */
function httpDate(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
