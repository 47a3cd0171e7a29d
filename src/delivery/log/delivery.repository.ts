import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { EndpointEntity } from '../endpoint.entity.js';
import { AttemptEntity } from '../queue/attempt.entity.js';
import { DeliveryEntity, type DeliveryStatus } from '../queue/delivery.entity.js';
import { LaneEntity } from '../queue/lane.entity.js';
import { MessageEntity } from '../queue/message.entity.js';

/** Which deliveries of an endpoint are wanted; absent members don't narrow. */
export interface DeliveryCriteria {
  readonly status?: DeliveryStatus;
  /** `RESOURCE.ACTION`. */
  readonly event?: string;
  /** Epoch milliseconds of creation, both included. */
  readonly since?: number;
  readonly until?: number;
  /** Only deliveries before this id, newest first. */
  readonly cursor?: string;
}

/** A delivery, and while it is pending when the next try may go: when its lane is due, and its endpoint gets anything. */
export interface DeliveryRow {
  readonly delivery: DeliveryEntity;
  readonly dueAt: number | null;
}

const ASCII = /^[\x20-\x7e]*$/;

@Injectable()
export class DeliveryRepository extends RepositoryBase<DeliveryEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DeliveryEntity);
  }

  async list(
    organizationId: number,
    endpointId: number,
    criteria: DeliveryCriteria,
    limit: number,
  ): Promise<DeliveryRow[]> {
    const query = this.reading
      .createQueryBuilder('delivery')
      .where('delivery.endpointId = :endpointId AND delivery.organizationId = :organizationId', {
        endpointId,
        organizationId,
      });
    if (criteria.status) query.andWhere('delivery.status = :status', { status: criteria.status });
    if (criteria.event) query.andWhere('delivery.eventName = :event', { event: criteria.event });
    if (criteria.since !== undefined)
      query.andWhere('delivery.createdAt >= :since', { since: criteria.since });
    if (criteria.until !== undefined)
      query.andWhere('delivery.createdAt <= :until', { until: criteria.until });
    if (criteria.cursor) query.andWhere('delivery.id < :cursor', { cursor: criteria.cursor });
    const deliveries = await query.orderBy('delivery.id', 'DESC').limit(limit).getMany();
    return this.#withDue(deliveries);
  }

  async findRow(organizationId: number, id: string): Promise<DeliveryRow | null> {
    // Ids are ASCII; MySQL would refuse to compare them with anything else.
    if (!ASCII.test(id)) return null;
    const delivery = await this.reading.findOneBy({ organizationId, id });
    if (!delivery) return null;
    const [row] = await this.#withDue([delivery]);
    return row ?? null;
  }

  async listAttempts(deliveryId: string): Promise<AttemptEntity[]> {
    const attempts = this.unitOfWork.reader.getRepository(AttemptEntity);
    return attempts.find({ where: { deliveryId }, order: { number: 'ASC' } });
  }

  async getMessage(id: string): Promise<MessageEntity> {
    return this.unitOfWork.reader.getRepository(MessageEntity).findOneByOrFail({ id });
  }

  async #withDue(deliveries: readonly DeliveryEntity[]): Promise<DeliveryRow[]> {
    const laneIds = deliveries.filter(({ status }) => status === 'PENDING').map(({ laneId }) => laneId);
    const due = new Map<number, number | null>();
    if (laneIds.length > 0) {
      const { reader } = this.unitOfWork;
      const lanes = await reader.getRepository(LaneEntity).findBy({ id: In(laneIds) });
      const endpoints = await reader
        .getRepository(EndpointEntity)
        .findBy({ id: In(lanes.map(({ endpointId }) => endpointId)) });
      const opensAt = new Map(endpoints.map((endpoint) => [endpoint.id, opensAtOf(endpoint)]));
      for (const { id, endpointId, dueAt, leaseToken } of lanes) {
        const isWaiting = leaseToken === '' && dueAt !== null;
        due.set(id, isWaiting ? Math.max(dueAt, opensAt.get(endpointId) ?? 0) : null);
      }
    }
    return deliveries.map((delivery) => ({
      delivery,
      dueAt: delivery.status === 'PENDING' ? (due.get(delivery.laneId) ?? null) : null,
    }));
  }
}

/** When an endpoint that is paused, or has an open breaker, gets the next try: epoch milliseconds; 0 for any other. */
function opensAtOf({ pausedUntil, probeAt }: EndpointEntity): number {
  return Math.max(pausedUntil ?? 0, probeAt ?? 0);
}
