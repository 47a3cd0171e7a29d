import { shortReason } from './answer-body.js';
import type { UserResult } from './answers.js';

/** The results in an answer. */
export interface StatusList {
  /** Of users who were sent; by gid. */
  readonly results: ReadonlyMap<number, UserResult>;
  /** What was wrong besides, in few words. */
  readonly note?: string;
}

/** Shown of a status that is unknown, in characters. */
const MAX_SHOWN = 40;

const SUCCEEDED: UserResult = { status: 'SUCCEEDED' };

const failed = (reason: string): UserResult => ({ status: 'FAILED', reason });

const CONTRADICTORY = failed('contradictory results for this user');

/**
 * Reads a `sendStatusList`. An entry counts if it is an object with the gid of a user who was sent, as a number or as its digits; others
 * are only noted. A status that is neither `TOU_SUCC` nor `TOU_FAIL` is a failure, and so are different results for one user.
 */
export function readStatusList(list: readonly unknown[], gids: ReadonlySet<number>): StatusList {
  const results = new Map<number, UserResult>();
  let unreadable = 0;
  let strangers = 0;
  for (const entry of list) {
    const members = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    const gid = gidOf(members['gid']);
    if (gid === undefined) unreadable += 1;
    else if (!gids.has(gid)) strangers += 1;
    else results.set(gid, together(results.get(gid), resultOf(members)));
  }
  return { results, note: noteOf(unreadable, strangers) };
}

/** Gids end at 2^53 − 1. What is greater is rounded when it is read, but never to a gid. */
function gidOf(gid: unknown): number | undefined {
  const number = typeof gid === 'string' && /^[1-9]\d*$/.test(gid) ? Number(gid) : gid;
  return Number.isInteger(number) ? (number as number) : undefined;
}

function resultOf({ status, errorMsg }: Record<string, unknown>): UserResult {
  if (status === 'TOU_SUCC') return SUCCEEDED;
  if (status === 'TOU_FAIL') return failed(shortReason(errorMsg) || 'TOU_FAIL, without an errorMsg');
  const shown = shortReason(status).slice(0, MAX_SHOWN);
  return failed(shown === '' ? 'the result has no status' : `unknown status ${shown}`);
}

/** Of several failures the first one's reason is kept. */
function together(before: UserResult | undefined, result: UserResult): UserResult {
  if (before === undefined) return result;
  return before.status === result.status ? before : CONTRADICTORY;
}

function noteOf(unreadable: number, strangers: number): string | undefined {
  const notes: string[] = [];
  if (strangers > 0) notes.push(`results for users who were not sent: ${strangers}`);
  if (unreadable > 0) notes.push(`entries without a gid: ${unreadable}`);
  return notes.length === 0 ? undefined : notes.join('; ');
}
