import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/index.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { NewMembers } from './new-members.js';
import { OrganizationRepository } from './organization.repository.js';

const ORGANIZATION_NAME = 'Default Organization';

/** Gives members who belong to no organization one of their own. */
@Injectable()
export class NewOrganizations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly organizations: OrganizationRepository,
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly newMembers: NewMembers,
  ) {}

  /** Makes an organization with the member as its owner, unless the member has one by now: two calls at once make one. */
  async makeFor(memberId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const member = await this.members.lockActive(memberId);
      if (!member || (await this.memberships.anyOf(memberId))) return;
      const organizationId = await this.organizations.create(ORGANIZATION_NAME);
      await this.newMembers.join(member, organizationId, 'OWNER', member.account);
    });
  }
}
