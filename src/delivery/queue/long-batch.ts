import type { Clock } from '../../platform/clock/clock.js';

/** Rows from which on a statement takes a millisecond or so. */
const LONG_BATCH = 32;

/**
 * To be awaited between two statements with so many rows each: SQLite works in this thread, and answers and API calls get their turn
 * before the next long one.
 */
export async function letOthersIn(clock: Pick<Clock, 'breathe'>, rows: number): Promise<void> {
  if (rows >= LONG_BATCH) await clock.breathe();
}
