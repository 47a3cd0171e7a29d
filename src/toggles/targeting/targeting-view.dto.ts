import { ApiProperty, OmitType } from '@nestjs/swagger';
import type { EnvironmentRef } from '../../environments/index.js';
import type { ApprovalStatus } from '../approvals/approval-machine.js';
import type { Approval } from '../approvals/approval.repository.js';
import { parseContent } from './content.js';
import { TargetingDto } from './targeting.dto.js';
import type { TargetingEntity } from './targeting.entity.js';

/** While an approval is under way its status, else RELEASE. */
const VIEW_STATUSES = ['RELEASE', 'PENDING', 'PASS', 'REJECT'] as const;

/** A targeting as it is read: with what the environment demands, and as it is to be while an approval is under way. */
export class TargetingViewDto extends OmitType(TargetingDto, ['status']) {
  @ApiProperty({ enum: VIEW_STATUSES, description: 'That of the approval under way, if there is one.' })
  status!: ApprovalStatus | 'RELEASE';

  @ApiProperty({ example: false, description: 'Tracking can be switched on: there is a metric.' })
  allowEnableTrackAccessEvents!: boolean;

  @ApiProperty({ required: false, type: Date, description: 'When the change under way was submitted.' })
  lockedTime?: Date;

  @ApiProperty({ required: false, example: 'bob', description: 'Who submitted the change under way.' })
  submitBy?: string;

  @ApiProperty({ required: false, example: 'Admin', description: 'Who decided about it.' })
  approvalBy?: string;

  @ApiProperty({ required: false, example: 'looks good' })
  approvalComment?: string;

  @ApiProperty({
    required: false,
    type: [String],
    example: ['Admin'],
    description: 'Who reviews the change under way, or would review one.',
  })
  reviewers?: string[];

  /** `pending` is the approval under way, null where the targeting isn't locked; `mayTrack`: tracking can be switched on. */
  static view(
    targeting: TargetingEntity,
    { enableApproval, reviewers }: EnvironmentRef,
    { pending, mayTrack }: { readonly pending: Approval | null; readonly mayTrack: boolean },
  ): TargetingViewDto {
    return {
      ...TargetingDto.from(targeting),
      status: 'RELEASE',
      enableApproval,
      allowEnableTrackAccessEvents: mayTrack,
      ...(enableApproval && { reviewers: [...reviewers] }),
      ...(pending && changeUnderWay(pending)),
    };
  }
}

/** What shows the change under way in place of what is served. */
function changeUnderWay(approval: Approval): Partial<TargetingViewDto> {
  const { sketch } = approval;
  return {
    content: parseContent(sketch.content),
    disabled: sketch.disabled,
    version: sketch.oldVersion + 1,
    status: approval.status,
    locked: true,
    lockedTime: new Date(sketch.createdAt),
    modifiedTime: new Date(sketch.modifiedAt),
    modifiedBy: sketch.modifiedBy,
    submitBy: approval.createdBy,
    approvalBy: approval.approvedBy ?? undefined,
    approvalComment: approval.comment ?? undefined,
    reviewers: approval.reviewers,
  };
}
