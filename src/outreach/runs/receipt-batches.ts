import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inList, UnitOfWork } from '../../platform/database/index.js';

/** Batches that are looked at sooner at once when their touchpoint is given up; the others are at their next poll. */
const MOST_AT_ONCE = 1_000;

/** Batches by what their touchpoint owes them. Writes need an open unit. */
@Injectable()
export class ReceiptBatches {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Orders of all runs whose time to be looked at has come, the longest due first. */
  async listDue(now: number, limit: number): Promise<string[]> {
    const rows = (await this.unitOfWork.reader.query(
      'SELECT order_id FROM reach_batch WHERE poll_at <= ? ORDER BY poll_at LIMIT ?',
      [now, limit],
    )) as { order_id: string }[];
    return rows.map((row) => row.order_id);
  }

  /** Receipts of these batches are being asked for: they are looked at when they are answered, or their time is up. */
  async setAsked(orderIds: readonly string[]): Promise<void> {
    if (orderIds.length === 0) return;
    const list = inList(orderIds, this.unitOfWork.dialect);
    await this.unitOfWork.manager.query(
      `UPDATE reach_batch SET poll_at = poll_until WHERE order_id IN ${list.sql}`,
      list.values,
    );
  }

  /** They are looked at again at this instant, or when their time is up. */
  async putOff(orderIds: readonly string[], until: number): Promise<void> {
    if (orderIds.length === 0) return;
    const list = inList(orderIds, this.unitOfWork.dialect);
    await this.unitOfWork.manager.query(
      `UPDATE reach_batch SET poll_at = CASE WHEN poll_until < ? THEN poll_until ELSE ? END WHERE order_id IN ${list.sql}`,
      [until, until, ...list.values],
    );
  }

  /** Orders that the engine has for a touchpoint. */
  async sentTo(touchpointId: number): Promise<string[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT order_id FROM reach_batch WHERE touchpoint_id = ? AND status = 'SENT'`,
      [touchpointId],
    )) as { order_id: string }[];
    return rows.map((row) => row.order_id);
  }

  /** Batches that wait for receipts of a touchpoint are looked at now. */
  async lookSoon(touchpointId: number): Promise<void> {
    await this.unitOfWork.manager.query(
      `UPDATE reach_batch SET poll_at = ? WHERE order_id IN (SELECT order_id FROM (
         SELECT order_id FROM reach_batch WHERE touchpoint_id = ? AND status = 'WAITING' LIMIT ?) waiting)`,
      [this.clock.now(), touchpointId, MOST_AT_ONCE],
    );
  }
}
