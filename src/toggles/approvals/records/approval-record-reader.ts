import { Injectable } from '@nestjs/common';
import { EnvironmentService } from '../../../environments/index.js';
import { type Page, pageOf, type Principal } from '../../../platform/http/index.js';
import { ProjectService } from '../../../projects/index.js';
import { ApprovalListRepository } from './approval-list.repository.js';
import {
  ApprovalRecordDto,
  type ApprovalRecordQuery,
  type ApprovalTotalDto,
  type ApprovalTotalQuery,
} from './approval-record.dto.js';

/** Shows members the approvals that concern them, in all projects of their organization. */
@Injectable()
export class ApprovalRecordReader {
  constructor(
    private readonly approvals: ApprovalListRepository,
    private readonly projects: ProjectService,
    private readonly environments: EnvironmentService,
  ) {}

  /** One page, newest first; but on it those come first whose change is still under way, as upstream. */
  async list(
    { account, organizationId }: Principal,
    query: ApprovalRecordQuery,
  ): Promise<Page<ApprovalRecordDto>> {
    const { type, keyword, status = [] } = query;
    const criteria = {
      keyword,
      statuses: status.length > 0 ? status : undefined,
      ...(type === 'APPLY' ? { submitter: account } : { reviewer: account }),
    };
    const [records, total] = await this.approvals.list(organizationId, criteria, query);
    const projects = await this.projects.findNames(organizationId, distinct(records, 'projectId'));
    const environments = await this.environments.findByIds(distinct(records, 'environmentId'));
    const lines = records.map((record) =>
      ApprovalRecordDto.from(record, {
        project: projects.get(record.projectId),
        environment: environments.get(record.environmentId),
      }),
    );
    return pageOf(
      lines.toSorted((a, b) => Number(b.locked) - Number(a.locked)),
      total,
      query,
    );
  }

  /** How many approvals of a status the caller reviews. */
  async total(
    { account, organizationId }: Principal,
    { status }: ApprovalTotalQuery,
  ): Promise<ApprovalTotalDto> {
    return { total: await this.approvals.countOfReviewer(organizationId, account, status) };
  }
}

function distinct<Key extends string>(rows: readonly Record<Key, number>[], key: Key): number[] {
  return [...new Set(rows.map((row) => row[key]))];
}
