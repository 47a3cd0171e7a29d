import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { RepositoryBase, rowPlaceholders, UnitOfWork } from '../platform/database/index.js';
import { EventEntity, EventSequenceEntity } from './event.entity.js';

/** Which events of an organization are wanted; absent members don't narrow. */
export interface EventCriteria {
  readonly resource?: string;
  readonly action?: string;
  readonly projectKey?: string;
  readonly environmentKey?: string;
  readonly toggleKey?: string;
  readonly segmentKey?: string;
  readonly operator?: string;
  /** Epoch milliseconds, both included. */
  readonly since?: number;
  readonly until?: number;
}

const EQUAL_CRITERIA = [
  'resource',
  'action',
  'projectKey',
  'environmentKey',
  'toggleKey',
  'segmentKey',
  'operator',
] as const;

const HEAD_COLUMNS = [
  'id',
  'sequence',
  'resource',
  'action',
  'operator',
  'timestamp',
  'projectKey',
  'environmentKey',
  'toggleKey',
  'segmentKey',
] as const;

const SEQUENCE = { table: 'event_sequence', key: 'organization_id', value: 'value' };

/** An event without its data and changes. */
export type EventHead = Pick<EventEntity, (typeof HEAD_COLUMNS)[number]>;

@Injectable()
export class EventRepository extends RepositoryBase<EventEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, EventEntity);
  }

  /** In plain SQL, as is the number: every change waits for both. */
  async insert(event: EventEntity): Promise<void> {
    await this.manager.query(
      `INSERT INTO event (id, organization_id, sequence, resource, action, operator, timestamp, project_key, environment_key,
                          toggle_key, segment_key, data, changes, traceparent, ordering_key)
       VALUES ${rowPlaceholders(1, 15)}`,
      [
        event.id,
        event.organizationId,
        event.sequence,
        event.resource,
        event.action,
        event.operator,
        event.timestamp,
        event.projectKey,
        event.environmentKey,
        event.toggleKey,
        event.segmentKey,
        event.data,
        event.changes,
        event.traceparent,
        event.orderingKey,
      ],
    );
  }

  /**
   * The organization's next event number. The counter's row stays locked until the unit ends, so numbers are given in
   * the order of commits and leave no gap that could be filled later: a reader who has seen number n has seen all before it.
   */
  async nextSequence(organizationId: number): Promise<number> {
    const { sql, valueIn } = this.unitOfWork.dialect.increment(SEQUENCE);
    return valueIn(await this.manager.query(sql, [organizationId]));
  }

  async find(organizationId: number, id: string): Promise<EventEntity | null> {
    return this.reading.findOneBy({ organizationId, id });
  }

  /**
   * The number of the newest committed event of each organization; 0 where there is none yet. All events up to it are
   * committed and can be read.
   */
  async newestSequences(organizationIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const counters = await this.unitOfWork.reader
      .getRepository(EventSequenceEntity)
      .findBy({ organizationId: In([...organizationIds]) });
    const found = new Map(counters.map(({ organizationId, value }) => [organizationId, value]));
    return new Map(organizationIds.map((id) => [id, found.get(id) ?? 0]));
  }

  /** Events after a number, oldest first; `upTo` is the last number looked at. */
  async listAfter(
    organizationId: number,
    sequence: number,
    criteria: EventCriteria,
    limit: number,
    upTo = Number.MAX_SAFE_INTEGER,
  ): Promise<EventEntity[]> {
    return this.#matching(organizationId, criteria)
      .andWhere('event.sequence > :sequence AND event.sequence <= :upTo', { sequence, upTo })
      .orderBy('event.sequence', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Events before a number, or the newest without one; newest first. */
  async listBefore(
    organizationId: number,
    sequence: number | undefined,
    criteria: EventCriteria,
    limit: number,
  ): Promise<EventEntity[]> {
    const query = this.#matching(organizationId, criteria);
    if (sequence !== undefined) query.andWhere('event.sequence < :sequence', { sequence });
    return query.orderBy('event.sequence', 'DESC').limit(limit).getMany();
  }

  /** Events before a number, or the newest without one; without what can be large. Newest first. */
  async listHeadsBefore(
    organizationId: number,
    sequence: number | undefined,
    criteria: EventCriteria,
    limit: number,
  ): Promise<EventHead[]> {
    const query = this.#matching(organizationId, criteria).select(
      HEAD_COLUMNS.map((name) => `event.${name}`),
    );
    if (sequence !== undefined) query.andWhere('event.sequence < :sequence', { sequence });
    return query.orderBy('event.sequence', 'DESC').limit(limit).getMany();
  }

  #matching(organizationId: number, criteria: EventCriteria): SelectQueryBuilder<EventEntity> {
    const query = this.reading
      .createQueryBuilder('event')
      .where('event.organizationId = :organizationId', { organizationId });
    for (const name of EQUAL_CRITERIA) {
      if (criteria[name] !== undefined)
        query.andWhere(`event.${name} = :${name}`, { [name]: criteria[name] });
    }
    if (criteria.since !== undefined) query.andWhere('event.timestamp >= :since', { since: criteria.since });
    if (criteria.until !== undefined) query.andWhere('event.timestamp <= :until', { until: criteria.until });
    return query;
  }
}
