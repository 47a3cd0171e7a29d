import type { DeliveryEnd } from '../../delivery/index.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { readAnswerBody, shortReason } from './answer-body.js';
import { orderNoOf } from './order-no.js';
import { readStatusList, type StatusList } from './status-list.js';

export type UserResult =
  { readonly status: 'SUCCEEDED' } | { readonly status: 'FAILED'; readonly reason: string };

/** What the end of a request means for the users in it. */
export type Reading =
  /** The same for all of them. */
  | { readonly kind: 'all'; readonly result: UserResult }
  /** The touchpoint took the request; results are asked for later. */
  | { readonly kind: 'accepted' }
  /**
   * User by user. Those of the batch who are missing in it have failed with `missing`; where that is undefined they are waited for on.
   */
  | {
      readonly kind: 'each';
      readonly results: ReadonlyMap<number, UserResult>;
      readonly missing?: string;
      /** What else was wrong with the answer, such as users who were not sent. */
      readonly note?: string;
    };

/** Why users have failed whom an answer that lists results does not name. */
export const NO_RESULT = 'no result for this user';

const NO_LIST = 'the answer has no "sendStatusList"';

/**
 * Reads what came of a reach request. Never takes for success what is not plainly one.
 *
 * A channel's answer says the same of all users, and so does a touchpoint's that can't be read, has another code than 0, is about
 * another request or lists no results at all: they have failed. Of one that takes a request with receipts, results are not read.
 */
export function readReach(touchpoint: Touchpoint, end: DeliveryEnd, gids: ReadonlySet<number>): Reading {
  if (end.status !== 'SUCCEEDED') return allFailed(reasonOf(end));
  if (touchpoint.kind === 'CHANNEL') return { kind: 'all', result: { status: 'SUCCEEDED' } };
  const answer = readAnswerBody(end.answer, orderNoOf(end.eventId));
  if (answer.kind !== 'success') return allFailed(answer.reason);
  if (touchpoint.config.receipts?.mode === 'ASYNC') return { kind: 'accepted' };
  if (!Array.isArray(answer.list)) return allFailed(NO_LIST);
  return each(readStatusList(answer.list, gids), NO_RESULT);
}

/**
 * Reads what came of a receipt request: `kind: 'each'` with those who have a result by now, or nobody where it failed; `note` says why.
 * Users without a result are waited for on.
 */
export function readReceipt(_touchpoint: Touchpoint, end: DeliveryEnd, gids: ReadonlySet<number>): Reading {
  if (end.status !== 'SUCCEEDED') return nobody(reasonOf(end));
  const answer = readAnswerBody(end.answer, orderNoOf(end.eventId));
  if (answer.kind !== 'success') return nobody(answer.reason);
  if (!Array.isArray(answer.list)) return nobody(NO_LIST);
  return each(readStatusList(answer.list, gids));
}

function reasonOf({ reason }: DeliveryEnd): string {
  return shortReason(reason) || 'the request failed';
}

function allFailed(reason: string): Reading {
  return { kind: 'all', result: { status: 'FAILED', reason } };
}

function nobody(note: string): Reading {
  return { kind: 'each', results: new Map(), note };
}

function each({ results, note }: StatusList, missing?: string): Reading {
  return { kind: 'each', results, missing, note };
}
