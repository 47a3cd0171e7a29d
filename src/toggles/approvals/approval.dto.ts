import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { IsPlainText } from '../../platform/http/index.js';
import { contentSchema, type TargetingContent } from '../../targeting-rules/index.js';
import { RawMember } from '../raw-member.js';
import { TargetingDto } from '../targeting/targeting.dto.js';
import { APPROVAL_STATUSES, type ApprovalStatus, DECISIONS, type Decision } from './approval-machine.js';

/** Width of the columns. */
const MAX_COMMENT_LENGTH = 1024;

const CONTENT_TEXT =
  '{"rules":[],"disabledServe":{"select":0},"defaultServe":{"select":1},"variations":[{"value":"false"},{"value":"true"}],"prerequisites":[]}';

/** A change that is to be approved. Who reviews it is the environment's affair, so reviewers in the request are ignored. */
export class SubmitApprovalDto {
  @ApiProperty({
    required: false,
    nullable: true,
    allOf: [contentSchema('TargetingContentChange')],
    description: 'What the toggle shall serve; left out, only whether it is disabled changes.',
  })
  @IsOptional()
  @RawMember()
  content?: unknown;

  @ApiProperty({ required: false, type: Boolean, nullable: true, example: false })
  @IsOptional()
  @IsBoolean()
  disabled?: boolean | null;

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
}

/** What is decided about a pending approval. */
export class DecideApprovalDto {
  @ApiProperty({
    enum: DECISIONS,
    description: 'PASS and REJECT are for reviewers; JUMP, which publishes at once, and REVOKE for owners.',
  })
  @IsIn(DECISIONS)
  status!: Decision;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'looks good',
    maxLength: MAX_COMMENT_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_COMMENT_LENGTH)
  comment?: string | null;

  @ApiProperty({
    required: false,
    type: Boolean,
    nullable: true,
    example: true,
    description: 'For JUMP, as for a publishing.',
  })
  @IsOptional()
  @IsBoolean()
  trackAccessEvents?: boolean | null;
}

/** How an approved change is published. */
export class PublishSketchDto {
  @ApiProperty({ required: false, type: Boolean, nullable: true, example: true })
  @IsOptional()
  @IsBoolean()
  trackAccessEvents?: boolean | null;
}

/** Why a change is given up. */
export class CancelSketchDto {
  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'no longer needed',
    maxLength: MAX_COMMENT_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_COMMENT_LENGTH)
  comment?: string | null;
}

/** A state of a targeting inside an approval. */
export class ApprovalDataDto {
  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({ example: CONTENT_TEXT, description: 'The content as JSON text.' })
  content!: string;
}

/** An approval as clients and receivers see it after a change. */
export class ApprovalDto {
  @ApiProperty({ required: false, example: 'go live', description: "The submitter's comment." })
  title?: string;

  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ example: 'online' })
  environmentKey!: string;

  @ApiProperty({ example: 'new_checkout' })
  toggleKey!: string;

  @ApiProperty({ enum: APPROVAL_STATUSES })
  status!: ApprovalStatus;

  @ApiProperty({ required: false, example: 'looks good', description: 'Of whoever decided.' })
  comment?: string;

  @ApiProperty({ example: 'bob' })
  submitBy!: string;

  @ApiProperty({ type: Date, description: 'When it was submitted or decided.' })
  approvalDate!: Date;

  @ApiProperty({ description: 'What is served now.' })
  currentData!: ApprovalDataDto;

  @ApiProperty({ description: 'What shall be served.' })
  approvalData!: ApprovalDataDto;
}

/** A targeting whose sketch was cancelled. */
export class CanceledTargetingDto extends OmitType(TargetingDto, ['trackAccessEvents']) {}

/** What a pending change would change; empty where there is none. */
export class TargetingDiffDto {
  @ApiProperty({ required: false, example: false })
  currentDisabled?: boolean;

  @ApiProperty({ required: false, allOf: [contentSchema('TargetingContent')] })
  currentContent?: TargetingContent;

  @ApiProperty({ required: false, example: true })
  oldDisabled?: boolean;

  @ApiProperty({ required: false, allOf: [contentSchema('TargetingContent')] })
  oldContent?: TargetingContent;
}
