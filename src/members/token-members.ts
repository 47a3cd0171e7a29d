import { Injectable } from '@nestjs/common';
import { AuditStamps, type MemberRole } from '../platform/http/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { ACCESS_TOKEN_SOURCE } from './member.entity.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { NewMembers } from './new-members.js';

/**
 * Accounts are unique over all organizations and for good, the names of tokens aren't: so a stand-in gets an account that
 * nobody sees. Its prefix keeps it from ever being a person's.
 */
const ACCOUNT_PREFIX = 'api:';

/** How somebody stands in an organization at this moment. */
export interface Standing {
  readonly role: MemberRole;
  /** Not so for the stand-in of an access token. */
  readonly isPerson: boolean;
}

/** The members that stand for access tokens: they have a role but no password, never sign in and are in no list. */
@Injectable()
export class TokenMembers {
  constructor(
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly newMembers: NewMembers,
    private readonly stamps: AuditStamps,
    private readonly ids: IdGenerator,
  ) {}

  /** Answers the member id. Needs a unit of work, as all here does. */
  async insertStandIn(organizationId: number, role: MemberRole): Promise<number> {
    const row = await this.newMembers.insert({
      account: ACCOUNT_PREFIX + this.ids.uuid(),
      passwordHash: null,
      organizationId,
      role,
      source: ACCESS_TOKEN_SOURCE,
    });
    return row.memberId;
  }

  async removeStandIn(organizationId: number, memberId: number): Promise<void> {
    const row = await this.memberships.lockActing(organizationId, memberId);
    if (row?.member.source !== ACCESS_TOKEN_SOURCE) return;
    row.member.deleted = true;
    row.valid = false;
    this.stamps.modified(row.member);
    this.stamps.modified(row);
    await this.members.save(row.member);
    await this.memberships.save(row);
  }

  /** Locks somebody's membership, a stand-in's too, until the unit ends; undefined where it has ended. */
  async lock(organizationId: number, memberId: number): Promise<Standing | undefined> {
    const row = await this.memberships.lockActing(organizationId, memberId);
    return row ? { role: row.role, isPerson: row.member.source !== ACCESS_TOKEN_SOURCE } : undefined;
  }
}
