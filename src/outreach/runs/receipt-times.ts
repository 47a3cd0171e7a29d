import type { Touchpoint } from '../touchpoints/touchpoint.js';
import type { PollTimes } from './batch-ends.js';

const MINUTE_MS = 60_000;

/** An answer to a poll has at least this long to arrive before its batch is given up. */
const LEAST_LEAD_MS = 1_000;

/**
 * When a batch that the touchpoint has just taken is first asked for its receipts, and when it is given up.
 * @param intervalMs between two polls: the setting RECEIPT_POLL_SECONDS
 * @returns undefined where the touchpoint has no receipts to ask for
 */
export function firstPoll(touchpoint: Touchpoint, intervalMs: number, now: number): PollTimes | undefined {
  const { receipts } = touchpoint.config;
  if (receipts?.mode !== 'ASYNC') return undefined;
  const pollUntil = now + receipts.timeoutMinutes * MINUTE_MS;
  return { pollAt: nextPollAt(touchpoint, pollUntil, intervalMs, now), pollUntil };
}

/**
 * When a batch is next looked at: after the interval, or where that would be too late for a last poll, so long before the time is up that
 * its answer still counts. Where it is too late for that as well, when the time is up.
 */
export function nextPollAt(
  touchpoint: Touchpoint,
  pollUntil: number,
  intervalMs: number,
  now: number,
): number {
  const regular = now + intervalMs;
  if (regular <= pollUntil - LEAST_LEAD_MS) return regular;
  const last = pollUntil - Math.max(touchpoint.config.timeoutMs, LEAST_LEAD_MS);
  return last > now ? last : pollUntil;
}
