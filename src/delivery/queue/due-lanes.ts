import { Injectable } from '@nestjs/common';
import { chunksOf, inList, UnitOfWork } from '../../platform/database/index.js';

/** Selects in one union; SQLite takes 500. */
const MAX_UNITED = 100;

/** Something is waiting in it, and nobody has it. Parameters: now, now. */
const FREE = 'due_at BETWEEN 1 AND ? AND lease_until <= ?';

/** Enabled, not asked to wait, and no probe due later. Parameters: true, now, now. */
const SENDABLE =
  'e.enabled = ? AND (e.paused_until IS NULL OR e.paused_until <= ?) AND (e.probe_at IS NULL OR e.probe_at <= ?)';

export interface SendableEndpoint {
  readonly id: number;
  readonly organization_id: number;
  readonly consecutive_failures: number;
}

export interface DueLane {
  readonly id: number;
  readonly endpoint_id: number;
  readonly ephemeral: number | boolean;
}

/** Finds what is due. The number of statements depends neither on the number of endpoints nor on how much is waiting. */
@Injectable()
export class DueLanes {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Endpoints that have something due and may be sent to. Reads committed rows only.
   *
   * The first look-up tells by one entry of the index where nothing waits at all, as is so of most. The second one passes by what is
   * idle on MariaDB, which follows the index by the endpoint alone; for an EXISTS it would read all lanes there are.
   */
  async endpoints(now: number): Promise<number[]> {
    const lane = `lane l ${this.unitOfWork.dialect.readThrough('ix_lane_due')}`;
    const rows = (await this.unitOfWork.reader.query(
      `SELECT e.id FROM endpoint e WHERE ${SENDABLE}
         AND (SELECT l.due_at FROM ${lane} WHERE l.endpoint_id = e.id ORDER BY l.due_at DESC LIMIT 1) > 0
         AND (SELECT l.id FROM ${lane} WHERE l.endpoint_id = e.id AND ${FREE} ORDER BY l.due_at LIMIT 1) IS NOT NULL`,
      // SQLite's driver takes no booleans.
      [1, now, now, now, now],
    )) as { id: number }[];
    return rows.map((row) => row.id);
  }

  /** Those of the endpoints that may be sent to now. */
  async sendable(ids: readonly number[], now: number): Promise<Map<number, SendableEndpoint>> {
    if (ids.length === 0) return new Map();
    const list = inList(ids, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.manager.query(
      `SELECT e.id, e.organization_id, e.consecutive_failures FROM endpoint e
        WHERE ${SENDABLE} AND e.id IN ${list.sql}`,
      [1, now, now, ...list.values],
    )) as SendableEndpoint[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * Those of the endpoints whose probe this process may send: one process at a time, since who claims it moves `probe_at` on.
   * Locked where the database can, and no waiting for who has it.
   */
  async lockProbes(ids: readonly number[], now: number): Promise<ReadonlySet<number>> {
    if (ids.length === 0) return new Set();
    const { dialect } = this.unitOfWork;
    const list = inList(ids, dialect);
    const lock = dialect.locksRows ? 'FOR UPDATE SKIP LOCKED' : '';
    const rows = (await this.unitOfWork.manager.query(
      `SELECT id FROM endpoint WHERE id IN ${list.sql} AND (probe_at IS NULL OR probe_at <= ?) ${lock}`,
      [...list.values, now],
    )) as { id: number }[];
    return new Set(rows.map(({ id }) => id));
  }

  /** Lets no other process send a probe until then, epoch milliseconds; the probe's result says what comes after. */
  async holdProbe(endpointId: number, until: number): Promise<void> {
    await this.unitOfWork.manager.query('UPDATE endpoint SET probe_at = ? WHERE id = ?', [until, endpointId]);
  }

  /** Of each endpoint the lanes that have been due the longest, up to its limit, locked where the database can. */
  async lanes(limits: ReadonlyMap<number, number>, now: number): Promise<Map<number, DueLane[]>> {
    // Lanes that another worker is claiming, or a change is planning into, are somebody's already: no waiting for them.
    const lock = this.unitOfWork.dialect.locksRows ? 'FOR UPDATE SKIP LOCKED' : '';
    const select = `SELECT * FROM (SELECT id, endpoint_id, ephemeral FROM lane
      WHERE endpoint_id = ? AND ${FREE} ORDER BY due_at LIMIT ? ${lock}) due`;
    const found = new Map<number, DueLane[]>([...limits.keys()].map((id) => [id, []]));
    for (const chunk of chunksOf([...limits], MAX_UNITED)) {
      const rows = (await this.unitOfWork.manager.query(
        chunk.map(() => select).join(' UNION ALL '),
        chunk.flatMap(([endpointId, limit]) => [endpointId, now, now, limit]),
      )) as DueLane[];
      for (const row of rows) found.get(row.endpoint_id)?.push(row);
    }
    return found;
  }
}
