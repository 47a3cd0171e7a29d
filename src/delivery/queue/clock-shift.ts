import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';

/** What is due sooner than this needs no help: it comes by itself. Longer than any lease that began since the clock was set. */
const SOON_MS = 60_000;

/** What is compared with the clock, and may be far off. */
const INSTANTS = [
  ['lane', 'due_at'],
  ['lane', 'lease_until'],
  ['endpoint', 'paused_until'],
  ['endpoint', 'probe_at'],
  ['endpoint_flight', 'valid_until'],
] as const;

/** Brings instants in the queue into line with a clock that was set back. */
@Injectable()
export class ClockShift {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The latest instant that the engine wrote down as past, epoch milliseconds; undefined before the first try. */
  async latestKnown(): Promise<number | undefined> {
    const [row] = (await this.unitOfWork.reader.query(
      'SELECT MAX(last_attempt_at) AS latest FROM endpoint',
    )) as {
      latest: number | string | null;
    }[];
    const latest = row?.latest ?? undefined;
    return latest === undefined ? undefined : Number(latest);
  }

  /**
   * Moves what is due by the time that the clock went back, so that waits stay as long as they were. Where several processes do
   * so, what is far off comes early, which costs a try, and not late.
   * @param now by the clock as it is now
   */
  async setBack(byMs: number, now: number): Promise<void> {
    const from = now + SOON_MS;
    await this.unitOfWork.run(async () => {
      const { manager } = this.unitOfWork;
      for (const [table, column] of INSTANTS)
        await manager.query(`UPDATE ${table} SET ${column} = ${column} - ? WHERE ${column} > ?`, [
          byMs,
          from,
        ]);
    });
  }
}
