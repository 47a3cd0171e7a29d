import { ApiProperty } from '@nestjs/swagger';
import type { MemberRole } from '../platform/http/index.js';
import type { OrganizationMemberEntity } from './organization-member.entity.js';

/** A member as changes answer it, and as events carry it. */
export class MemberDto {
  @ApiProperty({ example: 'bob' })
  account!: string;

  @ApiProperty({ required: false, enum: ['OWNER', 'WRITER'] })
  role?: MemberRole;

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty()
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  /** Without a role for a deleted member. */
  static from({ member, role, valid }: OrganizationMemberEntity): MemberDto {
    return {
      account: member.account,
      ...(valid ? { role } : {}),
      createdTime: new Date(member.createdAt),
      createdBy: member.createdBy,
      modifiedTime: new Date(member.modifiedAt),
      modifiedBy: member.modifiedBy,
    };
  }
}

/** A member as lists show it. */
export class MemberItem {
  @ApiProperty({ example: 'bob' })
  account!: string;

  @ApiProperty({ required: false, example: 'Bob' })
  nickname?: string;

  @ApiProperty({ enum: ['OWNER', 'WRITER'] })
  role!: MemberRole;

  @ApiProperty({ description: 'Whether the caller may change or delete this member.' })
  allowEdit!: boolean;

  @ApiProperty({ required: false, example: 'Admin' })
  createdBy?: string;

  @ApiProperty({ required: false, description: 'To the minute; absent before the first visit.' })
  visitedTime?: Date;

  @ApiProperty({ required: false, example: 'Default Organize' })
  organizationName?: string;

  @ApiProperty({ required: false, example: 1 })
  organizationId?: number;

  @ApiProperty({ required: false, description: 'False for deleted members.' })
  valid?: boolean;

  @ApiProperty({ required: false, example: 'Admin' })
  organizationMemberCreateBy?: string;

  static from(membership: OrganizationMemberEntity, allowEdit: boolean): MemberItem {
    const { member } = membership;
    return {
      account: member.account,
      ...(member.nickname === null ? {} : { nickname: member.nickname }),
      role: membership.role,
      allowEdit,
      createdBy: member.createdBy,
      ...(member.visitedAt === null ? {} : { visitedTime: new Date(member.visitedAt) }),
      valid: membership.valid,
      organizationMemberCreateBy: membership.createdBy,
    };
  }

  /** The caller itself: what the UI's header shows. */
  static current({ member, organization, role }: OrganizationMemberEntity, allowEdit: boolean): MemberItem {
    return {
      account: member.account,
      ...(member.nickname === null ? {} : { nickname: member.nickname }),
      role,
      allowEdit,
      organizationName: organization.name,
      organizationId: organization.id,
    };
  }
}
