import { Injectable } from '@nestjs/common';
import { Between, In, LessThanOrEqual, MoreThanOrEqual, type FindOperator } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import type { DomainEvent } from './domain-event.js';
import { EventEntity, EventSequenceEntity } from './event.entity.js';
import { keysOf, toDomainEvent } from './stored-event.js';

/** What filters read of an event: all but its data, which may be large. */
export type EventOutline = Pick<
  DomainEvent,
  'id' | 'sequence' | 'timestamp' | 'resource' | 'name' | 'keys' | 'orderingKey'
>;

/** Which events of an organization are read. */
export interface EventStretch {
  /** Numbers above this one. */
  readonly after: number;
  /** Numbers up to this one. */
  readonly through: number;
  /** Epoch milliseconds, both included. */
  readonly since?: number;
  readonly until?: number;
}

/** What a read of a stretch found, and where the next one goes on. */
export interface EventWindow {
  readonly events: readonly EventOutline[];
  /** All of the stretch up to this number was seen. */
  readonly seenThrough: number;
}

/**
 * Events looked at by one statement: their time is in no index, so this, and not how many of them match, decides how long the
 * statement takes.
 */
const WINDOW = 2_000;

const OUTLINE = {
  id: true,
  sequence: true,
  timestamp: true,
  resource: true,
  action: true,
  projectKey: true,
  environmentKey: true,
  toggleKey: true,
  segmentKey: true,
  orderingKey: true,
} as const;

/** Reads recorded events again, for those who have something to do with them once more. */
@Injectable()
export class EventHistory extends RepositoryBase<EventEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, EventEntity);
  }

  /**
   * The number of the organization's latest event; 0 where there is none. In an open unit no event is recorded until the unit
   * ends: every change with a number up to this one has committed, every later one sees what the unit writes.
   */
  async latest(organizationId: number): Promise<number> {
    const counters = this.unitOfWork.reader.getRepository(EventSequenceEntity);
    const query = counters
      .createQueryBuilder('counter')
      .where('counter.organizationId = :organizationId', { organizationId });
    if (this.unitOfWork.isOpen && this.unitOfWork.dialect.locksRows) query.setLock('pessimistic_write');
    return (await query.getOne())?.value ?? 0;
  }

  /** The next events of a stretch, in order, at most `limit`; takes a short time however long the stretch is. */
  async read(
    organizationId: number,
    { after, through, since, until }: EventStretch,
    limit: number,
  ): Promise<EventWindow> {
    const end = Math.min(after + WINDOW, through);
    const rows = await this.reading.find({
      select: OUTLINE,
      where: { organizationId, sequence: Between(after + 1, end), ...timeBetween(since, until) },
      order: { sequence: 'ASC' },
      take: limit,
    });
    const last = rows.at(-1);
    return {
      events: rows.map((row) => ({ ...row, name: `${row.resource}.${row.action}`, keys: keysOf(row) })),
      seenThrough: rows.length === limit && last ? last.sequence : end,
    };
  }

  /** The events with these numbers, in order. */
  async load(organizationId: number, sequences: readonly number[]): Promise<DomainEvent[]> {
    if (sequences.length === 0) return [];
    const where = { organizationId, sequence: In([...sequences]) };
    return (await this.reading.find({ where, order: { sequence: 'ASC' } })).map(toDomainEvent);
  }

  /** Whether a stretch has an event of the same ordering key: one that this event has to come after. */
  async hasSameKey(event: DomainEvent, { after, through }: EventStretch): Promise<boolean> {
    if (through <= after) return false;
    const { projectKey, toggleKey } = event.keys;
    const query = this.reading
      .createQueryBuilder('event')
      .where('event.organizationId = :organizationId', { organizationId: event.organizationId })
      .andWhere('event.sequence > :after AND event.sequence <= :through', { after, through })
      .andWhere('LOWER(event.orderingKey) = LOWER(:orderingKey)', { orderingKey: event.orderingKey });
    // Says nothing new, but leads to an index.
    if (projectKey !== undefined) query.andWhere('event.projectKey = :projectKey', { projectKey });
    if (toggleKey !== undefined) query.andWhere('event.toggleKey = :toggleKey', { toggleKey });
    return query.getExists();
  }
}

function timeBetween(since?: number, until?: number): { timestamp?: FindOperator<number> } {
  if (since !== undefined && until !== undefined) return { timestamp: Between(since, until) };
  if (since !== undefined) return { timestamp: MoreThanOrEqual(since) };
  return until === undefined ? {} : { timestamp: LessThanOrEqual(until) };
}
