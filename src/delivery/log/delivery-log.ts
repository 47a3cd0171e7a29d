import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError, notFound } from '../../platform/errors/index.js';
import { WorkSpread } from '../spread/work-spread.js';
import { DeliveryRepository, type DeliveryCriteria, type DeliveryRow } from './delivery.repository.js';
import { Redeliveries } from './redeliveries.js';
import { toDetail, toView, type DeliveryDetail, type DeliveryView } from './delivery-view.js';

/** What was sent, to whom, when, with what answer; and sending it again. */
@Injectable()
export class DeliveryLog {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
    private readonly redeliveries: Redeliveries,
    private readonly spread: WorkSpread,
  ) {}

  /** Deliveries of an endpoint, newest first. The log outlives the endpoint. */
  async list(
    organizationId: number,
    endpointId: number,
    criteria: DeliveryCriteria,
    limit: number,
  ): Promise<DeliveryView[]> {
    const rows = await this.deliveries.list(organizationId, endpointId, criteria, limit);
    return rows.map(toView);
  }

  /** @throws DomainError `not_found` */
  async get(organizationId: number, id: string): Promise<DeliveryDetail> {
    const row = await this.#find(organizationId, id);
    const message = await this.deliveries.getMessage(row.delivery.messageId);
    return toDetail(row, message, await this.deliveries.listAttempts(id));
  }

  /**
   * Sends the event of a delivery once more, at once and whatever its lane waits for: a new delivery with all its tries
   * before it. The old one stays as it is.
   * @throws DomainError `not_found`; `endpoint_inactive` when nothing can be sent to its endpoint; `delivery_without_body`;
   * `delivery_not_repeatable` of one that is not a webhook's
   */
  async redeliver(organizationId: number, id: string): Promise<DeliveryView> {
    return this.unitOfWork.run(async () => {
      const { delivery } = await this.#find(organizationId, id);
      const { body } = await this.deliveries.getMessage(delivery.messageId);
      if (body === '') throw new DomainError('delivery_without_body');
      const newId = await this.redeliveries.make(delivery);
      this.unitOfWork.afterCommit(() => this.spread.announce([delivery.endpointId]));
      return toView(await this.#find(organizationId, newId));
    });
  }

  async #find(organizationId: number, id: string): Promise<DeliveryRow> {
    const row = await this.deliveries.findRow(organizationId, id);
    if (!row) throw notFound('delivery', id);
    return row;
  }
}
