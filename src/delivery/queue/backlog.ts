import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { BREAKER_THRESHOLD } from '../endpoint-state.js';
import type { HealthState } from '../endpoints.js';

/**
 * What waits, for whoever watches: a look at the committed rows that costs an index entry for each pending delivery when they
 * are counted, and else one or two look-ups for each endpoint.
 */
@Injectable()
export class Backlog {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Deliveries that are neither delivered nor given up. */
  async pending(): Promise<number> {
    const [row] = (await this.unitOfWork.reader.query(
      // A join would be free to walk through all that was ever delivered.
      `SELECT SUM((SELECT COUNT(*) FROM delivery d WHERE d.endpoint_id = e.id AND d.status = 'PENDING')) AS pending
         FROM endpoint e`,
    )) as { pending: number | string | null }[];
    return Number(row?.pending ?? 0);
  }

  /** Milliseconds since the oldest pending delivery was made; 0 when there is none. */
  async ageMs(): Promise<number> {
    // Ids grow with time, so the least of an endpoint's pending ones is its oldest, and the index has it.
    return this.#since(
      `SELECT MIN(d.created_at) AS instant FROM endpoint e JOIN delivery d ON d.id = (
         SELECT MIN(h.id) FROM delivery h WHERE h.endpoint_id = e.id AND h.status = 'PENDING')`,
      [],
    );
  }

  /**
   * Milliseconds for which something could have been sent and nobody took it; 0 when the workers keep up. Retries that are not
   * due, endpoints that are paused, and whatever waits in line behind another delivery don't count.
   */
  async overdueMs(): Promise<number> {
    const now = this.clock.now();
    return this.#since(
      `SELECT MIN((SELECT l.due_at FROM lane l WHERE l.endpoint_id = e.id AND l.due_at > 0 AND l.lease_until <= ?
                     ORDER BY l.due_at LIMIT 1)) AS instant FROM endpoint e
        WHERE e.enabled = ? AND e.consecutive_failures < ? AND (e.paused_until IS NULL OR e.paused_until <= ?)`,
      [now, 1, BREAKER_THRESHOLD, now],
    );
  }

  /** Endpoints by state, as `Endpoints.healthOf` tells it of each. */
  async endpoints(): Promise<Readonly<Record<HealthState, number>>> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT CASE WHEN enabled = 0 THEN 'DISABLED'
                   WHEN paused_until > ? OR consecutive_failures >= ? THEN 'PAUSED'
                   WHEN consecutive_failures > 0 THEN 'FAILING' ELSE 'HEALTHY' END AS state,
              COUNT(*) AS endpoints
         FROM endpoint GROUP BY state`,
      [this.clock.now(), BREAKER_THRESHOLD],
    )) as { state: HealthState; endpoints: number | string }[];
    const counts = { HEALTHY: 0, FAILING: 0, PAUSED: 0, DISABLED: 0 };
    for (const { state, endpoints } of rows) counts[state] = Number(endpoints);
    return counts;
  }

  /** Enabled endpoints whose breaker is open. */
  async openBreakers(): Promise<number> {
    const [row] = (await this.unitOfWork.reader.query(
      'SELECT COUNT(*) AS endpoints FROM endpoint WHERE enabled = 1 AND consecutive_failures >= ?',
      [BREAKER_THRESHOLD],
    )) as { endpoints: number | string }[];
    return Number(row?.endpoints ?? 0);
  }

  async #since(sql: string, parameters: unknown[]): Promise<number> {
    const [row] = (await this.unitOfWork.reader.query(sql, parameters)) as {
      instant: number | string | null;
    }[];
    const instant = row?.instant ?? null;
    return instant === null ? 0 : Math.max(this.clock.now() - Number(instant), 0);
  }
}
