import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { inList, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { EndpointEntity } from './endpoint.entity.js';
import type { EndpointKind } from './endpoint-kind.js';

const COLUMNS =
  'id, organization_id, kind, enabled, disabled_reason, failing_since, consecutive_failures, probe_count, paused_until, probe_at, next_slot_us, slot_cost, last_error, last_succeeded, last_status_code, last_attempt_at';

/** These columns as the database answers them: instants come as text from MySQL, and flags as 0 and 1. */
interface Row {
  readonly id: number;
  readonly organization_id: number;
  readonly kind: EndpointKind;
  readonly enabled: number | boolean;
  readonly disabled_reason: string | null;
  readonly failing_since: number | string | null;
  readonly consecutive_failures: number;
  readonly probe_count: number;
  readonly paused_until: number | string | null;
  readonly probe_at: number | string | null;
  readonly next_slot_us: number | string | null;
  readonly slot_cost: number;
  readonly last_error: string | null;
  readonly last_succeeded: number | boolean | null;
  readonly last_status_code: number | null;
  readonly last_attempt_at: number | string | null;
}

@Injectable()
export class EndpointRepository extends RepositoryBase<EndpointEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, EndpointEntity);
  }

  async find(id: number): Promise<EndpointEntity | null> {
    return this.reading.findOneBy({ id });
  }

  async listByIds(ids: readonly number[]): Promise<EndpointEntity[]> {
    return ids.length === 0 ? [] : this.reading.findBy({ id: In([...ids]) });
  }

  /** What those of the endpoints are for that exist. */
  async kindsOf(ids: readonly number[]): Promise<ReadonlyMap<number, EndpointKind>> {
    const list = inList(ids, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.reader.query(
      `SELECT id, kind FROM endpoint WHERE id IN ${list.sql}`,
      list.values,
    )) as { id: number; kind: EndpointKind }[];
    return new Map(rows.map(({ id, kind }) => [id, kind]));
  }

  /** The rows, locked until the unit ends. In plain SQL, since every settlement asks for them. */
  async lockAll(ids: readonly number[]): Promise<EndpointEntity[]> {
    if (ids.length === 0) return [];
    const { dialect, manager } = this.unitOfWork;
    const list = inList(ids, dialect);
    const rows = (await manager.query(
      `SELECT ${COLUMNS} FROM endpoint WHERE id IN ${list.sql} ORDER BY id ${dialect.locksRows ? 'FOR UPDATE' : ''}`,
      list.values,
    )) as Row[];
    return rows.map(toEntity);
  }

  async remove(id: number): Promise<void> {
    await this.writing.delete(id);
  }
}

function toEntity(row: Row): EndpointEntity {
  return {
    id: row.id,
    organizationId: row.organization_id,
    kind: row.kind,
    enabled: Boolean(row.enabled),
    disabledReason: row.disabled_reason,
    failingSince: numberOf(row.failing_since),
    consecutiveFailures: row.consecutive_failures,
    probeCount: row.probe_count,
    pausedUntil: numberOf(row.paused_until),
    probeAt: numberOf(row.probe_at),
    nextSlotUs: numberOf(row.next_slot_us),
    slotCost: row.slot_cost,
    lastError: row.last_error,
    lastSucceeded: row.last_succeeded === null ? null : Boolean(row.last_succeeded),
    lastStatusCode: row.last_status_code,
    lastAttemptAt: numberOf(row.last_attempt_at),
  };
}

function numberOf(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}
