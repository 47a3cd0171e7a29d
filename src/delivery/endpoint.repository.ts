import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { inList, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { EndpointEntity } from './endpoint.entity.js';
import type { EndpointKind } from './endpoint-kind.js';

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

  /** The rows, locked until the unit ends. */
  async lockAll(ids: readonly number[]): Promise<EndpointEntity[]> {
    if (ids.length === 0) return [];
    const query = this.writing.createQueryBuilder('endpoint').where('endpoint.id IN (:...ids)', { ids });
    return this.locked(query.orderBy('endpoint.id')).getMany();
  }

  async remove(id: number): Promise<void> {
    await this.writing.delete(id);
  }
}
