import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
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
    for (const group of groupAlike(verdicts)) {
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
    const waiting = await this.#lanesWithMore(ended.map((claim) => claim.laneId));
    const dueAt = new Map<number, number | null>();
    const spent: number[] = [];
    for (const claim of ended) {
      if (claim.ephemeralLane) spent.push(claim.laneId);
      else dueAt.set(claim.laneId, waiting.has(claim.laneId) ? now : null);
    }
    for (const { result, retryAt } of verdicts) {
      if (retryAt !== undefined) dueAt.set(result.claim.laneId, retryAt);
    }
    await this.#setDue(dueAt);
    if (spent.length > 0) {
      await this.unitOfWork.manager.query(
        `DELETE FROM lane WHERE id IN (${placeholders(spent.length)})`,
        spent,
      );
    }
  }

  async #lanesWithMore(laneIds: readonly number[]): Promise<Set<number>> {
    if (laneIds.length === 0) return new Set();
    const rows = (await this.unitOfWork.manager.query(
      `SELECT l.id FROM lane l WHERE l.id IN (${placeholders(laneIds.length)})
          AND EXISTS (SELECT 1 FROM delivery d WHERE d.lane_id = l.id AND d.status = 'PENDING')`,
      [...laneIds],
    )) as { id: number }[];
    return new Set(rows.map((row) => row.id));
  }

  async #setDue(dueAt: ReadonlyMap<number, number | null>): Promise<void> {
    for (const chunk of chunksOf([...dueAt])) {
      const cases = chunk.map(() => 'WHEN ? THEN ?').join(' ');
      await this.unitOfWork.manager.query(
        `UPDATE lane SET lease_token = NULL, due_at = CASE id ${cases} END WHERE id IN (${placeholders(chunk.length)})`,
        [...chunk.flat(), ...chunk.map(([id]) => id)],
      );
    }
  }
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

/** Groups verdicts that set the same values, so that one statement serves each group; mostly there is one. */
function groupAlike(verdicts: readonly Verdict[]): [Verdict, ...Verdict[]][] {
  const groups = new Map<string, [Verdict, ...Verdict[]]>();
  for (const verdict of verdicts) {
    const key = `${verdict.status} ${verdict.result.statusCode ?? ''} ${verdict.error ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(verdict);
    else groups.set(key, [verdict]);
  }
  return [...groups.values()];
}

function cut(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, MAX_ERROR_LENGTH);
}
