import { Injectable } from '@nestjs/common';
import { AuditStamps, type MemberRole } from '../platform/http/index.js';
import { ACTIVE, MemberEntity } from './member.entity.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { OrganizationMemberEntity } from './organization-member.entity.js';

/** What there is to know of a member before it exists. */
export interface NewMember {
  readonly account: string;
  /** Null: never signs in. */
  readonly passwordHash: string | null;
  readonly organizationId: number;
  readonly role: MemberRole;
  readonly source: string;
}

/** Inserts members together with their membership. */
@Injectable()
export class NewMembers {
  constructor(
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly stamps: AuditStamps,
  ) {}

  /** Needs a unit of work; fails with a unique violation when the account was ever taken. */
  async insert(given: NewMember): Promise<OrganizationMemberEntity> {
    const member = await this.members.save(
      Object.assign(new MemberEntity(), {
        ...this.stamps.created(),
        account: given.account,
        nickname: null,
        passwordHash: given.passwordHash,
        status: ACTIVE,
        source: given.source,
        deleted: false,
        sessionEpoch: 0,
        visitedAt: null,
      }),
    );
    return this.join(member, given.organizationId, given.role);
  }

  /** Takes a member into an organization, on its own word where nobody else is calling. Needs a unit of work. */
  async join(
    member: MemberEntity,
    organizationId: number,
    role: MemberRole,
    by?: string,
  ): Promise<OrganizationMemberEntity> {
    return this.memberships.save(
      Object.assign(new OrganizationMemberEntity(), {
        ...this.stamps.created(),
        ...(by === undefined ? {} : { createdBy: by, modifiedBy: by }),
        organizationId,
        memberId: member.id,
        member,
        role,
        valid: true,
        loginAt: null,
      }),
    );
  }
}
