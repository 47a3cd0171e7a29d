import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../../platform/database/index.js';
import { ApprovalRecordEntity, ApprovalReviewerEntity } from './approval-record.entity.js';
import { TargetingSketchEntity } from './targeting-sketch.entity.js';

/** An approval with the change it is about. */
export type Approval = ApprovalRecordEntity & { sketch: TargetingSketchEntity };

/** That a change of a targeting is under way. */
export interface TargetingLock {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly by: string;
}

/**
 * Approvals and their sketches. Both are locked by the lock on their targeting, which every unit that changes them takes first.
 */
@Injectable()
export class ApprovalRepository extends RepositoryBase<ApprovalRecordEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ApprovalRecordEntity);
  }

  /** The newest approval of a targeting, which is the one that is acted on. */
  async findNewest(targetingId: number): Promise<Approval | null> {
    return withSketch(this.reading.createQueryBuilder('record'))
      .where('record.targetingId = :targetingId', { targetingId })
      .orderBy('record.id', 'DESC')
      .limit(1)
      .getOne() as Promise<Approval | null>;
  }

  /** The approval under way of a targeting; null where it isn't locked. */
  async findPending(targetingId: number): Promise<Approval | null> {
    return withSketch(this.reading.createQueryBuilder('record'))
      .where("sketch.targetingId = :targetingId AND sketch.status = 'PENDING'", { targetingId })
      .getOne() as Promise<Approval | null>;
  }

  /** By their ids, without their sketches. */
  async findRecords(ids: readonly number[]): Promise<Map<number, ApprovalRecordEntity>> {
    const found = ids.length === 0 ? [] : await this.reading.findBy({ id: In([...new Set(ids)]) });
    return new Map(found.map((record) => [record.id, record]));
  }

  /** Which of the targetings are locked, and by whose change. */
  async findLocks(targetingIds: readonly number[]): Promise<Map<number, TargetingLock>> {
    if (targetingIds.length === 0) return new Map();
    const sketches = await this.unitOfWork.reader
      .getRepository(TargetingSketchEntity)
      .createQueryBuilder('sketch')
      .select(['sketch.id', 'sketch.targetingId', 'sketch.createdAt', 'sketch.createdBy'])
      .where("sketch.targetingId IN (:...targetingIds) AND sketch.status = 'PENDING'", { targetingIds })
      .getMany();
    return new Map(
      sketches.map(({ targetingId, createdAt, createdBy }) => [
        targetingId,
        { at: createdAt, by: createdBy },
      ]),
    );
  }

  /** Which of the environments have approvals under way. */
  async environmentsUnderApproval(environmentIds: readonly number[]): Promise<Set<number>> {
    if (environmentIds.length === 0) return new Set();
    const rows = await this.unitOfWork.reader
      .getRepository(TargetingSketchEntity)
      .createQueryBuilder('sketch')
      .select('sketch.environmentId', 'id')
      .distinct(true)
      .where("sketch.environmentId IN (:...environmentIds) AND sketch.status = 'PENDING'", { environmentIds })
      .getRawMany<{ id: number }>();
    return new Set(rows.map(({ id }) => id));
  }

  /** Adds an approval, its sketch and the index of its reviewers. */
  async insert(
    record: Omit<ApprovalRecordEntity, 'id'>,
    sketch: Omit<TargetingSketchEntity, 'id' | 'approvalId'>,
  ): Promise<Approval> {
    const recordRow = Object.assign(new ApprovalRecordEntity(), record);
    await this.writing.insert(recordRow);
    const sketchRow = Object.assign(new TargetingSketchEntity(), sketch, { approvalId: recordRow.id });
    await this.manager.getRepository(TargetingSketchEntity).insert(sketchRow);
    const reviewers = record.reviewers.map((account) => ({ approvalId: recordRow.id, account }));
    if (reviewers.length > 0) await this.manager.getRepository(ApprovalReviewerEntity).insert(reviewers);
    return Object.assign(recordRow, { sketch: sketchRow });
  }

  /** Writes what a decision changes. */
  async updateRecord({
    id,
    status,
    comment,
    approvedBy,
    modifiedAt,
    modifiedBy,
  }: ApprovalRecordEntity): Promise<void> {
    await this.writing.update({ id }, { status, comment, approvedBy, modifiedAt, modifiedBy });
  }

  /** Writes what became of a change; its content stays. */
  async updateSketch({ id, status, comment, modifiedAt, modifiedBy }: TargetingSketchEntity): Promise<void> {
    const sketches = this.manager.getRepository(TargetingSketchEntity);
    await sketches.update({ id }, { status, comment, modifiedAt, modifiedBy });
  }
}

function withSketch(
  query: SelectQueryBuilder<ApprovalRecordEntity>,
): SelectQueryBuilder<ApprovalRecordEntity> {
  return query.innerJoinAndMapOne(
    'record.sketch',
    TargetingSketchEntity,
    'sketch',
    'sketch.approvalId = record.id',
  );
}
