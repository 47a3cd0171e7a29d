import { SWEEP_MS, type Sweep } from './work-spread.js';

/** Shortest time between two sweeps, milliseconds. */
const QUICK_MS = 50;

/** A sweep is followed by a rest of so many times as long as it took. */
const REST = 10;

/**
 * How long to wait after a sweep, milliseconds. Where signals come in, sweeps are for what got lost. Where none can, they are how
 * work is found: then they follow each other quickly, and take a tenth of the time at most, however much there is to look through.
 */
export function sweepPauseMs(sweep: Sweep | undefined, hearsSignals: boolean): number {
  if (!sweep || hearsSignals) return SWEEP_MS;
  return Math.min(Math.max(REST * sweep.tookMs, QUICK_MS), SWEEP_MS);
}
