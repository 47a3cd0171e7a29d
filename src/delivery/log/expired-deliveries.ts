import { Injectable } from '@nestjs/common';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';

/** Deliveries removed per unit of work. */
const BATCH = 200;

/** What one unit of work removed. */
export interface RemovedBatch {
  readonly count: number;
  /** The last delivery that was removed, from which the next batch goes on; absent: there is none. */
  readonly last?: string;
}

/**
 * Removes finished deliveries in the order of their ids, which is that of their making. No index is kept for this: who was made
 * after an instant can't have finished before it, so the walk ends there, and what it passes by on the way is only what took
 * very long to finish.
 */
@Injectable()
export class ExpiredDeliveries {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
  ) {}

  /** Removes some that finished before the instant, their tries, and messages that nothing needs any more. Needs an open unit. */
  async remove(before: number, after: string): Promise<RemovedBatch> {
    const rows = (await this.unitOfWork.manager.query(
      `SELECT id, message_id FROM delivery WHERE id > ? AND id < ? AND finished_at BETWEEN 1 AND ? ORDER BY id LIMIT ?`,
      [after, this.ids.uuidFloor(before), before - 1, BATCH],
    )) as { id: string; message_id: string }[];
    if (rows.length === 0) return { count: 0 };
    await this.#delete(
      'attempt WHERE delivery_id',
      rows.map((row) => row.id),
    );
    await this.#delete(
      'delivery WHERE id',
      rows.map((row) => row.id),
    );
    await this.#delete(
      'message WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id) AND id',
      [...new Set(rows.map((row) => row.message_id))],
    );
    return { count: rows.length, last: rows.length < BATCH ? undefined : rows.at(-1)?.id };
  }

  async #delete(what: string, ids: readonly string[]): Promise<void> {
    const list = inList(ids, this.unitOfWork.dialect);
    await this.unitOfWork.manager.query(`DELETE FROM ${what} IN ${list.sql}`, list.values);
  }
}
