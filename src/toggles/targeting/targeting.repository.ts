import { Injectable } from '@nestjs/common';
import { LessThan, MoreThanOrEqual, type SelectQueryBuilder } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { isResourceKey, type PageQuery } from '../../platform/http/index.js';
import { TargetingSegmentEntity } from '../../segments/index.js';
import { ToggleEntity } from '../toggle.entity.js';
import { TargetingEntity, TargetingVersionEntity } from './targeting.entity.js';

/** What of a toggle matters to its targeting. */
export type TargetedToggle = Pick<
  ToggleEntity,
  'id' | 'key' | 'name' | 'description' | 'returnType' | 'archived'
>;

/** A targeting and the toggle it belongs to. */
export type TargetingOfToggle = TargetingEntity & { toggle: TargetedToggle };

const TOGGLE_COLUMNS = ['id', 'key', 'name', 'description', 'returnType', 'archived'].map(
  (column) => `toggle.${column}`,
);

/** The state of toggles in environments, and its history. */
@Injectable()
export class TargetingRepository extends RepositoryBase<TargetingEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, TargetingEntity);
  }

  /** The targeting of a toggle, archived or not, in an environment. */
  async find(environmentId: number, projectId: number, toggleKey: string): Promise<TargetingOfToggle | null> {
    // Databases differ in what they take for the same text; what can't be a key is not looked up at all.
    if (!isResourceKey(toggleKey)) return null;
    return ofToggle(this.reading.createQueryBuilder('targeting'), environmentId)
      .andWhere('toggle.projectId = :projectId AND toggle.key = :toggleKey', { projectId, toggleKey })
      .getOne() as Promise<TargetingOfToggle | null>;
  }

  /** The same, locked with its toggle until the unit ends: versions follow one another, and none after archiving. */
  async lock(environmentId: number, projectId: number, toggleKey: string): Promise<TargetingOfToggle | null> {
    if (!isResourceKey(toggleKey)) return null;
    const query = ofToggle(this.writing.createQueryBuilder('targeting'), environmentId);
    query.andWhere('toggle.projectId = :projectId AND toggle.key = :toggleKey', { projectId, toggleKey });
    return this.locked(query).getOne() as Promise<TargetingOfToggle | null>;
  }

  /** The targetings of those of the given keys that toggles have, archived or not. */
  async findAll(
    environmentId: number,
    projectId: number,
    toggleKeys: readonly string[],
  ): Promise<TargetingOfToggle[]> {
    return ofToggle(this.reading.createQueryBuilder('targeting'), environmentId)
      .andWhere('toggle.projectId = :projectId AND toggle.key IN (:...toggleKeys)', { projectId, toggleKeys })
      .getMany() as Promise<TargetingOfToggle[]>;
  }

  /** Writes what changes of a row that the unit has locked. */
  async update(targeting: TargetingEntity): Promise<void> {
    const { id, version, disabled, content, status, publishedAt, trackAccessEvents, modifiedAt, modifiedBy } =
      targeting;
    await this.writing.update(
      { id },
      { version, disabled, content, status, publishedAt, trackAccessEvents, modifiedAt, modifiedBy },
    );
  }

  /** Writes where a targeting stands with its approval, and leaves what it serves alone. */
  async updateStatus({ id, status, modifiedAt, modifiedBy }: TargetingEntity): Promise<void> {
    await this.writing.update({ id }, { status, modifiedAt, modifiedBy });
  }

  /** Keeps the targeting as its present version; `approvalId` is of the approval that led to it. */
  async appendVersion(
    targeting: TargetingEntity,
    comment: string | null,
    approvalId?: number,
  ): Promise<void> {
    await this.manager.getRepository(TargetingVersionEntity).insert({
      organizationId: targeting.organizationId,
      targetingId: targeting.id,
      version: targeting.version,
      comment,
      content: targeting.content,
      disabled: targeting.disabled,
      createdAt: targeting.modifiedAt,
      createdBy: targeting.modifiedBy,
      approvalId: approvalId ?? null,
    });
  }

  /** One page of a targeting's history, newest first, and how long it is; with `below`, only of versions before that. */
  async listVersions(
    targetingId: number,
    below: number | undefined,
    page: PageQuery,
  ): Promise<[TargetingVersionEntity[], number]> {
    return this.#versions.findAndCount({
      where: { targetingId, ...(below === undefined ? {} : { version: LessThan(below) }) },
      order: { version: 'DESC' },
      skip: page.pageIndex * page.pageSize,
      take: page.pageSize,
    });
  }

  /** A targeting's history from a version on, newest first. */
  async versionsFrom(targetingId: number, version: number): Promise<TargetingVersionEntity[]> {
    return this.#versions.find({
      where: { targetingId, version: MoreThanOrEqual(version) },
      order: { version: 'DESC' },
    });
  }

  async countVersions(targetingId: number): Promise<number> {
    return this.#versions.countBy({ targetingId });
  }

  /** One page of the targetings that refer to a segment, newest first, without their content, and how many there are. */
  async listUsingSegment(segmentId: number, page: PageQuery): Promise<[TargetingOfToggle[], number]> {
    const query = this.reading
      .createQueryBuilder('targeting')
      .innerJoin(TargetingSegmentEntity, 'reference', 'reference.targetingId = targeting.id')
      .innerJoinAndMapOne('targeting.toggle', ToggleEntity, 'toggle', 'toggle.id = targeting.toggleId')
      .where('reference.segmentId = :segmentId', { segmentId })
      .select([
        'targeting.id',
        'targeting.environmentId',
        'targeting.disabled',
        'targeting.trackAccessEvents',
      ])
      .addSelect(TOGGLE_COLUMNS)
      .orderBy('targeting.createdAt', 'DESC')
      .addOrderBy('targeting.id', 'DESC')
      .offset(page.pageIndex * page.pageSize)
      .limit(page.pageSize);
    return query.getManyAndCount() as Promise<[TargetingOfToggle[], number]>;
  }

  get #versions() {
    return this.unitOfWork.reader.getRepository(TargetingVersionEntity);
  }
}

function ofToggle(
  query: SelectQueryBuilder<TargetingEntity>,
  environmentId: number,
): SelectQueryBuilder<TargetingEntity> {
  return query
    .innerJoinAndMapOne('targeting.toggle', ToggleEntity, 'toggle', 'toggle.id = targeting.toggleId')
    .select(['targeting', ...TOGGLE_COLUMNS])
    .where('targeting.environmentId = :environmentId', { environmentId });
}
