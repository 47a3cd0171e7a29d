import { Injectable } from '@nestjs/common';
import { chunksOf, inList, UnitOfWork } from '../../platform/database/index.js';
import { LaneEntity } from './lane.entity.js';

/** Which lane a delivery goes into. */
export interface LaneKey {
  readonly endpointId: number;
  readonly orderingKey: string;
  readonly ephemeral: boolean;
}

interface FoundLane {
  readonly id: number;
  readonly isIdle: boolean;
}

/** Finds or makes lanes, and marks them due. */
@Injectable()
export class Lanes {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * The ids of these lanes, in the same order; those that were idle are due from `now` on. The lanes' rows stay locked until
   * the unit ends: whoever is just finding a lane empty either sees the deliveries of this unit or is waited for.
   */
  async open(keys: readonly LaneKey[], now: number): Promise<number[]> {
    let found = await this.#find(keys);
    const missing = keys.filter((key) => !found.has(identity(key)));
    if (missing.length > 0) {
      await this.#insert(missing, now);
      found = await this.#find(keys);
    }
    await this.#markDue([...found.values()], now);
    return keys.map((key) => found.get(identity(key))?.id ?? 0);
  }

  /** Those that are due already are written, too, where that locks them. */
  async #markDue(lanes: readonly FoundLane[], now: number): Promise<void> {
    const { dialect, manager } = this.unitOfWork;
    const concerned = dialect.locksRows ? lanes : lanes.filter(({ isIdle }) => isIdle);
    const ids = [...new Set(concerned.map(({ id }) => id))].sort((a, b) => a - b);
    for (const chunk of chunksOf(ids)) {
      const list = inList(chunk, dialect);
      await manager.query(
        `UPDATE lane SET due_at = CASE WHEN due_at = 0 THEN ? ELSE due_at END WHERE id IN ${list.sql}`,
        [now, ...list.values],
      );
    }
  }

  async #find(keys: readonly LaneKey[]): Promise<Map<string, FoundLane>> {
    const wanted = new Set(keys.map(identity));
    const found = new Map<string, FoundLane>();
    for (const chunk of chunksOf(keys)) {
      const { dialect } = this.unitOfWork;
      const endpointIds = inList([...new Set(chunk.map((key) => key.endpointId))], dialect);
      const orderingKeys = inList([...new Set(chunk.map((key) => key.orderingKey))], dialect);
      // Row values in IN lists are written differently on each database; the few rows too many cost less than that.
      const rows = (await this.unitOfWork.manager.query(
        `SELECT id, endpoint_id, ordering_key, due_at FROM lane WHERE endpoint_id IN ${endpointIds.sql}
           AND ordering_key IN ${orderingKeys.sql}`,
        [...endpointIds.values, ...orderingKeys.values],
      )) as { id: number; endpoint_id: number; ordering_key: string; due_at: number | string }[];
      for (const { id, endpoint_id: endpointId, ordering_key: orderingKey, due_at: dueAt } of rows) {
        const known = identity({ endpointId, orderingKey });
        if (wanted.has(known)) found.set(known, { id, isIdle: Number(dueAt) === 0 });
      }
    }
    return found;
  }

  async #insert(keys: readonly LaneKey[], now: number): Promise<void> {
    for (const chunk of chunksOf(keys)) {
      await this.unitOfWork.manager
        .createQueryBuilder()
        .insert()
        .into(LaneEntity)
        .values(chunk.map((key) => ({ ...newLane(key), dueAt: now })))
        .orIgnore()
        .updateEntity(false)
        .execute();
    }
  }
}

function newLane({ endpointId, orderingKey, ephemeral }: LaneKey): Omit<LaneEntity, 'id' | 'dueAt'> {
  return { endpointId, orderingKey, ephemeral, leaseToken: '', leaseUntil: 0 };
}

/** Lanes are equal whatever their key's case, as keys are. */
function identity({ endpointId, orderingKey }: Pick<LaneKey, 'endpointId' | 'orderingKey'>): string {
  return `${endpointId} ${orderingKey.toLowerCase()}`;
}
