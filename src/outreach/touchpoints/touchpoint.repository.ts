import { Injectable } from '@nestjs/common';
import { narrowToText, RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import {
  TouchpointEntity,
  TouchpointSpaceEntity,
  type TouchpointKind,
  type TouchpointStatus,
} from './touchpoint.entity.js';

/** Which touchpoints of an organization are wanted, and which stretch of them. */
export interface TouchpointCriteria {
  readonly keyword?: string;
  readonly kind?: TouchpointKind;
  readonly status?: TouchpointStatus;
  /** Only those that its campaigns may pick. */
  readonly projectId?: number;
  readonly pageIndex: number;
  readonly pageSize: number;
}

/** The columns that sending needs, as the database answers them. */
export interface TouchpointRow {
  readonly id: number;
  readonly organization_id: number;
  readonly kind: TouchpointEntity['kind'];
  readonly type: TouchpointEntity['type'];
  readonly name: string;
  readonly url: string;
  readonly status: TouchpointStatus;
  readonly sealed_secret: string | null;
  readonly config: string;
  readonly receipt_endpoint_id: number | null;
}

const ROW_COLUMNS =
  'id, organization_id, kind, type, name, url, status, sealed_secret, config, receipt_endpoint_id';

@Injectable()
export class TouchpointRepository extends RepositoryBase<TouchpointEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, TouchpointEntity);
  }

  async insert(touchpoint: TouchpointEntity): Promise<void> {
    await this.writing.createQueryBuilder().insert().values(touchpoint).updateEntity(false).execute();
  }

  /** Its authorisations too. */
  async delete(id: number): Promise<void> {
    await this.manager.delete(TouchpointSpaceEntity, { touchpointId: id });
    await this.writing.delete({ id });
  }

  /** Sets this column and no other, so that who last modified it, and when, stays as it is. */
  async setStatus(id: number, status: TouchpointStatus): Promise<void> {
    await this.writing.update({ id }, { status });
  }

  async find(organizationId: number, id: number): Promise<TouchpointEntity | null> {
    return this.reading.findOneBy({ organizationId, id });
  }

  /** Locks the row until the unit ends. Without an organization: for the platform's own doings. */
  async findForUpdate(id: number, organizationId?: number): Promise<TouchpointEntity | null> {
    const query = this.writing.createQueryBuilder('touchpoint').where('touchpoint.id = :id', { id });
    if (organizationId !== undefined)
      query.andWhere('touchpoint.organizationId = :organizationId', { organizationId });
    return this.locked(query).getOne();
  }

  /** Locks rows until the unit ends, in one order for all. */
  async lockAll(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const query = this.writing.createQueryBuilder('touchpoint').where('touchpoint.id IN (:...ids)', { ids });
    await this.locked(query.orderBy('touchpoint.id')).getMany();
  }

  /** One page, the newest first, and how many there are in all. */
  async list(organizationId: number, criteria: TouchpointCriteria): Promise<[TouchpointEntity[], number]> {
    const { keyword, kind, status, projectId, pageIndex, pageSize } = criteria;
    const query = this.reading
      .createQueryBuilder('touchpoint')
      .where('touchpoint.organizationId = :organizationId', { organizationId });
    if (keyword !== undefined) narrowToText(query, ['touchpoint.name'], keyword);
    if (kind !== undefined) query.andWhere('touchpoint.kind = :kind', { kind });
    if (status !== undefined) query.andWhere('touchpoint.status = :status', { status });
    if (projectId !== undefined) {
      query
        .innerJoin(TouchpointSpaceEntity, 'space', 'space.touchpointId = touchpoint.id')
        .andWhere('space.projectId = :projectId', { projectId })
        .andWhere('touchpoint.status = :pickable', { pickable: 'ENABLED' satisfies TouchpointStatus });
    }
    return query
      .orderBy('touchpoint.createdAt', 'DESC')
      .addOrderBy('touchpoint.id', 'DESC')
      .offset(pageIndex * pageSize)
      .limit(pageSize)
      .getManyAndCount();
  }

  /** Asked for with every claim of the worker: making entities would cost more than the query. */
  async rowsBy(column: 'id' | 'receipt_endpoint_id', values: readonly number[]): Promise<TouchpointRow[]> {
    return this.unitOfWork.reader.query(
      `SELECT ${ROW_COLUMNS} FROM touchpoint WHERE ${column} IN (${values.map(() => '?').join(',')})`,
      [...values],
    );
  }
}
