import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import type { Endpoint } from '../endpoint-directory.js';
import { leaseEnd, type Claim } from './claim.js';
import type { DueLane } from './due-lanes.js';
import { placeholders } from './sql.js';
import { Superseded } from './superseded.js';

interface HeadRow {
  readonly lane_id: number;
  readonly delivery_id: string;
  readonly attempt_count: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly message_id: string;
  readonly organization_id: number;
  readonly event_id: string;
  readonly event_name: string;
  readonly content_type: string;
  readonly body: string;
  readonly traceparent: string | null;
}

/** A lane whose turn it is. */
export interface ChosenLane extends DueLane {
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
}

/** Takes the first delivery of each lane under a lease: what is claimed is due again when its lease runs out unsettled. */
@Injectable()
export class LaneHeads {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly superseded: Superseded,
    private readonly ids: IdGenerator,
  ) {}

  async take(lanes: readonly ChosenLane[], now: number): Promise<Claim[]> {
    if (lanes.length === 0) return [];
    await this.superseded.cancel(lanes.filter((lane) => lane.endpoint.latestOnly).map((lane) => lane.id));
    const token = this.ids.uuid();
    const heads = await this.#heads(lanes.map((lane) => lane.id));
    const withHead = lanes.filter((lane) => heads.has(lane.id));
    await this.#lease(withHead, token, now);
    await this.#retire(lanes.filter((lane) => !heads.has(lane.id)));
    return withHead.flatMap((lane) => {
      const head = heads.get(lane.id);
      return head ? [toClaim(lane, head, token)] : [];
    });
  }

  /** The first pending delivery of each lane; one index look-up a lane, however much waits behind it. */
  async #heads(laneIds: readonly number[]): Promise<Map<number, HeadRow>> {
    const rows = (await this.unitOfWork.manager.query(
      `SELECT d.lane_id, d.id AS delivery_id, d.attempt_count, d.created_at, d.expires_at,
              m.id AS message_id, m.organization_id, m.event_id, m.event_name, m.content_type, m.body, m.traceparent
         FROM lane l
         JOIN delivery d ON d.id = (
           SELECT h.id FROM delivery h WHERE h.lane_id = l.id AND h.status = 'PENDING' ORDER BY h.sequence LIMIT 1)
         JOIN message m ON m.id = d.message_id
        WHERE l.id IN (${placeholders(laneIds.length)})`,
      [...laneIds],
    )) as HeadRow[];
    return new Map(rows.map((row) => [row.lane_id, row]));
  }

  async #lease(lanes: readonly ChosenLane[], token: string, now: number): Promise<void> {
    const byEnd = new Map<number, number[]>();
    for (const lane of lanes) {
      const end = leaseEnd(lane.endpoint, now);
      byEnd.set(end, [...(byEnd.get(end) ?? []), lane.id]);
    }
    for (const [end, ids] of byEnd) {
      await this.unitOfWork.manager.query(
        `UPDATE lane SET lease_token = ?, due_at = ? WHERE id IN (${placeholders(ids.length)})`,
        [token, end, ...ids],
      );
    }
  }

  /** Lanes that turn out to be empty, since their deliveries were canceled, are idle; those made for one delivery go with it. */
  async #retire(lanes: readonly DueLane[]): Promise<void> {
    const spent = lanes.filter((lane) => lane.ephemeral).map((lane) => lane.id);
    const idle = lanes.filter((lane) => !lane.ephemeral).map((lane) => lane.id);
    const { manager } = this.unitOfWork;
    if (spent.length > 0)
      await manager.query(`DELETE FROM lane WHERE id IN (${placeholders(spent.length)})`, spent);
    if (idle.length === 0) return;
    await manager.query(
      `UPDATE lane SET due_at = NULL, lease_token = NULL WHERE id IN (${placeholders(idle.length)})`,
      idle,
    );
  }
}

function toClaim(lane: ChosenLane, head: HeadRow, token: string): Claim {
  return {
    deliveryId: head.delivery_id,
    laneId: lane.id,
    leaseToken: token,
    ephemeralLane: Boolean(lane.ephemeral),
    endpoint: lane.endpoint,
    tryNumber: head.attempt_count + 1,
    createdAt: head.created_at,
    expiresAt: head.expires_at,
    isProbe: lane.isProbe,
    message: {
      id: head.message_id,
      organizationId: head.organization_id,
      eventId: head.event_id,
      eventName: head.event_name,
      contentType: head.content_type,
      body: head.body,
      traceparent: head.traceparent,
    },
  };
}
