import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsPlainText, PageQuery } from '../../platform/http/index.js';
import { contentSchema, type TargetingContent } from '../../targeting-rules/index.js';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../approvals/approval-machine.js';
import type { ApprovalRecordEntity } from '../approvals/approval-record.entity.js';
import { RawMember } from '../raw-member.js';
import { parseContent } from './content.js';
import { RELEASE_STATUSES, type ReleaseStatus } from './release-status.js';
import type { TargetingEntity, TargetingVersionEntity } from './targeting.entity.js';

/** Width of the column. */
const MAX_COMMENT_LENGTH = 1024;

/** Largest number the column holds. */
const MAX_VERSION = 2 ** 31 - 1;

/** A change of what a toggle serves. Without content and disabled flag, only the tracking of access events is set. */
export class PublishTargetingDto {
  @ApiProperty({
    required: false,
    nullable: true,
    allOf: [contentSchema('TargetingContentChange')],
  })
  @IsOptional()
  @RawMember()
  content?: unknown;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'go live',
    maxLength: MAX_COMMENT_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_COMMENT_LENGTH)
  comment?: string | null;

  @ApiProperty({ required: false, type: Boolean, nullable: true, example: false })
  @IsOptional()
  @IsBoolean()
  disabled?: boolean | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    example: 1,
    description: 'The version the change started from; refused when the targeting is at another.',
  })
  @IsOptional()
  @IsInt()
  baseVersion?: number | null;

  @ApiProperty({ required: false, type: Boolean, nullable: true, example: true })
  @IsOptional()
  @IsBoolean()
  trackAccessEvents?: boolean | null;
}

/** Which versions of a targeting are wanted. */
export class TargetingVersionQuery extends PageQuery {
  @ApiProperty({ required: false, example: 7, description: 'Only versions below this one.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  version?: number;
}

/** The version that a path names. */
export class VersionParam {
  @ApiProperty({ example: 7 })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_VERSION)
  version!: number;
}

/** What a toggle serves in one environment, as clients and receivers see it after a change. */
export class TargetingDto {
  @ApiProperty({ allOf: [contentSchema('TargetingContent')] })
  content!: TargetingContent;

  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({ example: 3 })
  version!: number;

  @ApiProperty({ enum: RELEASE_STATUSES })
  status!: ReleaseStatus;

  @ApiProperty({ example: false, description: 'Publishing needs an approval.' })
  enableApproval!: boolean;

  @ApiProperty({ example: false, description: 'An approval is under way.' })
  locked!: boolean;

  @ApiProperty({ type: Date })
  publishTime!: Date;

  @ApiProperty({ type: Date })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  @ApiProperty({ example: false })
  trackAccessEvents!: boolean;

  /** The answer to a publishing: its approval fields say nothing, as upstream. */
  static from(entity: TargetingEntity): TargetingDto {
    return {
      content: parseContent(entity.content),
      disabled: entity.disabled,
      version: entity.version,
      status: entity.status,
      enableApproval: false,
      locked: false,
      publishTime: new Date(entity.publishedAt),
      modifiedTime: new Date(entity.modifiedAt),
      modifiedBy: entity.modifiedBy,
      trackAccessEvents: entity.trackAccessEvents,
    };
  }
}

/** The keys a targeting belongs to, as they are, whatever case the path used. */
export interface TargetingKeys {
  readonly projectKey: string;
  readonly environmentKey: string;
  readonly toggleKey: string;
}

/** A targeting as it was published once. */
export class TargetingVersionDto implements TargetingKeys {
  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ example: 'online' })
  environmentKey!: string;

  @ApiProperty({ example: 'new_checkout' })
  toggleKey!: string;

  @ApiProperty({ required: false, example: 'go live' })
  comment?: string;

  @ApiProperty({ allOf: [contentSchema('TargetingContent')] })
  content!: TargetingContent;

  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({ example: 2 })
  version!: number;

  @ApiProperty({ type: Date })
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty({ required: false, enum: APPROVAL_STATUSES, description: 'Of the approval that led to it.' })
  approvalStatus?: ApprovalStatus;

  @ApiProperty({ required: false, example: 'Admin' })
  approvalBy?: string;

  @ApiProperty({ required: false, type: Date })
  approvalTime?: Date;

  @ApiProperty({ required: false, example: 'looks good' })
  approvalComment?: string;

  /** `approval` led to this version; undefined where it was published directly. */
  static from(
    entity: TargetingVersionEntity,
    keys: TargetingKeys,
    approval: ApprovalRecordEntity | undefined,
  ): TargetingVersionDto {
    return {
      ...keys,
      comment: entity.comment ?? undefined,
      content: parseContent(entity.content),
      disabled: entity.disabled,
      version: entity.version,
      createdTime: new Date(entity.createdAt),
      createdBy: entity.createdBy,
      ...(approval && {
        approvalStatus: approval.status,
        approvalBy: approval.approvedBy ?? undefined,
        approvalTime: new Date(approval.modifiedAt),
        approvalComment: approval.comment ?? undefined,
      }),
    };
  }
}

/** The versions from one on, newest first. */
export class TargetingVersionsDto {
  @ApiProperty({ example: 7, description: 'How many versions there are at all.' })
  total!: number;

  @ApiProperty({ type: [TargetingVersionDto] })
  versions!: TargetingVersionDto[];
}
