import { mostFrequent } from './batch-outcome.js';

/** How many users of a run, or of a campaign, fared how. A user counts once for each touchpoint that was tried. */
export interface Totals {
  /** Not handed to the engine. */
  readonly pending: number;
  /** Handed to the engine, and not canceled after that. */
  readonly sent: number;
  /** Sent, and without a result. */
  readonly waiting: number;
  readonly succeeded: number;
  /** For good; who failed at a touchpoint and was handed on to the next counts there, and among `passed` here. */
  readonly failed: number;
  readonly passed: number;
  readonly canceled: number;
  /** By reason, the most frequent first. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Reasons that are told by themselves. */
const MAX_REASONS = 100;

export const NO_TOTALS: Totals = {
  pending: 0,
  sent: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  passed: 0,
  canceled: 0,
  failures: {},
};

/** Of several runs, or parts of one, together. */
export function sumOf(all: readonly Totals[]): Totals {
  const sum = { ...NO_TOTALS };
  const failures = new Map<string, number>();
  for (const one of all) {
    sum.pending += one.pending;
    sum.sent += one.sent;
    sum.waiting += one.waiting;
    sum.succeeded += one.succeeded;
    sum.failed += one.failed;
    sum.passed += one.passed;
    sum.canceled += one.canceled;
    for (const [reason, count] of Object.entries(one.failures))
      failures.set(reason, (failures.get(reason) ?? 0) + count);
  }
  return { ...sum, failures: Object.fromEntries(mostFrequent(failures, MAX_REASONS)) };
}
