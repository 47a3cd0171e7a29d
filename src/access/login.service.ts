import { Injectable } from '@nestjs/common';
import { MemberDirectory, NewOrganizations, type ActiveMember, type Membership } from '../members/index.js';
import { DomainError } from '../platform/errors/index.js';
import { Credentials } from './credentials.js';
import type { LoginRequest, LoginResponse } from './login.dto.js';
import { Sessions } from './sessions.js';

/** Lets members in. */
@Injectable()
export class LoginService {
  constructor(
    private readonly credentials: Credentials,
    private readonly members: MemberDirectory,
    private readonly organizations: NewOrganizations,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Begins a session in the organization asked for, else in the member's first.
   * @throws DomainError `forbidden` for wrong credentials and for an organization that is not the member's;
   * `organization_needed` for a member without any; `too_many_attempts`.
   */
  async login(request: LoginRequest, address: string): Promise<LoginResponse> {
    const { account, password } = request;
    const known = await this.credentials.check({ account, password, address });
    const member = await this.#withOrganization(known, request);
    const { organizationId, role } = chooseMembership(member, request.organizationId);
    await this.members.noteSignIn(member.id, organizationId);
    const token = await this.sessions.issue(member, organizationId);
    return { account: member.account, role, organizeId: organizationId, token };
  }

  async #withOrganization(
    member: ActiveMember,
    { initializeOrganization }: LoginRequest,
  ): Promise<ActiveMember> {
    if (member.memberships.length > 0) return member;
    if (initializeOrganization !== 'true') throw new DomainError('organization_needed');
    await this.organizations.makeFor(member.id);
    const now = await this.members.findActive(member.id);
    if (!now) throw new DomainError('forbidden');
    return now;
  }
}

function chooseMembership({ memberships }: ActiveMember, organizationId: string | undefined): Membership {
  const chosen =
    organizationId === undefined || organizationId === null
      ? memberships[0]
      : memberships.find((membership) => String(membership.organizationId) === organizationId);
  if (!chosen) throw new DomainError('forbidden');
  return chosen;
}
