import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { narrowToText, RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import { isResourceKey, type PageQuery } from '../platform/http/index.js';
import { SegmentEntity, SegmentVersionEntity } from './segment.entity.js';

/** Segments and the history of their rules. What is deleted is found by `hasKey` only. */
@Injectable()
export class SegmentRepository extends RepositoryBase<SegmentEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, SegmentEntity);
  }

  async find(projectId: number, key: string): Promise<SegmentEntity | null> {
    // Databases differ in what they take for the same text; what can't be a key is not looked up at all.
    if (!isResourceKey(key)) return null;
    return this.reading.findOneBy({ projectId, key, deleted: false });
  }

  /** The same, locked until the unit ends. */
  async lock(projectId: number, key: string): Promise<SegmentEntity | null> {
    if (!isResourceKey(key)) return null;
    const query = this.writing
      .createQueryBuilder('segment')
      .where({ projectId, key })
      .andWhere({ deleted: false });
    return this.locked(query).getOne();
  }

  /** Ids and keys of those of the given keys that exist, locked until the unit ends, so that none is deleted meanwhile. */
  async lockAll(projectId: number, keys: readonly string[]): Promise<Pick<SegmentEntity, 'id' | 'key'>[]> {
    const query = this.writing
      .createQueryBuilder('segment')
      .select(['segment.id', 'segment.key'])
      .where({ projectId, key: In([...keys]) })
      .andWhere({ deleted: false });
    // Always in one order, so that two units that lock the same ones don't wait for each other.
    return this.locked(query.orderBy('segment.id', 'ASC')).getMany();
  }

  /** One page, newest first, and how many there are on all pages. */
  async list(
    projectId: number,
    keyword: string | undefined,
    page: PageQuery,
  ): Promise<[SegmentEntity[], number]> {
    const query = this.reading
      .createQueryBuilder('segment')
      .where({ projectId })
      .andWhere({ deleted: false });
    if (keyword !== undefined) {
      narrowToText(query, ['segment.name', 'segment.key', 'segment.description'], keyword);
    }
    return query
      .orderBy('segment.createdAt', 'DESC')
      .addOrderBy('segment.id', 'DESC')
      .offset(page.pageIndex * page.pageSize)
      .limit(page.pageSize)
      .getManyAndCount();
  }

  /** Whether a key is taken, by a deleted segment too. */
  async hasKey(projectId: number, key: string): Promise<boolean> {
    return this.reading.existsBy({ projectId, key });
  }

  /** Whether a name is taken by a segment other than `exceptId`. */
  async hasName(projectId: number, name: string, exceptId = 0): Promise<boolean> {
    return this.reading.existsBy({ projectId, name, deleted: false, id: Not(exceptId) });
  }

  /** Adds a row and fills in its id. */
  async insert(segment: Omit<SegmentEntity, 'id'>): Promise<SegmentEntity> {
    const row = { ...segment } as SegmentEntity;
    await this.writing.insert(row);
    return row;
  }

  /** Writes a row that the unit has locked. */
  async update({ id, ...columns }: SegmentEntity): Promise<void> {
    await this.writing.update({ id }, columns);
  }

  /** Keeps the segment's present rules as its present version. */
  async appendVersion(segment: SegmentEntity, comment: string | null): Promise<void> {
    await this.manager.getRepository(SegmentVersionEntity).insert({
      organizationId: segment.organizationId,
      segmentId: segment.id,
      version: segment.version,
      comment,
      rules: segment.rules,
      createdAt: segment.modifiedAt,
      createdBy: segment.modifiedBy,
    });
  }

  /** One page of the history, newest first, and how long it is. */
  async listVersions(segmentId: number, page: PageQuery): Promise<[SegmentVersionEntity[], number]> {
    return this.unitOfWork.reader.getRepository(SegmentVersionEntity).findAndCount({
      where: { segmentId },
      order: { version: 'DESC' },
      skip: page.pageIndex * page.pageSize,
      take: page.pageSize,
    });
  }
}
