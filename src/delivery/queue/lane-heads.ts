import { Injectable } from '@nestjs/common';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import type { Endpoint } from '../endpoint-directory.js';
import type { Message } from '../message.js';
import { leaseEnd, type Claim } from './claim.js';
import type { DueLane } from './due-lanes.js';
import { Messages } from './messages.js';
import { Superseded } from './superseded.js';

interface HeadRow {
  readonly lane_id: number;
  readonly delivery_id: string;
  readonly message_id: string;
  readonly attempt_count: number;
  readonly created_at: number;
  readonly expires_at: number;
}

/** A lane whose turn it is. */
export interface ChosenLane extends Pick<DueLane, 'id' | 'ephemeral'> {
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
}

/** Takes the first delivery of each lane under a lease: what is claimed is due again when its lease runs out unsettled. */
@Injectable()
export class LaneHeads {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly superseded: Superseded,
    private readonly messages: Messages,
    private readonly ids: IdGenerator,
  ) {}

  /** @param admit of what could be claimed, what is to be: the rest stays due as it was */
  async take(
    lanes: readonly ChosenLane[],
    now: number,
    sendBefore: Claim['sendBefore'],
    admit: (found: readonly Claim[]) => readonly Claim[],
  ): Promise<readonly Claim[]> {
    if (lanes.length === 0) return [];
    await this.superseded.cancel(lanes.filter((lane) => lane.endpoint.latestOnly).map((lane) => lane.id));
    const token = this.ids.uuid();
    const heads = await this.#heads(lanes.map((lane) => lane.id));
    const messages = await this.messages.load([...heads.values()].map((head) => head.message_id));
    const found: Claim[] = [];
    for (const lane of lanes) {
      const head = heads.get(lane.id);
      const message = head && messages.get(head.message_id);
      if (message) found.push(toClaim(lane, head, message, { token, sendBefore }));
    }
    const claims = admit(found);
    await this.#lease(claims, now);
    await this.#retire(lanes.filter((lane) => !heads.has(lane.id)));
    return claims;
  }

  /** The first pending delivery of each lane; one index look-up a lane, however much waits behind it or has passed. */
  async #heads(laneIds: readonly number[]): Promise<Map<number, HeadRow>> {
    const list = inList(laneIds, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.manager.query(
      `SELECT d.lane_id, d.id AS delivery_id, d.message_id, d.attempt_count, d.created_at, d.expires_at
         FROM lane l
         JOIN delivery d ON d.id = (
           SELECT h.id FROM delivery h
            WHERE h.lane_id = l.id AND h.status = 'PENDING'
            ORDER BY h.sequence LIMIT 1)
        WHERE l.id IN ${list.sql}`,
      list.values,
    )) as HeadRow[];
    return new Map(rows.map((row) => [row.lane_id, row]));
  }

  async #lease(claims: readonly Claim[], now: number): Promise<void> {
    const { dialect, manager } = this.unitOfWork;
    const byEnd = new Map<number, Claim[]>();
    for (const claim of claims) {
      const end = leaseEnd(claim.endpoint, now);
      const group = byEnd.get(end);
      if (group) group.push(claim);
      else byEnd.set(end, [claim]);
    }
    for (const [end, group] of byEnd) {
      const list = inList(
        group.map(({ laneId }) => laneId),
        dialect,
      );
      await manager.query(`UPDATE lane SET lease_token = ?, lease_until = ? WHERE id IN ${list.sql}`, [
        group[0]?.leaseToken,
        end,
        ...list.values,
      ]);
    }
  }

  /** Lanes that turn out to be empty, since their deliveries were canceled, are idle; those made for one delivery go with it. */
  async #retire(lanes: readonly ChosenLane[]): Promise<void> {
    const { dialect, manager } = this.unitOfWork;
    const spent = lanes.filter((lane) => lane.ephemeral).map((lane) => lane.id);
    const idle = lanes.filter((lane) => !lane.ephemeral).map((lane) => lane.id);
    if (spent.length > 0) {
      const list = inList(spent, dialect);
      await manager.query(`DELETE FROM lane WHERE id IN ${list.sql}`, list.values);
    }
    if (idle.length > 0) {
      const list = inList(idle, dialect);
      await manager.query(
        `UPDATE lane SET due_at = 0, lease_token = '', lease_until = 0 WHERE id IN ${list.sql}`,
        list.values,
      );
    }
  }
}

function toClaim(
  lane: ChosenLane,
  head: HeadRow,
  message: Message,
  { token, sendBefore }: { token: string; sendBefore: number },
): Claim {
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
    sendBefore,
    message,
  };
}
