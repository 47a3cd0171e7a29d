import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import type { EndpointEntity } from '../endpoint.entity.js';
import type { TryResult } from '../worker/try-result.js';
import type { DeliveryStatus } from './delivery.entity.js';
import { chunksOf, placeholders, rowPlaceholders } from './sql.js';

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
    const ids = results.map((result) => result.claim.laneId).sort((a, b) => a - b);
    const lock = this.unitOfWork.dialect.locksRows ? 'FOR UPDATE' : '';
    const rows = (await this.unitOfWork.manager.query(
      `SELECT id, lease_token FROM lane WHERE id IN (${placeholders(ids.length)}) ${lock}`,
      ids,
    )) as { id: number; lease_token: string | null }[];
    const tokens = new Map(rows.map((row) => [row.id, row.lease_token]));
    return results.filter(({ claim }) => tokens.get(claim.laneId) === claim.leaseToken);
  }

  async insertAttempts(verdicts: readonly Verdict[]): Promise<void> {
    for (const chunk of chunksOf(verdicts)) {
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
      const finishedAt = status === 'PENDING' ? null : now;
      await this.unitOfWork.manager.query(
        `UPDATE delivery SET attempt_count = attempt_count + 1, last_status_code = ?,
                last_error = CASE WHEN status = 'PENDING' THEN ? ELSE last_error END,
                finished_at = CASE WHEN status = 'PENDING' THEN ? ELSE finished_at END,
                status = CASE WHEN status = 'PENDING' THEN ? ELSE status END
          WHERE id IN (${placeholders(group.length)})`,
        [
          result.statusCode ?? null,
          cut(error),
          finishedAt,
          status,
          ...group.map((one) => one.result.claim.deliveryId),
        ],
      );
    }
  }

  /** Says when each lane is due again: later for a retry, at once if more is waiting, else not at all. */
  async releaseLanes(verdicts: readonly Verdict[], now: number): Promise<void> {
    const ended = verdicts
      .filter((verdict) => verdict.retryAt === undefined)
      .map(({ result }) => result.claim);
    await this.#letNextGo(
      ended.filter((claim) => !claim.ephemeralLane).map((claim) => claim.laneId),
      now,
    );
    await this.#remove(ended.filter((claim) => claim.ephemeralLane).map((claim) => claim.laneId));
    await this.#setDue(
      verdicts.flatMap(({ result, retryAt }) =>
        retryAt === undefined ? [] : [[result.claim.laneId, retryAt]],
      ),
    );
  }

  /** Writes what tries changed of endpoints; whether they are enabled is not theirs. */
  async updateEndpoints(endpoints: readonly EndpointEntity[]): Promise<void> {
    for (const group of groupBy(endpoints, healthKey)) {
      const [one] = group;
      const cases = group.map(() => 'WHEN ? THEN ?').join(' ');
      await this.unitOfWork.manager.query(
        `UPDATE endpoint SET failing_since = ?, consecutive_failures = ?, probe_count = ?, paused_until = ?, probe_at = ?,
                last_error = ?, last_succeeded = ?, last_status_code = ?, last_attempt_at = CASE id ${cases} END
          WHERE id IN (${placeholders(group.length)})`,
        [
          ...healthValues(one),
          ...group.flatMap(({ id, lastAttemptAt }) => [id, lastAttemptAt]),
          ...group.map(({ id }) => id),
        ],
      );
    }
  }

  async #letNextGo(laneIds: readonly number[], now: number): Promise<void> {
    if (laneIds.length === 0) return;
    await this.unitOfWork.manager.query(
      `UPDATE lane SET lease_token = NULL, due_at = CASE WHEN EXISTS (
           SELECT 1 FROM delivery d WHERE d.lane_id = lane.id AND d.status = 'PENDING') THEN ? END
        WHERE id IN (${placeholders(laneIds.length)})`,
      [now, ...laneIds],
    );
  }

  async #remove(laneIds: readonly number[]): Promise<void> {
    if (laneIds.length === 0) return;
    await this.unitOfWork.manager.query(`DELETE FROM lane WHERE id IN (${placeholders(laneIds.length)})`, [
      ...laneIds,
    ]);
  }

  async #setDue(dueAt: readonly (readonly number[])[]): Promise<void> {
    for (const chunk of chunksOf(dueAt)) {
      const cases = chunk.map(() => 'WHEN ? THEN ?').join(' ');
      await this.unitOfWork.manager.query(
        `UPDATE lane SET lease_token = NULL, due_at = CASE id ${cases} END WHERE id IN (${placeholders(chunk.length)})`,
        [...chunk.flat(), ...chunk.map(([id]) => id)],
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
    JSON.stringify(result.requestHeaders),
    result.responseHeaders ? JSON.stringify(result.responseHeaders) : null,
    result.responseBody ?? null,
  ];
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
