import { Injectable } from '@nestjs/common';
import {
  chunksOf,
  inList,
  rowChunksOf,
  rowPlaceholders,
  UnitOfWork,
  whenThen,
} from '../../platform/database/index.js';
import type { EndpointEntity } from '../endpoint.entity.js';
import { packHeaders, type TryFacts } from './header-codec.js';
import type { TryResult } from '../worker/try-result.js';
import type { Claim } from './claim.js';
import type { DeliveryStatus } from './delivery.entity.js';

/** What a result means for its delivery. */
export interface Verdict {
  readonly result: TryResult;
  readonly status: Exclude<DeliveryStatus, 'CANCELED'>;
  readonly error?: string;
  /** When the next try is due; with status `PENDING`. */
  readonly retryAt?: number;
}

const MAX_ERROR_LENGTH = 1024;

/** The statements of a settlement: each handles the whole batch, so that their number does not grow with it. */
@Injectable()
export class SettlementWrites {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Locks the results' lanes; answers those results whose lease still holds. */
  async lockLeases(results: readonly TryResult[]): Promise<TryResult[]> {
    const { dialect, manager } = this.unitOfWork;
    const ids = results.map((result) => result.claim.laneId).sort((a, b) => a - b);
    const list = inList(ids, dialect);
    const rows = (await manager.query(
      `SELECT id, lease_token FROM lane WHERE id IN ${list.sql} ${dialect.locksRows ? 'FOR UPDATE' : ''}`,
      list.values,
    )) as { id: number; lease_token: string }[];
    const tokens = new Map(rows.map((row) => [row.id, row.lease_token]));
    return results.filter(({ claim }) => tokens.get(claim.laneId) === claim.leaseToken);
  }

  async insertAttempts(verdicts: readonly Verdict[]): Promise<void> {
    for (const chunk of rowChunksOf(verdicts, this.unitOfWork.dialect)) {
      await this.unitOfWork.manager.query(
        `INSERT INTO attempt (delivery_id, number, started_at, duration_ms, status_code, error,
                              request_headers, response_headers, response_body)
         VALUES ${rowPlaceholders(chunk.length, 9)}`,
        chunk.flatMap(attemptValues),
      );
    }
  }

  /** A delivery that was canceled while its try was under way keeps that state; the try counts all the same. */
  async updateDeliveries(verdicts: readonly Verdict[], now: number): Promise<void> {
    for (const group of groupBy(verdicts, verdictKey)) {
      const [{ status, error, result }] = group;
      const list = inList(
        group.map((one) => one.result.claim.deliveryId),
        this.unitOfWork.dialect,
      );
      await this.unitOfWork.manager.query(
        `UPDATE delivery SET attempt_count = attempt_count + 1, last_status_code = ?,
                last_error = CASE WHEN status = 'PENDING' THEN ? ELSE last_error END,
                finished_at = CASE WHEN status = 'PENDING' THEN ? ELSE finished_at END,
                status = CASE WHEN status = 'PENDING' THEN ? ELSE status END
          WHERE id IN ${list.sql}`,
        [result.statusCode ?? 0, cut(error), status === 'PENDING' ? 0 : now, status, ...list.values],
      );
    }
  }

  /** Of deliveries that were updated in this unit, those that had been canceled before. */
  async canceledOf(verdicts: readonly Verdict[]): Promise<ReadonlySet<string>> {
    const { dialect, manager } = this.unitOfWork;
    const list = inList(
      verdicts.map(({ result }) => result.claim.deliveryId),
      dialect,
    );
    const rows = (await manager.query(
      `SELECT id FROM delivery WHERE id IN ${list.sql} AND status = 'CANCELED'`,
      list.values,
    )) as { id: string }[];
    return new Set(rows.map(({ id }) => id));
  }

  /** Says when each lane is due again: later for a retry, at once if more is waiting, else not at all. */
  async releaseLanes(verdicts: readonly Verdict[], now: number): Promise<void> {
    const lasting: number[] = [];
    const ephemeral: number[] = [];
    const later: [laneId: number, retryAt: number][] = [];
    for (const { result, retryAt } of verdicts) {
      const { laneId, ephemeralLane } = result.claim;
      if (retryAt !== undefined) later.push([laneId, retryAt]);
      else (ephemeralLane ? ephemeral : lasting).push(laneId);
    }
    await this.#letNextGo(lasting, now);
    await this.#remove(ephemeral);
    await this.#setDue(later);
  }

  /** Endpoints of which something is due in the lanes of these results. */
  async dueEndpoints(results: readonly TryResult[], now: number): Promise<ReadonlySet<number>> {
    const { dialect, manager } = this.unitOfWork;
    const list = inList(
      results.map(({ claim }) => claim.laneId),
      dialect,
    );
    const rows = (await manager.query(
      `SELECT endpoint_id FROM lane WHERE id IN ${list.sql} AND due_at BETWEEN 1 AND ?`,
      [...list.values, now],
    )) as { endpoint_id: number }[];
    return new Set(rows.map((row) => row.endpoint_id));
  }

