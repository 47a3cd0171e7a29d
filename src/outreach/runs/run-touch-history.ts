import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { TOUCH_EVENT, type ProfileEvent } from '../profiles/profile.js';
import { TouchHistory } from '../profiles/touch-history.js';

/** Who failed at a touchpoint and was handed on has failed there all the same. */
const TOUCHES = `FROM recipient r
   JOIN reach_batch b ON b.run_id = r.run_id AND b.number = r.batch
   JOIN campaign_run c ON c.id = r.run_id
  WHERE r.project_id = ? AND r.gid = ?
    AND (r.status IN ('SUCCEEDED', 'FAILED', 'PASSED') OR (r.status = '' AND b.status IN ('SUCCEEDED', 'FAILED', 'PASSED')))`;

type Row = Record<string, string | number | null>;

/** What came of each attempt to reach a user, read from the batches that the user was in. */
@Injectable()
export class RunTouchHistory extends TouchHistory {
  constructor(private readonly unitOfWork: UnitOfWork) {
    super();
  }

  async recent(projectId: number, gid: number, limit: number): Promise<ProfileEvent[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT c.campaign_id, b.touchpoint_id, r.run_id, COALESCE(r.finished_at, b.finished_at) AS finished_at,
              CASE WHEN r.status = '' THEN b.status ELSE r.status END AS status,
              CASE WHEN r.status = '' THEN b.reason ELSE r.reason END AS reason
         ${TOUCHES} ORDER BY finished_at DESC, r.run_id DESC, r.batch DESC LIMIT ?`,
      [projectId, gid, limit],
    )) as Row[];
    return rows.map(toEvent);
  }

  async count(projectId: number, gid: number): Promise<number> {
    const [row] = (await this.unitOfWork.reader.query(`SELECT COUNT(*) AS touches ${TOUCHES}`, [
      projectId,
      gid,
    ])) as Row[];
    return Number(row?.['touches'] ?? 0);
  }
}

function toEvent(row: Row): ProfileEvent {
  const { reason } = row;
  return touchOf({
    campaignId: Number(row['campaign_id']),
    touchpointId: Number(row['touchpoint_id']),
    runId: Number(row['run_id']),
    isSuccess: row['status'] === 'SUCCEEDED',
    reason: reason === null || reason === undefined ? undefined : String(reason),
    at: Number(row['finished_at']),
  });
}

/** The event that tells what came of an attempt to reach a user. */
export function touchOf(touch: {
  readonly campaignId: number;
  readonly touchpointId: number;
  readonly runId: number;
  readonly isSuccess: boolean;
  readonly reason: string | undefined;
  readonly at: number;
}): ProfileEvent {
  const { campaignId, touchpointId, runId, isSuccess, reason, at } = touch;
  const result = isSuccess
    ? { status: 'SUCCEEDED' }
    : { status: 'FAILED', ...(reason !== undefined && { reason }) };
  return { name: TOUCH_EVENT, time: at, attributes: { campaignId, touchpointId, runId, ...result } };
}
