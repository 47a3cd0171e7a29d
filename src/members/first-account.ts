import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isUniqueViolation, UnitOfWork } from '../platform/database/index.js';
import { InitialPassword } from './initial-password.js';
import { MemberRepository } from './member.repository.js';
import { NewMembers } from './new-members.js';
import { FIRST_ORGANIZATION_ID } from './organization.entity.js';
import { OrganizationRepository } from './organization.repository.js';
import { PasswordHasher } from './password-hasher.js';

const ORGANIZATION_NAME = 'Default Organize';
const ACCOUNT = 'Admin';
const SOURCE = 'SYSTEM';

/**
 * Makes, where nobody is a member yet, the organization and the account `Admin`, its owner. Processes that start at once
 * on one database make them once: all insert the same organization id, and all but the first fail on it.
 */
@Injectable()
export class FirstAccount implements OnModuleInit {
  constructor(
    private readonly password: InitialPassword,
    private readonly unitOfWork: UnitOfWork,
    private readonly organizations: OrganizationRepository,
    private readonly members: MemberRepository,
    private readonly newMembers: NewMembers,
    private readonly passwords: PasswordHasher,
  ) {}

  async onModuleInit(): Promise<void> {
    if (await this.members.anyExists()) return;
    const passwordHash = await this.passwords.hash(this.password.text);
    try {
      await this.unitOfWork.run(() => this.#insert(passwordHash));
    } catch (error) {
      const anotherWasFaster = isUniqueViolation(error) && (await this.members.anyExists());
      if (!anotherWasFaster) throw error;
    }
  }

  async #insert(passwordHash: string): Promise<void> {
    const organizationId = FIRST_ORGANIZATION_ID;
    await this.organizations.insert(organizationId, ORGANIZATION_NAME);
    await this.newMembers.insert({
      account: ACCOUNT,
      passwordHash,
      organizationId,
      role: 'OWNER',
      source: SOURCE,
    });
    // Before the commit: a process that dies in between has shown a password of no use, and the next start shows another. The
    // other way round, an account could exist whose password nobody knows.
    this.password.announce(ACCOUNT);
  }
}
