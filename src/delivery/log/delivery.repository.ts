import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { EndpointEntity } from '../endpoint.entity.js';
import type { EndpointKind } from '../endpoint-kind.js';
import { AttemptEntity } from '../queue/attempt.entity.js';
import { DELIVERY_STATUSES, DeliveryEntity, type DeliveryStatus } from '../queue/delivery.entity.js';
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
  /** Absent when the endpoint is gone. */
  readonly endpointKind: EndpointKind | undefined;
}

const ASCII = /^[\x20-\x7e]*$/;

@Injectable()
export class DeliveryRepository extends RepositoryBase<DeliveryEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, DeliveryEntity);
  }

  /**
   * The newest first. One look for each state, for which there is an index. What is pending is looked at before what has ended: a delivery
   * that ends meanwhile is seen twice, and not never.
   */
  async list(
    organizationId: number,
    endpointId: number,
    criteria: DeliveryCriteria,
    limit: number,
  ): Promise<DeliveryRow[]> {
    const found = new Map<string, DeliveryEntity>();
    for (const status of criteria.status ? [criteria.status] : DELIVERY_STATUSES) {
      const query = this.#matching(organizationId, endpointId, { ...criteria, status });
      for (const delivery of await query.orderBy('delivery.id', 'DESC').limit(limit).getMany())
        found.set(delivery.id, delivery);
    }
    const deliveries = [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    return this.#toRows(deliveries.slice(0, limit));
  }

  async findRow(organizationId: number, id: string): Promise<DeliveryRow | null> {
    // Ids are ASCII; MySQL would refuse to compare them with anything else.
    if (!ASCII.test(id)) return null;
    const delivery = await this.reading.findOneBy({ organizationId, id });
    if (!delivery) return null;
    const [row] = await this.#toRows([delivery]);
    return row ?? null;
  }

  async listAttempts(deliveryId: string): Promise<AttemptEntity[]> {
    const attempts = this.unitOfWork.reader.getRepository(AttemptEntity);
    return attempts.find({ where: { deliveryId }, order: { number: 'ASC' } });
  }

  async getMessage(id: string): Promise<MessageEntity> {
    return this.unitOfWork.reader.getRepository(MessageEntity).findOneByOrFail({ id });
  }

  #matching(
    organizationId: number,
    endpointId: number,
    { status, event, since, until, cursor }: DeliveryCriteria,
  ): SelectQueryBuilder<DeliveryEntity> {
    const query = this.reading
      .createQueryBuilder('delivery')
      .where('delivery.endpointId = :endpointId AND delivery.organizationId = :organizationId', {
        endpointId,
        organizationId,
      })
      .andWhere('delivery.status = :status', { status });
    if (event) query.andWhere('delivery.eventName = :event', { event });
    if (since !== undefined) query.andWhere('delivery.createdAt >= :since', { since });
    if (until !== undefined) query.andWhere('delivery.createdAt <= :until', { until });
    if (cursor) query.andWhere('delivery.id < :cursor', { cursor });
    return query;
  }

  async #toRows(deliveries: readonly DeliveryEntity[]): Promise<DeliveryRow[]> {
    if (deliveries.length === 0) return [];
    const ids = new Set(deliveries.map(({ endpointId }) => endpointId));
    const found = await this.unitOfWork.reader.getRepository(EndpointEntity).findBy({ id: In([...ids]) });
    const endpoints = new Map(found.map((endpoint) => [endpoint.id, endpoint]));
    const due = await this.#dueOf(deliveries, endpoints);
    return deliveries.map((delivery) => ({
      delivery,
      dueAt: delivery.status === 'PENDING' ? (due.get(delivery.laneId) ?? null) : null,
      endpointKind: endpoints.get(delivery.endpointId)?.kind,
    }));
  }

  /** When the next try may go, by lane. */
  async #dueOf(
    deliveries: readonly DeliveryEntity[],
    endpoints: ReadonlyMap<number, EndpointEntity>,
  ): Promise<ReadonlyMap<number, number | null>> {
    const laneIds = deliveries.filter(({ status }) => status === 'PENDING').map(({ laneId }) => laneId);
    if (laneIds.length === 0) return new Map();
    const lanes = await this.unitOfWork.reader.getRepository(LaneEntity).findBy({ id: In(laneIds) });
    return new Map(
      lanes.map(({ id, endpointId, dueAt, leaseToken }) => {
        const endpoint = endpoints.get(endpointId);
        const isWaiting = leaseToken === '' && dueAt !== null;
        return [id, isWaiting ? Math.max(dueAt, endpoint ? opensAtOf(endpoint) : 0) : null];
      }),
    );
  }
}

/** When an endpoint that is paused, or has an open breaker, gets the next try: epoch milliseconds; 0 for any other. */
function opensAtOf({ pausedUntil, probeAt }: EndpointEntity): number {
  return Math.max(pausedUntil ?? 0, probeAt ?? 0);
}
