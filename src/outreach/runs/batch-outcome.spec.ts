import { describe, expect, it } from 'vitest';
import type { Reading, UserResult } from '../requests/answers.js';
import { canceledOutcome, mostFrequent, OTHER_REASONS, outcomeOf } from './batch-outcome.js';
import type { Batch } from './run.js';

const batchOf = (size: number, more: Partial<Batch> = {}): Batch => ({
  runId: 1,
  number: 1,
  touchpointId: 5,
  step: 0,
  size,
  status: 'SENT',
  orderId: 'order',
  deliveryId: 'delivery',
  succeeded: 0,
  failed: 0,
  passed: 0,
  canceled: 0,
  failures: {},
  sentAt: 1,
  pollAt: undefined,
  pollUntil: undefined,
  ...more,
});
const success: UserResult = { status: 'SUCCEEDED' };
const failure = (reason = 'no stock'): UserResult => ({ status: 'FAILED', reason });
const each = (results: readonly (readonly [number, UserResult])[], missing?: string): Reading => ({
  kind: 'each',
  results: new Map(results),
  missing,
});
const gids = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('outcomeOf', () => {
  it('counts all who are open where the result is the same for all', () => {
    const batch = batchOf(10, { succeeded: 2, canceled: 1 });
    const options = { open: [], handsOn: false };
    expect(outcomeOf(batch, { kind: 'all', result: success }, options)).toMatchObject({
      status: 'SUCCEEDED',
      succeeded: 9,
      failed: 0,
      own: [],
    });
    expect(outcomeOf(batch, { kind: 'all', result: failure() }, options)).toMatchObject({
      status: 'FAILED',
      reason: 'no stock',
      succeeded: 2,
      failed: 7,
      // The batch's reason is that of those who have none of their own.
      failures: {},
      own: [],
    });
  });

  it('waits where the request was taken', () => {
    expect(outcomeOf(batchOf(3), { kind: 'accepted' }, { open: gids(3), handsOn: false })).toMatchObject({
      status: 'WAITING',
      succeeded: 0,
      failed: 0,
      own: [],
    });
  });

  it('makes what most come to the status of the batch', () => {
    const reading = each(
      [
        [1, failure('asleep')],
        [2, failure()],
        [3, success],
        [4, failure()],
      ],
      'missing',
    );
    expect(outcomeOf(batchOf(5), reading, { open: gids(5), handsOn: false })).toMatchObject({
      status: 'FAILED',
      reason: 'no stock',
      succeeded: 1,
      failed: 4,
      failures: { asleep: 1, missing: 1 },
      own: [
        { gid: 3, status: 'SUCCEEDED', reason: undefined },
        { gid: 1, status: 'FAILED', reason: 'asleep' },
        { gid: 5, status: 'FAILED', reason: 'missing' },
      ],
    });
  });

  it('gives a status of their own to all who have a result while others wait', () => {
    const batch = batchOf(4, { status: 'WAITING', failed: 1, failures: { asleep: 1 } });
    const reading = each([
      [2, success],
      [3, failure()],
    ]);
    expect(outcomeOf(batch, reading, { open: [2, 3, 4], handsOn: false })).toMatchObject({
      status: 'WAITING',
      reason: undefined,
      succeeded: 1,
      failed: 2,
      failures: { asleep: 1, 'no stock': 1 },
      own: [{ gid: 2 }, { gid: 3 }],
    });
  });

  it('takes no notice of users who are not open', () => {
    const reading = each([
      [1, failure()],
      [2, success],
      [99, success],
    ]);
    expect(outcomeOf(batchOf(2, { succeeded: 1 }), reading, { open: [2], handsOn: false })).toMatchObject({
      status: 'SUCCEEDED',
      succeeded: 2,
      failed: 0,
      own: [],
    });
  });

  it('hands on who failed, and counts no failure', () => {
    const reading = each([
      [1, failure()],
      [2, success],
      [3, failure('asleep')],
    ]);
    expect(outcomeOf(batchOf(3), reading, { open: gids(3), handsOn: true })).toMatchObject({
      status: 'SUCCEEDED',
      succeeded: 1,
      failed: 0,
      passed: 2,
      failures: {},
      handedOn: [1, 3],
    });
    const all = outcomeOf(batchOf(2), { kind: 'all', result: failure() }, { open: gids(2), handsOn: true });
    expect(all).toMatchObject({ status: 'PASSED', reason: 'no stock', passed: 2, handedOn: [1, 2], own: [] });
  });

  it('cuts long reasons, and counts rare ones together', () => {
    const reading = each(gids(200).map((gid) => [gid, failure(`${gid} ${'x'.repeat(300)}`)] as const));
    const { reason, failures, failed } = outcomeOf(batchOf(200), reading, {
      open: gids(200),
      handsOn: false,
    });
    expect(reason).toHaveLength(255);
    expect(failed).toBe(200);
    expect(Object.keys(failures)).toHaveLength(51);
    expect(failures[OTHER_REASONS]).toBe(149);
  });
});

describe('canceledOutcome', () => {
  it('cancels who is open, and no one else', () => {
    const batch = batchOf(5, { status: 'WAITING', succeeded: 1, failed: 1, failures: { asleep: 1 } });
    expect(canceledOutcome(batch, 'closed')).toMatchObject({
      status: 'CANCELED',
      reason: 'closed',
      succeeded: 1,
      failed: 1,
      canceled: 3,
      failures: { asleep: 1 },
    });
  });
});

describe('mostFrequent', () => {
  it('keeps the most frequent, and adds the rest to the others there are', () => {
    const counts = new Map([
      ['rare', 1],
      ['frequent', 9],
      [OTHER_REASONS, 4],
      ['less', 3],
    ]);
    expect([...mostFrequent(counts, 2)]).toEqual([
      ['frequent', 9],
      ['less', 3],
      [OTHER_REASONS, 5],
    ]);
    expect([...mostFrequent(new Map([['one', 1]]), 2)]).toEqual([['one', 1]]);
  });
});
