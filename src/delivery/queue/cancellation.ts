import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { DeliveryMetrics } from '../delivery-metrics.js';

/** Ends what waits for an endpoint that gets nothing more. Needs an open unit of work. */
@Injectable()
export class Cancellation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /**
   * Pending deliveries become `CANCELED`; a try under way ends, and its answer changes that no more. Answers the lowest event
   * number among them, undefined where nothing was pending.
   */
  async cancelPending(endpointId: number, reason: string, now: number): Promise<number | undefined> {
    const { manager } = this.unitOfWork;
    const [row] = (await manager.query(
      `SELECT COUNT(*) AS pending, MIN(sequence) AS lowest FROM delivery WHERE endpoint_id = ? AND status = 'PENDING'`,
      [endpointId],
    )) as { pending: number | string; lowest: number | string | null }[];
    this.unitOfWork.afterCommit(() => this.metrics.countFinished('CANCELED', Number(row?.pending ?? 0)));
    await manager.query(
      `UPDATE delivery SET status = 'CANCELED', last_error = ?, finished_at = ? WHERE endpoint_id = ? AND status = 'PENDING'`,
      [reason.slice(0, 1024), now, endpointId],
    );
    await manager.query('DELETE FROM lane WHERE endpoint_id = ? AND ephemeral = 1 AND lease_token = ?', [
      endpointId,
      '',
    ]);
    await manager.query('UPDATE lane SET due_at = 0 WHERE endpoint_id = ? AND lease_token = ?', [
      endpointId,
      '',
    ]);
    const lowest = row?.lowest ?? undefined;
    return lowest === undefined ? undefined : Number(lowest);
  }

  /** Forgets in what order, and how much at once, was sent to an endpoint that is gone. */
  async removeLanes(endpointId: number): Promise<void> {
    for (const table of ['lane', 'endpoint_flight'])
      await this.unitOfWork.manager.query(`DELETE FROM ${table} WHERE endpoint_id = ?`, [endpointId]);
  }

  /**
   * Endpoints that still have something due though they are gone or disabled: a change that was planned while the endpoint
   * was being removed leaves such deliveries.
   */
  async orphanedEndpoints(): Promise<number[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT DISTINCT l.endpoint_id FROM lane l LEFT JOIN endpoint e ON e.id = l.endpoint_id
        WHERE l.due_at <> 0 AND (e.id IS NULL OR e.enabled = 0)`,
    )) as { endpoint_id: number }[];
    return rows.map((row) => row.endpoint_id);
  }
}
