import { describe, expect, it } from 'vitest';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { firstPoll, nextPollAt } from './receipt-times.js';

const MINUTE_MS = 60_000;
const INTERVAL = 5 * MINUTE_MS;

const touchpointOf = (timeoutMinutes: number): Touchpoint =>
  ({
    config: {
      receipts: { mode: 'ASYNC', url: 'https://example.org/receipt', timeoutMinutes },
      timeoutMs: 10_000,
    },
  }) as Touchpoint;

/** When it is looked at, from the moment it was taken, until it is given up; seconds. */
function looksOf(timeoutMinutes: number, intervalMs = INTERVAL): number[] {
  const touchpoint = touchpointOf(timeoutMinutes);
  const { pollAt, pollUntil } = firstPoll(touchpoint, intervalMs, 0)!;
  const looks = [pollAt];
  while ((looks.at(-1) ?? pollUntil) < pollUntil)
    looks.push(nextPollAt(touchpoint, pollUntil, intervalMs, looks.at(-1) ?? 0));
  return looks.map((at) => at / 1000);
}

describe('firstPoll and nextPollAt', () => {
  it('look every interval until the time is up', () => {
    expect(looksOf(16)).toEqual([300, 600, 900, 950, 960]);
  });

  it('look once shortly before the time is up where the interval is longer', () => {
    expect(looksOf(2)).toEqual([110, 120]);
  });

  it('keep the interval where it is short', () => {
    expect(looksOf(1, 20_000)).toEqual([20, 40, 50, 60]);
  });

  it('know of nothing to look for where results come with the answer', () => {
    const touchpoint = { config: { receipts: { mode: 'SYNC' } } } as Touchpoint;
    expect(firstPoll(touchpoint, INTERVAL, 0)).toBeUndefined();
  });
});
