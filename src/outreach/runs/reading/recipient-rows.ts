import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { inList, rowChunksOf, UnitOfWork } from '../../../platform/database/index.js';
import type { BatchStatus } from '../run.entity.js';
import type { Part } from './list-window.js';

/** What has become of a user at a touchpoint. */
export type RecipientStatus = BatchStatus;

export const RECIPIENT_STATUSES: readonly RecipientStatus[] = [
  'PENDING',
  'SENT',
  'WAITING',
  'SUCCEEDED',
  'FAILED',
  'PASSED',
  'CANCELED',
];

/** A user in a batch, with what its batch says of it. */
export interface RecipientRow {
  readonly runId: number;
  readonly gid: number;
  readonly status: RecipientStatus;
  readonly reason: string | undefined;
  readonly touchpointId: number;
  readonly deliveryId: string | undefined;
  /** When it came to that status, epoch milliseconds. */
  readonly at: number;
}

/** A batch of a run. */
export interface BatchKey {
  readonly runId: number;
  readonly number: number;
}

/** Batches that are counted together. */
const BLOCK = 1_000;

/** Batches that one statement goes through. */
const STRETCH = 10 * BLOCK;

const OPEN = 'size - succeeded - failed - passed - canceled';

/** How many recipients of a batch have a status. */
const COUNTS: Readonly<Record<RecipientStatus, string>> = {
  PENDING: `CASE WHEN status = 'PENDING' THEN ${OPEN} ELSE 0 END`,
  SENT: `CASE WHEN status = 'SENT' THEN ${OPEN} ELSE 0 END`,
  WAITING: `CASE WHEN status = 'WAITING' THEN ${OPEN} ELSE 0 END`,
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  PASSED: 'passed',
  CANCELED: 'canceled',
};

const COLUMNS = `r.run_id, r.gid, b.touchpoint_id, b.delivery_id,
  CASE WHEN r.status = '' THEN b.status ELSE r.status END AS status,
  CASE WHEN r.status = '' THEN b.reason ELSE r.reason END AS reason,
  COALESCE(r.finished_at, b.finished_at, b.sent_at, c.started_at) AS at`;

const TABLES = `recipient r
  JOIN reach_batch b ON b.run_id = r.run_id AND b.number = r.batch
  JOIN campaign_run c ON c.id = r.run_id`;

type Row = Record<string, string | number | null>;

/** Reads recipients, and how many there are where. */
@Injectable()
export class RecipientRows {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** How many a run has of a status, or in all, by blocks of its batches; a block's key is that of its first batch. */
  async countBlocks(
    runId: number,
    nextBatch: number,
    status: RecipientStatus | undefined,
  ): Promise<Part<BatchKey>[]> {
    const blocks: Part<BatchKey>[] = [];
    for (let first = 0; first < nextBatch; first += STRETCH) {
      if (first > 0) await this.clock.breathe();
      const rows = (await this.unitOfWork.reader.query(
        `SELECT number - number % ${BLOCK} AS first, SUM(${countOf(status)}) AS found FROM reach_batch
          WHERE run_id = ? AND number >= ? AND number < ? GROUP BY number - number % ${BLOCK} ORDER BY 1`,
        [runId, first, first + STRETCH],
      )) as Row[];
      for (const row of rows)
        blocks.push({ key: { runId, number: Number(row['first']) }, count: Number(row['found']) });
    }
    return blocks;
  }

  /** The same batch by batch, of one block. */
  async countBatches(
    { runId, number }: BatchKey,
    status: RecipientStatus | undefined,
  ): Promise<Part<BatchKey>[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT number, ${countOf(status)} AS found FROM reach_batch
        WHERE run_id = ? AND number >= ? AND number < ? ORDER BY number`,
      [runId, number, number + BLOCK],
    )) as Row[];
    return rows.map((row) => ({
      key: { runId, number: Number(row['number']) },
      count: Number(row['found']),
    }));
  }

  /** Recipients of these batches of one run, by batch and gid. */
  async inBatches(
    runId: number,
    batches: readonly number[],
    status: RecipientStatus | undefined,
  ): Promise<RecipientRow[]> {
    const narrowed = status === undefined ? '' : `AND (r.status = ? OR (r.status = '' AND b.status = ?))`;
    const found: RecipientRow[] = [];
    for (const chunk of rowChunksOf(batches, this.unitOfWork.dialect)) {
      const list = inList(chunk, this.unitOfWork.dialect);
      const rows = (await this.unitOfWork.reader.query(
        `SELECT ${COLUMNS} FROM ${TABLES} WHERE r.run_id = ? AND r.batch IN ${list.sql} ${narrowed} ORDER BY r.batch, r.gid`,
        [runId, ...list.values, ...(status === undefined ? [] : [status, status])],
      )) as Row[];
      for (const row of rows) found.push(toRecipient(row));
    }
    return found;
  }

  /** All that a campaign did to reach a user, the newest run first. */
  async ofUser(projectId: number, campaignId: number, gid: number): Promise<RecipientRow[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT ${COLUMNS} FROM ${TABLES}
        WHERE r.project_id = ? AND r.gid = ? AND c.campaign_id = ? ORDER BY r.run_id DESC, r.batch`,
      [projectId, gid, campaignId],
    )) as Row[];
    return rows.map(toRecipient);
  }
}

function countOf(status: RecipientStatus | undefined): string {
  return status === undefined ? 'size' : COUNTS[status];
}

function toRecipient(row: Row): RecipientRow {
  const text = (name: string): string | undefined => {
    const value = row[name];
    return value === null || value === undefined ? undefined : String(value);
  };
  return {
    runId: Number(row['run_id']),
    gid: Number(row['gid']),
    status: row['status'] as RecipientStatus,
    reason: text('reason'),
    touchpointId: Number(row['touchpoint_id']),
    deliveryId: text('delivery_id'),
    at: Number(row['at']),
  };
}
