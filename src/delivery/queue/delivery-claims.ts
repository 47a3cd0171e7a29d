import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import { DirectoryLookup } from '../directory-lookup.js';
import type { Endpoint } from '../endpoint-directory.js';
import { isBreakerOpen } from '../endpoint-state.js';
import type { Claim, ClaimLimits } from './claim.js';
import { chunksOf, placeholders } from './sql.js';

/** A lease outlives the longest try by this much, for writing the result; then another worker may send again. */
const LEASE_MARGIN_MS = 5_000;

/** Selects in one union; SQLite takes 500. */
const MAX_UNITED = 100;

interface EndpointRow {
  readonly id: number;
  readonly consecutive_failures: number;
}

interface LaneRow {
  readonly id: number;
  readonly endpoint_id: number;
  readonly ephemeral: number | boolean;
}

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

/** An endpoint whose turn it is, and how many more requests it may have on the way. */
interface Turn {
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
  readonly room: number;
}

/** A lane that was taken in one claim. */
interface TakenLane extends LaneRow {
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
}

/**
 * Takes what is due: the head of each due lane, for as many lanes as their endpoints have room for. The number of statements
 * depends neither on the number of endpoints nor on how much is waiting.
 */
@Injectable()
export class DeliveryClaims {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly owner: DirectoryLookup,
  ) {}

  /** Endpoints that have something due and may be sent to. Reads committed rows only. */
  async dueEndpoints(): Promise<number[]> {
    const now = this.clock.now();
    const rows = (await this.unitOfWork.reader.query(
      `SELECT e.id FROM endpoint e WHERE ${SENDABLE}
         AND EXISTS (SELECT 1 FROM lane l WHERE l.endpoint_id = e.id AND l.due_at <= ?)`,
      [true, now, now, now].map(bindable),
    )) as { id: number }[];
    return rows.map((row) => row.id);
  }

  /** Claims within the open unit. What is claimed is due again when its lease runs out unsettled. */
  async claim(limits: ClaimLimits): Promise<Claim[]> {
    const now = this.clock.now();
    const rows = await this.#sendable([...limits.inFlight.keys()], now);
    if (rows.size === 0) return [];
    const endpoints = await this.owner.directory.load([...rows.keys()]);
    const turns: Turn[] = [];
    for (const [id, inFlight] of limits.inFlight) {
      const row = rows.get(id);
      const endpoint = endpoints.get(id);
      if (!row || !endpoint) continue;
      const isProbe = isBreakerOpen({ consecutiveFailures: row.consecutive_failures });
      const room = (isProbe ? 1 : endpoint.maxInFlight) - inFlight;
      if (room > 0) turns.push({ endpoint, isProbe, room });
    }
    const lanes = (await this.#dueLanes(turns, now)).slice(0, Math.max(limits.total, 0));
    return lanes.length === 0 ? [] : this.#takeHeads(lanes, now);
  }

  async #sendable(ids: readonly number[], now: number): Promise<Map<number, EndpointRow>> {
    if (ids.length === 0) return new Map();
    const rows = (await this.unitOfWork.manager.query(
      `SELECT e.id, e.consecutive_failures FROM endpoint e WHERE ${SENDABLE} AND e.id IN (${placeholders(ids.length)})`,
      [true, now, now, ...ids].map(bindable),
    )) as EndpointRow[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The due lanes that fit into the endpoints' rooms, in the order of the turns. */
  async #dueLanes(turns: readonly Turn[], now: number): Promise<TakenLane[]> {
    // Lanes that another worker is claiming, or a change is planning into, are somebody's already: no waiting for them.
    const lock = this.unitOfWork.dialect.locksRows ? 'FOR UPDATE SKIP LOCKED' : '';
    const select = `SELECT * FROM (SELECT id, endpoint_id, ephemeral FROM lane
      WHERE endpoint_id = ? AND due_at <= ? ORDER BY due_at LIMIT ? ${lock}) due`;
    const byEndpoint = new Map<number, LaneRow[]>(turns.map(({ endpoint }) => [endpoint.id, []]));
    for (const chunk of chunksOf(turns, MAX_UNITED)) {
      const rows = (await this.unitOfWork.manager.query(
        chunk.map(() => select).join(' UNION ALL '),
        chunk.flatMap(({ endpoint, room }) => [endpoint.id, now, room]),
      )) as LaneRow[];
      for (const row of rows) byEndpoint.get(row.endpoint_id)?.push(row);
    }
    return turns.flatMap(({ endpoint, isProbe }) =>
      (byEndpoint.get(endpoint.id) ?? []).map((lane) => ({ ...lane, endpoint, isProbe })),
    );
  }

  async #takeHeads(lanes: readonly TakenLane[], now: number): Promise<Claim[]> {
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

  async #lease(lanes: readonly TakenLane[], token: string, now: number): Promise<void> {
    const byEnd = new Map<number, number[]>();
    for (const lane of lanes) {
      const end = now + lane.endpoint.timeoutMs + LEASE_MARGIN_MS;
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
  async #retire(lanes: readonly LaneRow[]): Promise<void> {
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

/** Enabled, not asked to wait, and no probe due later. Parameters: true, now, now. */
const SENDABLE =
  'e.enabled = ? AND (e.paused_until IS NULL OR e.paused_until <= ?) AND (e.probe_at IS NULL OR e.probe_at <= ?)';

/** SQLite's driver takes no booleans. */
function bindable(value: number | boolean): number {
  return Number(value);
}

function toClaim(lane: TakenLane, head: HeadRow, token: string): Claim {
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