  /** Gives lanes back whose deliveries were claimed and not sent: each is due as it was, unless its lease is somebody else's by now. */
  async giveBack(claims: readonly Claim[]): Promise<void> {
    for (const group of groupBy(claims, ({ leaseToken }) => leaseToken)) {
      const list = inList(
        group.map(({ laneId }) => laneId),
        this.unitOfWork.dialect,
      );
      await this.unitOfWork.manager.query(
        `UPDATE lane SET lease_token = '', lease_until = 0 WHERE id IN ${list.sql} AND lease_token = ?`,
        [...list.values, group[0].leaseToken],
      );
    }
  }

  /** Writes what tries changed of endpoints; whether they are enabled is not theirs. */
  async updateEndpoints(endpoints: readonly EndpointEntity[]): Promise<void> {
    for (const group of groupBy(endpoints, healthKey)) {
      const [one] = group;
      const { dialect } = this.unitOfWork;
      const attempts = whenThen(
        group.map(({ id, lastAttemptAt }) => [id, lastAttemptAt]),
        dialect,
      );
      const list = inList(
        group.map(({ id }) => id),
        dialect,
      );
      await this.unitOfWork.manager.query(
        `UPDATE endpoint SET failing_since = ?, consecutive_failures = ?, probe_count = ?, paused_until = ?, probe_at = ?,
                last_error = ?, last_succeeded = ?, last_status_code = ?, last_attempt_at = CASE id ${attempts.sql} END
          WHERE id IN ${list.sql}`,
        [...healthValues(one), ...attempts.values, ...list.values],
      );
    }
  }

  async #letNextGo(laneIds: readonly number[], now: number): Promise<void> {
    if (laneIds.length === 0) return;
    const list = inList(laneIds, this.unitOfWork.dialect);
    await this.unitOfWork.manager.query(
      `UPDATE lane SET lease_token = '', lease_until = 0, due_at = CASE WHEN EXISTS (
           SELECT 1 FROM delivery d
            WHERE d.lane_id = lane.id AND d.status = 'PENDING') THEN ? ELSE 0 END
        WHERE id IN ${list.sql}`,
      [now, ...list.values],
    );
  }

  async #remove(laneIds: readonly number[]): Promise<void> {
    if (laneIds.length === 0) return;
    const list = inList(laneIds, this.unitOfWork.dialect);
    await this.unitOfWork.manager.query(`DELETE FROM lane WHERE id IN ${list.sql}`, list.values);
  }

  async #setDue(later: readonly (readonly [laneId: number, at: number])[]): Promise<void> {
    const { dialect, manager } = this.unitOfWork;
    for (const chunk of chunksOf(later)) {
      const due = whenThen(chunk, dialect);
      const list = inList(
        chunk.map(([id]) => id),
        dialect,
      );
      await manager.query(
        `UPDATE lane SET lease_token = '', lease_until = 0, due_at = CASE id ${due.sql} END WHERE id IN ${list.sql}`,
        [...due.values, ...list.values],
      );
    }
  }
}

/** All that tries change of an endpoint, but the instant of the last one. */
function healthValues(endpoint: EndpointEntity): unknown[] {
  const { failingSince, consecutiveFailures, probeCount, pausedUntil, probeAt, lastError } = endpoint;
  const { lastSucceeded, lastStatusCode } = endpoint;
  // SQLite's driver takes no booleans.
  const succeeded = lastSucceeded === null ? null : Number(lastSucceeded);
  return [
    failingSince,
    consecutiveFailures,
    probeCount,
    pausedUntil,
    probeAt,
    lastError,
    succeeded,
    lastStatusCode,
  ];
}

function healthKey(endpoint: EndpointEntity): string {
  return JSON.stringify(healthValues(endpoint));
}

function attemptValues({ result, error }: Verdict): unknown[] {
  return [
    result.claim.deliveryId,
    result.claim.tryNumber,
    result.startedAt,
    Math.round(result.durationMs),
    result.statusCode ?? null,
    cut(error),
    packHeaders(result.requestHeaders, factsOf(result)),
    result.responseHeaders ? packHeaders(result.responseHeaders) : null,
    result.responseBody ?? null,
  ];
}

function factsOf({ claim, startedAt }: TryResult): TryFacts {
  const { deliveryId, tryNumber, message } = claim;
  const { eventId, eventName, contentType, traceparent } = message;
  return { deliveryId, number: tryNumber, startedAt, eventId, eventName, contentType, traceparent };
}

function verdictKey({ status, error, result }: Verdict): string {
  return `${status} ${result.statusCode ?? ''} ${error ?? ''}`;
}

/** Groups what sets the same values, so that one statement serves each group; mostly there is one. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function cut(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, MAX_ERROR_LENGTH);
}
