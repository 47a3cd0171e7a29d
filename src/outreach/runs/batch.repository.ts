import { Injectable } from '@nestjs/common';
import {
  chunksOf,
  inList,
  placeholders,
  rowChunksOf,
  UnitOfWork,
  whenThen,
} from '../../platform/database/index.js';
import type { ReachLoad } from './reach-pace.js';
import type { BatchStatus } from './run.entity.js';
import type { Batch } from './run.js';

const COLUMNS =
  'run_id, number, touchpoint_id, step, size, status, order_id, delivery_id, succeeded, failed, passed, canceled, failures, sent_at, poll_at, poll_until';

type Row = Record<string, string | number | null>;

/** A batch about to be made. */
export type NewBatch = Pick<Batch, 'runId' | 'number' | 'touchpointId' | 'step' | 'size'>;

/** A batch that was handed to the engine. */
export interface HandedOver {
  readonly number: number;
  readonly orderId: string;
  readonly deliveryId: string;
}

/** Batches that wait: how they are found, made, and handed over. What ends them is in `BatchEnds`. Writes need an open unit. */
@Injectable()
export class BatchRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(batches: readonly NewBatch[]): Promise<void> {
    for (const chunk of rowChunksOf(batches, this.unitOfWork.dialect)) {
      const row = `(?,?,?,?,?,'PENDING',0,0,0,0)`;
      await this.unitOfWork.manager.query(
        `INSERT INTO reach_batch (run_id, number, touchpoint_id, step, size, status, succeeded, failed, passed, canceled)
         VALUES ${Array.from(chunk, () => row).join(',')}`,
        chunk.flatMap(({ runId, number, touchpointId, step, size }) => [
          runId,
          number,
          touchpointId,
          step,
          size,
        ]),
      );
    }
  }

  /** So many recipients have joined a batch. */
  async grow(runId: number, number: number, by: number): Promise<void> {
    await this.unitOfWork.manager.query(
      'UPDATE reach_batch SET size = size + ? WHERE run_id = ? AND number = ?',
      [by, runId, number],
    );
  }

  async find(runId: number, number: number): Promise<Batch | undefined> {
    const [batch] = await this.#read('WHERE run_id = ? AND number = ?', [runId, number]);
    return batch;
  }

  async byOrders(orderIds: readonly string[]): Promise<Batch[]> {
    const list = inList(orderIds, this.unitOfWork.dialect);
    return this.#read(`WHERE order_id IN ${list.sql} ORDER BY run_id, number`, list.values);
  }

  /** The same, locked until the unit ends. */
  async lockByOrders(orderIds: readonly string[]): Promise<Batch[]> {
    const list = inList(orderIds, this.unitOfWork.dialect);
    return this.#read(`WHERE order_id IN ${list.sql} ORDER BY run_id, number ${this.#lock}`, list.values);
  }

  /** Touchpoints that batches of the run wait for. Each look is one step down an index. */
  async touchpointsPending(runId: number): Promise<number[]> {
    const found: number[] = [];
    for (let after = 0; ;) {
      const [row] = (await this.unitOfWork.reader.query(
        `SELECT MIN(touchpoint_id) AS id FROM reach_batch WHERE run_id = ? AND status = 'PENDING' AND touchpoint_id > ?`,
        [runId, after],
      )) as { id: number | string | null }[];
      if (row === undefined || row.id === null) return found;
      after = Number(row.id);
      found.push(after);
    }
  }

  /** The run's first batches that wait for a touchpoint, but those numbers. Locked where the unit is open. */
  async listPending(
    runId: number,
    touchpointId: number,
    besides: readonly number[],
    limit: number,
  ): Promise<Batch[]> {
    const excluded = besides.length === 0 ? '' : `AND number NOT IN (${placeholders(besides.length)})`;
    return this.#read(
      `WHERE run_id = ? AND status = 'PENDING' AND touchpoint_id = ? ${excluded} ORDER BY number LIMIT ?`,
      [runId, touchpointId, ...besides, limit],
    );
  }

  /** The run's first batches in one of these states, locked until the unit ends. */
  async lockIn(runId: number, statuses: readonly BatchStatus[], limit: number): Promise<Batch[]> {
    return this.#read(
      `WHERE run_id = ? AND status IN (${placeholders(statuses.length)}) ORDER BY number LIMIT ? ${this.#lock}`,
      [runId, ...statuses, limit],
    );
  }

  /** The run's first batches that the engine has. */
  async listSent(runId: number, limit: number): Promise<Batch[]> {
    return this.#read(`WHERE run_id = ? AND status = 'SENT' ORDER BY number LIMIT ?`, [runId, limit]);
  }

  /** Batches that the engine has, and whose end it has not told, of all runs, and their users; counted up to so many batches. */
  async countSent(touchpointId: number, limit: number): Promise<ReachLoad> {
    const [row] = (await this.unitOfWork.reader.query(
      `SELECT COUNT(*) AS requests, SUM(size) AS users FROM (
         SELECT size FROM reach_batch WHERE touchpoint_id = ? AND status = 'SENT' LIMIT ?) found`,
      [touchpointId, limit],
    )) as Record<'requests' | 'users', number | string | null>[];
    return { requests: Number(row?.requests ?? 0), users: Number(row?.users ?? 0) };
  }

  /** Whether the run has a batch that has not ended. */
  async hasOpen(runId: number): Promise<boolean> {
    for (const status of ['PENDING', 'SENT', 'WAITING'] satisfies BatchStatus[]) {
      const rows = (await this.unitOfWork.reader.query(
        'SELECT number FROM reach_batch WHERE run_id = ? AND status = ? LIMIT 1',
        [runId, status],
      )) as unknown[];
      if (rows.length > 0) return true;
    }
    return false;
  }

  /** Pending batches of a run have been handed to the engine. */
  async markSent(runId: number, batches: readonly HandedOver[], now: number): Promise<void> {
    const { dialect, manager } = this.unitOfWork;
    // Short chunks, since a CASE is gone through for each row.
    for (const chunk of chunksOf(batches, 64)) {
      const orders = whenThen(
        chunk.map(({ number, orderId }) => [number, orderId]),
        dialect,
      );
      const deliveries = whenThen(
        chunk.map(({ number, deliveryId }) => [number, deliveryId]),
        dialect,
      );
      const list = inList(
        chunk.map(({ number }) => number),
        dialect,
      );
      await manager.query(
        `UPDATE reach_batch SET status = 'SENT', sent_at = ?, order_id = CASE number ${orders.sql} END,
                delivery_id = CASE number ${deliveries.sql} END
          WHERE run_id = ? AND number IN ${list.sql}`,
        [now, ...orders.values, ...deliveries.values, runId, ...list.values],
      );
    }
  }

  get #lock(): string {
    return this.unitOfWork.dialect.locksRows ? 'FOR UPDATE' : '';
  }

  async #read(condition: string, values: readonly unknown[]): Promise<Batch[]> {
    const rows = (await this.unitOfWork.reader.query(`SELECT ${COLUMNS} FROM reach_batch ${condition}`, [
      ...values,
    ])) as Row[];
    return rows.map(toBatch);
  }
}

/** Numbers come as text from MySQL where they may be large. */
function toBatch(row: Row): Batch {
  return {
    runId: Number(row['run_id']),
    number: Number(row['number']),
    touchpointId: Number(row['touchpoint_id']),
    step: Number(row['step']),
    size: Number(row['size']),
    status: row['status'] as BatchStatus,
    orderId: textOf(row['order_id']),
    deliveryId: textOf(row['delivery_id']),
    succeeded: Number(row['succeeded']),
    failed: Number(row['failed']),
    passed: Number(row['passed']),
    canceled: Number(row['canceled']),
    failures: JSON.parse(textOf(row['failures']) ?? '{}') as Record<string, number>,
    sentAt: numberOf(row['sent_at']),
    pollAt: numberOf(row['poll_at']),
    pollUntil: numberOf(row['poll_until']),
  };
}

function textOf(value: string | number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function numberOf(value: string | number | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
