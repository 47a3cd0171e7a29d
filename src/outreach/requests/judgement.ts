import { STATUS_CODES } from 'node:http';
import { classOf, pauseMsOf, type Answer, type Exchange, type Outcome } from '../../delivery/index.js';
import { readAnswerBody } from './answer-body.js';

/** Statuses that may be different the next time, besides 500 and up. */
const PASSING = new Set([408, 425, 429]);

/**
 * What an exchange with a channel comes to: 200 alone is a success, whatever its body. No answer, 408, 425, 429 and 500 and up are tried
 * again; with any other status it has failed for good. None disables the channel.
 */
export function judgeChannel(exchange: Exchange, now: number): Outcome {
  if (exchange.kind === 'answer' && exchange.statusCode === 200) return { kind: 'delivered' };
  return notTaken(exchange, now, 'where only 200 counts as success');
}

/**
 * What an exchange with a touchpoint comes to, of a reach request or of one for receipts: 200 to 299 is a success if the body says so, see
 * `readAnswerBody`, and a failure for good if it doesn't: the endpoint has had the request. Other answers as for a channel.
 */
export function judgeTouchpoint(exchange: Exchange, now: number, orderNo: string): Outcome {
  if (exchange.kind === 'failure' || exchange.statusCode < 200 || exchange.statusCode > 299)
    return notTaken(exchange, now, 'where only 200 to 299 count as success');
  const body = readAnswerBody(exchange.body, orderNo);
  switch (body.kind) {
    case 'success':
      return { kind: 'delivered' };
    case 'refused':
      return { ...failed(body.reason, 'refused_for_good'), isHealthy: true };
    case 'unreadable':
      return failed(body.reason, 'malformed');
  }
}

function notTaken(exchange: Exchange, now: number, wanted: string): Outcome {
  if (exchange.kind === 'failure')
    return { kind: 'retry', reason: exchange.message, failureClass: exchange.reason };
  const { statusCode } = exchange;
  const reason = wordsOf(exchange, wanted);
  const failureClass = statusCode === 410 ? 'refused_for_good' : classOf(statusCode);
  if (!PASSING.has(statusCode) && statusCode < 500) return failed(reason, failureClass);
  return { kind: 'retry', reason, failureClass, pauseMs: pauseMsOf(exchange, now) };
}

type Failed = Extract<Outcome, { kind: 'failed' }>;

function failed(reason: string, failureClass: Failed['failureClass']): Failed {
  return { kind: 'failed', reason, failureClass, disablesEndpoint: false };
}

/** Short, and the same for the same status: reasons are counted. */
function wordsOf({ statusCode }: Answer, wanted: string): string {
  const name = STATUS_CODES[statusCode];
  const answered = `answered ${statusCode}${name === undefined ? '' : ` ${name}`}`;
  if (statusCode < 300) return `${answered}, ${wanted}`;
  return statusCode < 400 ? `${answered}; redirects are not followed` : answered;
}
