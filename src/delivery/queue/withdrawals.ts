import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { chunksOf, inList, UnitOfWork } from '../../platform/database/index.js';
import { DeliveryMetrics } from '../delivery-metrics.js';

const MAX_ERROR_LENGTH = 1024;

interface Row {
  readonly id: string;
  readonly lane_id: number;
}

/** Takes back deliveries that have not gone out, one by one, while others of their endpoint go on. */
@Injectable()
export class Withdrawals {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: DeliveryMetrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Those of the deliveries that wait by themselves (ordering `NONE`), for their first try or for a further one, become `CANCELED`. One
   * that is just being sent stays as it is, and its owner is told how it ends. Needs an open unit of work.
   * @returns the ids of those that were canceled; their owner is told nothing more of them
   */
  async withdraw(deliveryIds: readonly string[], reason: string): Promise<string[]> {
    const withdrawn: string[] = [];
    for (const chunk of chunksOf(deliveryIds)) withdrawn.push(...(await this.#withdraw(chunk, reason)));
    this.unitOfWork.afterCommit(() => this.metrics.countFinished('CANCELED', withdrawn.length));
    return withdrawn;
  }

  async #withdraw(deliveryIds: readonly string[], reason: string): Promise<string[]> {
    const { dialect, manager } = this.unitOfWork;
    const list = inList(deliveryIds, dialect);
    const pending = (await manager.query(
      `SELECT id, lane_id FROM delivery WHERE id IN ${list.sql} AND status = 'PENDING'`,
      list.values,
    )) as Row[];
    const lanes = inList(
      pending.map((row) => row.lane_id),
      dialect,
    );
    // A lane with a lease is somebody's who is sending; locked, it can't become that meanwhile.
    const free = (await manager.query(
      `SELECT id FROM lane WHERE id IN ${lanes.sql} AND ephemeral = 1 AND lease_token = '' ${dialect.locksRows ? 'FOR UPDATE' : ''}`,
      lanes.values,
    )) as { id: number }[];
    const freeIds = new Set(free.map((row) => row.id));
    const ids = pending.filter((row) => freeIds.has(row.lane_id)).map((row) => row.id);
    if (ids.length === 0) return [];
    const idList = inList(ids, dialect);
    await manager.query(
      `UPDATE delivery SET status = 'CANCELED', last_error = ?, finished_at = ? WHERE id IN ${idList.sql}`,
      [reason.slice(0, MAX_ERROR_LENGTH), this.clock.now(), ...idList.values],
    );
    const laneList = inList([...freeIds], dialect);
    await manager.query(`DELETE FROM lane WHERE id IN ${laneList.sql}`, laneList.values);
    return ids;
  }
}
