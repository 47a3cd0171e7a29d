import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { narrowToText, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { WebhookEntity, type WebhookStatus } from './webhook.entity.js';
import {
  SUBSCRIBER_COLUMNS,
  toSubscriber,
  type SubscriberRow,
  type WebhookSubscriber,
} from './webhook-subscriber.js';
import { TARGET_COLUMNS, toTarget, type TargetRow, type WebhookTarget } from './webhook-target.js';

/** Which webhooks of an organization are wanted, and which stretch of them. */
export interface WebhookCriteria {
  readonly nameLike?: string;
  readonly status?: WebhookStatus;
  readonly pageIndex: number;
  readonly pageSize: number;
}

@Injectable()
export class WebhookRepository extends RepositoryBase<WebhookEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, WebhookEntity);
  }

  async insert(webhook: WebhookEntity): Promise<void> {
    // Every column is given: nothing has to be read back, least of all MySQL's 0 for a false.
    await this.writing.createQueryBuilder().insert().values(webhook).updateEntity(false).execute();
  }

  async delete(id: number): Promise<void> {
    await this.writing.delete({ id });
  }

  /** Sets this column and no other, so that an edit by its owner is not overwritten. */
  async setStatus(id: number, status: WebhookStatus): Promise<void> {
    await this.writing.update({ id }, { status });
  }

  async find(organizationId: number, id: number): Promise<WebhookEntity | null> {
    return this.reading.findOneBy({ organizationId, id });
  }

  /** Locks the row until the unit ends. Without an organization: for the platform's own doings. */
  async findForUpdate(id: number, organizationId?: number): Promise<WebhookEntity | null> {
    const query = this.writing.createQueryBuilder('webhook').where('webhook.id = :id', { id });
    if (organizationId !== undefined)
      query.andWhere('webhook.organizationId = :organizationId', { organizationId });
    return this.locked(query).getOne();
  }

  async findByName(organizationId: number, name: string): Promise<WebhookEntity | null> {
    return this.reading.findOneBy({ organizationId, name });
  }

  /** One page, the newest first, and how many there are in all. */
  async list(organizationId: number, criteria: WebhookCriteria): Promise<[WebhookEntity[], number]> {
    const { nameLike, status, pageIndex, pageSize } = criteria;
    const query = this.reading
      .createQueryBuilder('webhook')
      .where('webhook.organizationId = :organizationId', { organizationId });
    if (nameLike !== undefined) narrowToText(query, ['webhook.name'], nameLike);
    if (status !== undefined) query.andWhere('webhook.status = :status', { status });
    return query
      .orderBy('webhook.createdAt', 'DESC')
      .addOrderBy('webhook.id', 'DESC')
      .offset(pageIndex * pageSize)
      .limit(pageSize)
      .getManyAndCount();
  }

  async listByUrl(organizationId: number, urls: readonly string[]): Promise<WebhookEntity[]> {
    return this.reading.find({ where: { organizationId, url: In([...urls]) }, order: { id: 'ASC' } });
  }

  /** Those that get events. Asked for with every change: making entities would cost more than the query. */
  async listSubscribers(organizationId: number): Promise<WebhookSubscriber[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT ${SUBSCRIBER_COLUMNS} FROM webhook WHERE organization_id = ? AND status = 'ENABLE' ORDER BY id`,
      [organizationId],
    )) as SubscriberRow[];
    return rows.map(toSubscriber);
  }

  /** Those of the given webhooks that are enabled. Asked for with every claim. */
  async listTargets(ids: readonly number[]): Promise<WebhookTarget[]> {
    const rows = (await this.unitOfWork.reader.query(
      `SELECT ${TARGET_COLUMNS} FROM webhook WHERE status = 'ENABLE' AND id IN (${ids.map(() => '?').join(',')})`,
      [...ids],
    )) as TargetRow[];
    return rows.map(toTarget);
  }
}
