import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { narrowToText, RepositoryBase, UnitOfWork } from '../../../platform/database/index.js';
import type { PageQuery } from '../../../platform/http/index.js';
import { ToggleEntity } from '../../toggle.entity.js';
import type { ApprovalStatus } from '../approval-machine.js';
import { ApprovalRecordEntity, ApprovalReviewerEntity } from '../approval-record.entity.js';
import { TargetingSketchEntity } from '../targeting-sketch.entity.js';

/** What a list shows of an approval. */
export type ListedApproval = ApprovalRecordEntity & {
  sketch: Pick<TargetingSketchEntity, 'status' | 'comment' | 'createdAt'>;
  toggle: Pick<ToggleEntity, 'key' | 'name'>;
};

/** Which approvals of an organization are wanted; absent members don't narrow, those present hold all at once. */
export interface ApprovalCriteria {
  /** Account of one of the reviewers. */
  readonly reviewer?: string;
  /** Account of who submitted. */
  readonly submitter?: string;
  readonly statuses?: readonly ApprovalStatus[];
  /** Text in the toggle's name or the title. */
  readonly keyword?: string;
}

/** Approvals of a whole organization, in archived projects, environments and of archived toggles too. */
@Injectable()
export class ApprovalListRepository extends RepositoryBase<ApprovalRecordEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ApprovalRecordEntity);
  }

  /** One page, newest first, and how many there are. Contents may be long, and a list doesn't show them. */
  async list(
    organizationId: number,
    criteria: ApprovalCriteria,
    page: PageQuery,
  ): Promise<[ListedApproval[], number]> {
    const query = this.reading
      .createQueryBuilder('record')
      .innerJoinAndMapOne('record.toggle', ToggleEntity, 'toggle', 'toggle.id = record.toggleId')
      .innerJoinAndMapOne('record.sketch', TargetingSketchEntity, 'sketch', 'sketch.approvalId = record.id')
      .select(['record', 'toggle.id', 'toggle.key', 'toggle.name'])
      .addSelect(['sketch.id', 'sketch.status', 'sketch.comment', 'sketch.createdAt'])
      .where('record.organizationId = :organizationId', { organizationId })
      .orderBy('record.createdAt', 'DESC')
      .addOrderBy('record.id', 'DESC')
      .offset(page.pageIndex * page.pageSize)
      .limit(page.pageSize);
    narrow(query, criteria);
    return query.getManyAndCount() as Promise<[ListedApproval[], number]>;
  }

  /** How many approvals of a status somebody reviews. */
  async countOfReviewer(organizationId: number, reviewer: string, status: ApprovalStatus): Promise<number> {
    const query = this.reading
      .createQueryBuilder('record')
      .where('record.organizationId = :organizationId', { organizationId });
    narrow(query, { reviewer, statuses: [status] });
    return query.getCount();
  }
}

function narrow(
  query: SelectQueryBuilder<ApprovalRecordEntity>,
  { reviewer, submitter, statuses, keyword }: ApprovalCriteria,
): void {
  if (statuses !== undefined) query.andWhere('record.status IN (:...statuses)', { statuses });
  if (submitter !== undefined) query.andWhere('record.createdBy = :submitter', { submitter });
  if (keyword !== undefined) narrowToText(query, ['toggle.name', 'record.title'], keyword);
  if (reviewer !== undefined) {
    query.innerJoin(
      ApprovalReviewerEntity,
      'reviewer',
      'reviewer.approvalId = record.id AND reviewer.account = :reviewer',
      { reviewer },
    );
  }
}
