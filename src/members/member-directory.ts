import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { UnitOfWork } from '../platform/database/index.js';
import type { MemberRole } from '../platform/http/index.js';
import type { MemberEntity } from './member.entity.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import type { OrganizationMemberEntity } from './organization-member.entity.js';

/** A member's place in one organization. */
export interface Membership {
  readonly organizationId: number;
  readonly organizationName: string;
  readonly role: MemberRole;
}

/** Somebody who may sign in now. */
export interface ActiveMember {
  readonly id: number;
  readonly account: string;
  readonly passwordHash: string | null;
  /** Sessions begun under a lower value have ended. */
  readonly sessionEpoch: number;
  /** The oldest first; one at least, but for members found by account. */
  readonly memberships: readonly Membership[];
}

/** What signing in needs to know of members, always as it is at this moment. One query a call. */
@Injectable()
export class MemberDirectory {
  constructor(
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Undefined for members who are deleted or inactive, stand for an access token, or belong to no organization. */
  async findActive(memberId: number): Promise<ActiveMember | undefined> {
    return toActiveMember(await this.memberships.listActiveOf(memberId));
  }

  /** The same for an access token's caller: its owner, or the member that stands for it. */
  async findActing(memberId: number): Promise<ActiveMember | undefined> {
    return toActiveMember(await this.memberships.listActingOf(memberId));
  }

  /** The same by account, whatever its case; also somebody who belongs to no organization. */
  async findActiveByAccount(account: string): Promise<ActiveMember | undefined> {
    const known = toActiveMember(await this.memberships.listActiveByAccount(account));
    if (known) return known;
    const member = await this.members.findActiveByAccount(account);
    return member ? describe(member, []) : undefined;
  }

  /** Notes that a member signed in. */
  async noteSignIn(memberId: number, organizationId: number): Promise<void> {
    const now = this.clock.now();
    await this.unitOfWork.run(async () => {
      await this.memberships.signedIn(organizationId, memberId, now);
      await this.members.visited(memberId, now);
    });
  }

  /** Notes that a member was here. */
  async noteVisit(memberId: number): Promise<void> {
    await this.unitOfWork.run(() => this.members.visited(memberId, this.clock.now()));
  }
}

function toActiveMember(rows: readonly OrganizationMemberEntity[]): ActiveMember | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const memberships = rows.map(({ organizationId, organization, role }) => ({
    organizationId,
    organizationName: organization.name,
    role,
  }));
  return describe(first.member, memberships);
}

function describe(member: MemberEntity, memberships: readonly Membership[]): ActiveMember {
  const { id, account, passwordHash, sessionEpoch } = member;
  return { id, account, passwordHash, sessionEpoch, memberships };
}
