import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { sumOf, type Totals } from './totals.js';

/** Batches that one statement sums up: some milliseconds on SQLite, which works in this thread. */
const STRETCH = 10_000;

type Row = Record<string, string | number | null>;

const OPEN = 'size - succeeded - failed - passed - canceled';

/** Adds up what has become of a run's users: over its batches, of which there are few where requests are large. Reads only. */
@Injectable()
export class RunTotals {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Numbers of batches run from 1 to below `nextBatch`. */
  async of(runId: number, nextBatch: number): Promise<Totals> {
    const parts: Totals[] = [];
    for (let after = 0; after < nextBatch - 1; after += STRETCH) {
      if (after > 0) await this.clock.breathe();
      parts.push(await this.#ofStretch(runId, after, after + STRETCH));
    }
    return sumOf(parts);
  }

  /** When the last batch of a run ended; undefined: it had none. */
  async lastEnd(runId: number): Promise<number | undefined> {
    const [row] = (await this.unitOfWork.reader.query(
      'SELECT MAX(finished_at) AS at FROM reach_batch WHERE run_id = ?',
      [runId],
    )) as Row[];
    return row?.['at'] === null || row?.['at'] === undefined ? undefined : Number(row['at']);
  }

  async #ofStretch(runId: number, after: number, through: number): Promise<Totals> {
    const [row = {}] = (await this.unitOfWork.reader.query(
      `SELECT SUM(CASE WHEN status = 'PENDING' THEN ${OPEN} ELSE 0 END) AS pending,
              SUM(CASE WHEN status IN ('SENT', 'WAITING') THEN ${OPEN} ELSE 0 END) AS waiting,
              SUM(CASE WHEN sent_at IS NULL THEN 0 ELSE size - canceled END) AS sent,
              SUM(succeeded) AS succeeded, SUM(failed) AS failed, SUM(passed) AS passed, SUM(canceled) AS canceled
         FROM reach_batch WHERE run_id = ? AND number > ? AND number <= ?`,
      [runId, after, through],
    )) as Row[];
    const numberOf = (name: string): number => Number(row[name] ?? 0);
    return {
      pending: numberOf('pending'),
      sent: numberOf('sent'),
      waiting: numberOf('waiting'),
      succeeded: numberOf('succeeded'),
      failed: numberOf('failed'),
      passed: numberOf('passed'),
      canceled: numberOf('canceled'),
      failures: numberOf('failed') === 0 ? {} : await this.#failures(runId, after, through),
    };
  }

  /** Of a batch that failed, those without a reason of their own have the batch's. */
  async #failures(runId: number, after: number, through: number): Promise<Record<string, number>> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT reason, failures, SUM(failed) AS failed, COUNT(*) AS batches FROM reach_batch
        WHERE run_id = ? AND number > ? AND number <= ? AND failed > 0 GROUP BY reason, failures`,
      [runId, after, through],
    )) as Row[];
    const counts = new Map<string, number>();
    const add = (reason: string, count: number): void =>
      void counts.set(reason, (counts.get(reason) ?? 0) + count);
    for (const row of rows) {
      const own = Object.entries(JSON.parse(String(row['failures'] ?? '{}')) as Record<string, number>);
      const batches = Number(row['batches']);
      for (const [reason, count] of own) add(reason, count * batches);
      const rest = Number(row['failed']) - batches * own.reduce((sum, [, count]) => sum + count, 0);
      if (rest > 0) add(String(row['reason'] ?? ''), rest);
    }
    return Object.fromEntries(counts);
  }
}
