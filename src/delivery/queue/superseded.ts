import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import { DeliveryMetrics } from '../delivery-metrics.js';

interface Surplus {
  readonly lane_id: number;
  readonly subject: string;
  readonly oldest: number | string;
  readonly newest: number | string;
  readonly count: number | string;
}

/**
 * Where an endpoint wants the latest state only: of the deliveries that wait in a lane about the same subject, cancels all but the
 * newest. The lanes have to be locked and nobody may be sending from them. Needs an open unit.
 */
@Injectable()
export class Superseded {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: DeliveryMetrics,
    private readonly clock: Clock,
  ) {}

  async cancel(laneIds: readonly number[]): Promise<void> {
    if (laneIds.length === 0) return;
    const { dialect, manager } = this.unitOfWork;
    const list = inList(laneIds, dialect);
    const surplus = (await manager.query(
      `SELECT d.lane_id, d.subject, MIN(d.sequence) AS oldest, MAX(d.sequence) AS newest, COUNT(*) AS count
         FROM delivery d WHERE d.lane_id IN ${list.sql} AND d.status = 'PENDING' AND d.subject IS NOT NULL
        GROUP BY d.lane_id, d.subject HAVING COUNT(*) > 1`,
      list.values,
    )) as Surplus[];
    const skipped = surplus.reduce((sum, { count }) => sum + Number(count) - 1, 0);
    if (skipped > 0) this.unitOfWork.afterCommit(() => this.metrics.countFinished('CANCELED', skipped));
    for (const { lane_id, subject, oldest, newest } of surplus) {
      await manager.query(
        `UPDATE delivery SET status = 'CANCELED', finished_at = ?, last_error = ?
          WHERE lane_id = ? AND status = 'PENDING' AND subject = ? AND sequence >= ? AND sequence < ?`,
        [this.clock.now(), SKIPPED, lane_id, subject, oldest, newest],
      );
    }
  }
}

/** How the `lastError` of what was skipped begins. */
export const SKIPPED_PREFIX = 'skipped: ';

const SKIPPED = `${SKIPPED_PREFIX}a newer event about the same was waiting, and the ordering is LATEST`;
