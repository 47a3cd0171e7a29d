import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inList, rowChunksOf, UnitOfWork } from '../../platform/database/index.js';
import { MAX_REASON_LENGTH, type OwnResult } from './run.js';

/** Rows from which on a statement takes a millisecond or so: others get their turn before the next one. */
const LONG_BATCH = 32;

/** Users in one batch. */
export interface Members {
  readonly batch: number;
  readonly gids: readonly number[];
}

/** Results of users who fare differently from their batch. */
export interface OwnResults {
  readonly runId: number;
  readonly batch: number;
  readonly results: readonly OwnResult[];
}

/** Reads and writes the users of batches, many at a time and in few different statements. Writes need an open unit. */
@Injectable()
export class Recipients {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** New recipients, without a status of their own. */
  async insert(runId: number, projectId: number, members: readonly Members[]): Promise<void> {
    const rows = members.flatMap(({ batch, gids }) => gids.map((gid) => [runId, batch, gid, projectId]));
    await this.#write(rows, `(?,?,?,?,'',NULL,NULL)`);
  }

  /** Gives recipients a status of their own. They must exist: those who don't would be made. */
  async setOwn(projectId: number, results: readonly OwnResults[], now: number): Promise<void> {
    const { dialect } = this.unitOfWork;
    const rows = results.flatMap(({ runId, batch, results: own }) =>
      own.map(({ gid, status, reason }) => [runId, batch, gid, projectId, status, cut(reason), now]),
    );
    const upsert = dialect.upsert(['run_id', 'batch', 'gid'], ['status', 'reason', 'finished_at']);
    await this.#write(rows, '(?,?,?,?,?,?,?)', upsert);
  }

  /** Those of each batch who have no status of their own, by gid. */
  async open(runId: number, batches: readonly number[]): Promise<ReadonlyMap<number, number[]>> {
    const found = new Map<number, number[]>(batches.map((batch) => [batch, []]));
    if (batches.length === 0) return found;
    const list = inList(batches, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.reader.query(
      `SELECT batch, gid FROM recipient WHERE run_id = ? AND batch IN ${list.sql} AND status = '' ORDER BY batch, gid`,
      [runId, ...list.values],
    )) as { batch: number; gid: number | string }[];
    for (const { batch, gid } of rows) found.get(batch)?.push(Number(gid));
    return found;
  }

  /** Which of these users stand in the batch, whatever their status. */
  async among(runId: number, batch: number, gids: readonly number[]): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    for (const chunk of rowChunksOf(gids, this.unitOfWork.dialect)) {
      const list = inList(chunk, this.unitOfWork.dialect);
      const rows = (await this.unitOfWork.reader.query(
        `SELECT gid FROM recipient WHERE run_id = ? AND batch = ? AND gid IN ${list.sql}`,
        [runId, batch, ...list.values],
      )) as { gid: number | string }[];
      for (const { gid } of rows) found.add(Number(gid));
    }
    return found;
  }

  /**
   * Which of these users a run of the campaign has sent to, or is going to. Those who were canceled, or who failed without being sent
   * to since their touchpoint was gone, are not among them.
   */
  async sentTo(projectId: number, campaignId: number, gids: readonly number[]): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    for (const chunk of rowChunksOf(gids, this.unitOfWork.dialect)) {
      const list = inList(chunk, this.unitOfWork.dialect);
      const rows = (await this.unitOfWork.reader.query(
        `SELECT r.gid FROM recipient r
           JOIN campaign_run c ON c.id = r.run_id AND c.campaign_id = ?
           JOIN reach_batch b ON b.run_id = r.run_id AND b.number = r.batch
          WHERE r.project_id = ? AND r.gid IN ${list.sql} AND r.status <> 'CANCELED'
            AND (b.status = 'PENDING' OR b.sent_at IS NOT NULL)`,
        [campaignId, projectId, ...list.values],
      )) as { gid: number | string }[];
      for (const { gid } of rows) found.add(Number(gid));
    }
    return found;
  }

  async #write(rows: readonly unknown[][], placeholders: string, upsert = ''): Promise<void> {
    for (const chunk of rowChunksOf(rows, this.unitOfWork.dialect)) {
      await this.unitOfWork.manager.query(
        `INSERT INTO recipient (run_id, batch, gid, project_id, status, reason, finished_at)
         VALUES ${`${placeholders},`.repeat(chunk.length - 1)}${placeholders} ${upsert}`,
        chunk.flat(),
      );
      if (chunk.length >= LONG_BATCH) await this.clock.breathe();
    }
  }
}

function cut(reason: string | undefined): string | null {
  return reason?.slice(0, MAX_REASON_LENGTH) ?? null;
}
