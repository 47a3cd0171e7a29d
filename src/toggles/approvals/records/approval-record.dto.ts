import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsIn, IsOptional } from 'class-validator';
import { IsPlainText, PageQuery, ToList } from '../../../platform/http/index.js';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../approval-machine.js';
import type { ListedApproval } from './approval-list.repository.js';

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

/** Whose approvals: those that the caller reviews, or those that the caller submitted. */
export const APPROVAL_LIST_TYPES = ['APPROVAL', 'APPLY'] as const;
export type ApprovalListType = (typeof APPROVAL_LIST_TYPES)[number];

/** Which approvals are wanted. */
export class ApprovalRecordQuery extends PageQuery {
  @ApiProperty({
    required: false,
    enum: APPROVAL_LIST_TYPES,
    default: 'APPROVAL',
    description: 'Those to review, or those submitted.',
  })
  @IsOptional()
  @IsIn(APPROVAL_LIST_TYPES)
  type: ApprovalListType = 'APPROVAL';

  @ApiProperty({
    required: false,
    enum: APPROVAL_STATUSES,
    isArray: true,
    example: ['PENDING'],
    description: 'Those at any of these.',
  })
  @IsOptional()
  @ToList()
  @IsIn(APPROVAL_STATUSES, { each: true })
  @IsArray()
  status?: ApprovalStatus[];

  @ApiProperty({
    required: false,
    example: 'checkout',
    description: 'Text in the toggle’s name or the title.',
  })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  keyword?: string;
}

/** Which approvals are counted. */
export class ApprovalTotalQuery {
  @ApiProperty({ required: false, enum: APPROVAL_STATUSES, default: 'PENDING' })
  @IsOptional()
  @IsIn(APPROVAL_STATUSES)
  status: ApprovalStatus = 'PENDING';
}

/** How many approvals the caller reviews. */
export class ApprovalTotalDto {
  @ApiProperty({ example: 3 })
  total!: number;
}

/** What the places of an approval are called. */
export interface PlaceNames {
  readonly project?: { readonly key: string; readonly name: string };
  readonly environment?: { readonly key: string; readonly name: string };
}

/** An approval as a line of a list. */
export class ApprovalRecordDto {
  @ApiProperty({ example: 'go live', description: "The submitter's comment." })
  title!: string;

  @ApiProperty({ example: 'Shop' })
  projectName!: string;

  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ example: 'New checkout' })
  toggleName!: string;

  @ApiProperty({ example: 'new_checkout' })
  toggleKey!: string;

  @ApiProperty({ example: 'Online' })
  environmentName!: string;

  @ApiProperty({ example: 'online' })
  environmentKey!: string;

  @ApiProperty({ enum: APPROVAL_STATUSES })
  status!: ApprovalStatus;

  @ApiProperty({ example: 'bob' })
  submitBy!: string;

  @ApiProperty({ example: true, description: 'The change waits to be decided, published or cancelled.' })
  locked!: boolean;

  @ApiProperty({ required: false, type: Date })
  lockedTime?: Date;

  @ApiProperty({ type: [String], example: ['Admin'] })
  reviewers!: string[];

  @ApiProperty({ example: '', description: 'Account of whoever decided; empty as long as nobody did.' })
  approvedBy!: string;

  @ApiProperty({ required: false, example: 'looks good' })
  comment?: string;

  @ApiProperty({ type: Date })
  createdTime!: Date;

  @ApiProperty({ type: Date })
  modifiedTime!: Date;

  @ApiProperty({ example: false, description: 'The change was given up.' })
  canceled!: boolean;

  @ApiProperty({ required: false, example: 'no longer needed' })
  cancelReason?: string;

  static from(record: ListedApproval, { project, environment }: PlaceNames): ApprovalRecordDto {
    const { sketch, toggle } = record;
    const locked = sketch.status === 'PENDING';
    const canceled = sketch.status === 'CANCEL';
    return {
      title: record.title ?? '',
      projectName: project?.name ?? '',
      projectKey: project?.key ?? '',
      toggleName: toggle.name,
      toggleKey: toggle.key,
      environmentName: environment?.name ?? '',
      environmentKey: environment?.key ?? '',
      status: record.status,
      submitBy: record.createdBy,
      locked,
      lockedTime: locked ? new Date(sketch.createdAt) : undefined,
      reviewers: record.reviewers,
      approvedBy: record.approvedBy ?? '',
      comment: record.comment ?? undefined,
      createdTime: new Date(record.createdAt),
      modifiedTime: new Date(record.modifiedAt),
      canceled,
      cancelReason: (canceled ? sketch.comment : null) ?? undefined,
    };
  }
}
