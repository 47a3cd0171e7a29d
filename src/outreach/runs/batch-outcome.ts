import type { Reading, UserResult } from '../requests/answers.js';
import type { BatchStatus } from './run.entity.js';
import { MAX_REASON_LENGTH, openCountOf, type Batch, type OwnResult } from './run.js';

/** What a batch comes to, to be written. */
export interface Outcome {
  readonly batch: Batch;
  readonly status: BatchStatus;
  readonly reason: string | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly passed: number;
  readonly canceled: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Recipients who fare differently from the batch. */
  readonly own: readonly OwnResult[];
  /** Users who go on to the next touchpoint. */
  readonly handedOn: readonly number[];
}

/** What the outcome depends on besides what was read. */
export interface OutcomeOptions {
  /** Recipients without a final status. Needed for readings user by user, and where users are handed on. */
  readonly open: readonly number[];
  /** Who fails here is handed on to the next touchpoint. */
  readonly handsOn: boolean;
}

/** Different reasons of one batch that are counted by themselves; an endpoint may give each user another one. */
const MAX_REASONS = 50;

/** The reason under which the others are counted. */
export const OTHER_REASONS = 'other reasons';

/** Users who come to the same. */
interface Group {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'PASSED';
  readonly reason: string | undefined;
  readonly gids: number[];
}

/**
 * What a reading makes of a batch. What most of its open users come to becomes the batch's own status, once nobody is open any more; only
 * the others need a status of their own.
 */
export function outcomeOf(batch: Batch, reading: Reading, { open, handsOn }: OutcomeOptions): Outcome {
  switch (reading.kind) {
    case 'accepted':
      return { ...unchanged(batch), status: 'WAITING' };
    case 'all':
      return outcomeForAll(batch, reading.result, open, handsOn);
    case 'each':
      return outcomeForEach(batch, reading, open, handsOn);
  }
}

/** The open users of a batch are not sent to any more. */
export function canceledOutcome(batch: Batch, reason: string): Outcome {
  const canceled = batch.canceled + openCountOf(batch);
  return { ...unchanged(batch), status: 'CANCELED', reason: cut(reason), canceled };
}

function unchanged(batch: Batch): Outcome {
  const { status, succeeded, failed, passed, canceled, failures } = batch;
  const reason = undefined;
  return { batch, status, reason, succeeded, failed, passed, canceled, failures, own: [], handedOn: [] };
}

function outcomeForAll(batch: Batch, result: UserResult, open: readonly number[], handsOn: boolean): Outcome {
  const same = unchanged(batch);
  const count = openCountOf(batch);
  if (result.status === 'SUCCEEDED')
    return { ...same, status: 'SUCCEEDED', succeeded: batch.succeeded + count };
  const reason = cut(result.reason);
  if (handsOn) return { ...same, status: 'PASSED', reason, passed: batch.passed + count, handedOn: open };
  return { ...same, status: 'FAILED', reason, failed: batch.failed + count };
}

function outcomeForEach(
  batch: Batch,
  reading: Extract<Reading, { kind: 'each' }>,
  open: readonly number[],
  handsOn: boolean,
): Outcome {
  const { groups, waiting } = groupResults(reading, open, handsOn);
  const largest = groups.reduce<Group | undefined>(
    (best, group) => (best && best.gids.length >= group.gids.length ? best : group),
    undefined,
  );
  if (!largest) return { ...unchanged(batch), status: waiting > 0 ? 'WAITING' : 'CANCELED' };
  const isOver = waiting === 0;
  const apart = isOver ? groups.filter((group) => group !== largest) : groups;
  return {
    batch,
    status: isOver ? largest.status : 'WAITING',
    reason: isOver ? largest.reason : undefined,
    succeeded: batch.succeeded + sizeOf(groups, 'SUCCEEDED'),
    failed: batch.failed + sizeOf(groups, 'FAILED'),
    passed: batch.passed + sizeOf(groups, 'PASSED'),
    canceled: batch.canceled,
    failures: addFailures(batch.failures, apart),
    own: apart.flatMap(({ status, reason, gids }) => gids.map((gid) => ({ gid, status, reason }))),
    handedOn: groups.filter(({ status }) => status === 'PASSED').flatMap(({ gids }) => gids),
  };
}

function groupResults(
  { results, missing }: Extract<Reading, { kind: 'each' }>,
  open: readonly number[],
  handsOn: boolean,
): { groups: Group[]; waiting: number } {
  const succeeded: number[] = [];
  const failed = new Map<string, number[]>();
  let waiting = 0;
  for (const gid of open) {
    const result = results.get(gid);
    if (result?.status === 'SUCCEEDED') {
      succeeded.push(gid);
      continue;
    }
    const reason = result ? result.reason : missing;
    if (reason === undefined) {
      waiting += 1;
      continue;
    }
    const same = failed.get(reason);
    if (same) same.push(gid);
    else failed.set(reason, [gid]);
  }
  const groups: Group[] = [...failed].map(([reason, gids]) => ({
    status: handsOn ? 'PASSED' : 'FAILED',
    reason: cut(reason),
    gids,
  }));
  if (succeeded.length > 0) groups.unshift({ status: 'SUCCEEDED', reason: undefined, gids: succeeded });
  return { groups, waiting };
}

function sizeOf(groups: readonly Group[], status: Group['status']): number {
  return groups.reduce((sum, group) => sum + (group.status === status ? group.gids.length : 0), 0);
}

/** The most frequent reasons by themselves, the rest together. */
function addFailures(
  before: Readonly<Record<string, number>>,
  groups: readonly Group[],
): Readonly<Record<string, number>> {
  const failed = groups.filter(({ status }) => status === 'FAILED');
  if (failed.length === 0) return before;
  const counts = new Map(Object.entries(before));
  const add = (reason: string, count: number): void =>
    void counts.set(reason, (counts.get(reason) ?? 0) + count);
  for (const { reason = '', gids } of failed) add(reason, gids.length);
  return Object.fromEntries(mostFrequent(counts, MAX_REASONS));
}

/** At most so many reasons, those that come after them counted as {@link OTHER_REASONS}. */
export function mostFrequent(counts: ReadonlyMap<string, number>, limit: number): Map<string, number> {
  const rest = counts.get(OTHER_REASONS) ?? 0;
  const sorted = [...counts].filter(([reason]) => reason !== OTHER_REASONS).sort((a, b) => b[1] - a[1]);
  const others = sorted.slice(limit).reduce((sum, [, count]) => sum + count, rest);
  const kept = new Map(sorted.slice(0, limit));
  if (others > 0) kept.set(OTHER_REASONS, others);
  return kept;
}

function cut(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH);
}
