import { randomInt } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../platform/config/index.js';
import { isUniqueViolation, UnitOfWork } from '../platform/database/index.js';
import { MemberRepository } from './member.repository.js';
import { NewMembers } from './new-members.js';
import { FIRST_ORGANIZATION_ID } from './organization.entity.js';
import { OrganizationRepository } from './organization.repository.js';
import { PasswordHasher } from './password-hasher.js';

const ORGANIZATION_NAME = 'Default Organize';
const ACCOUNT = 'Admin';
const SOURCE = 'SYSTEM';
const PASSWORD_LENGTH = 20;

/** Letters and digits that no font makes look alike. */
const PASSWORD_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

/**
 * Makes, where nobody is a member yet, the organization and the account `Admin`, its owner. Processes that start at once
 * on one database make them once: all insert the same organization id, and all but the first fail on it.
 */
@Injectable()
export class FirstAccount implements OnModuleInit {
  #generatedPassword: string | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly unitOfWork: UnitOfWork,
    private readonly organizations: OrganizationRepository,
    private readonly members: MemberRepository,
    private readonly newMembers: NewMembers,
    private readonly passwords: PasswordHasher,
  ) {}

  /** The password made up by this very start, to be shown to whoever started it; absent otherwise. Never log it. */
  get generatedPassword(): string | undefined {
    return this.#generatedPassword;
  }

  async onModuleInit(): Promise<void> {
    if (await this.members.anyExists()) return;
    const given = this.settings.adminPassword;
    const password = given ?? randomPassword();
    const passwordHash = await this.passwords.hash(password);
    if ((await this.#make(passwordHash)) && given === undefined) this.#generatedPassword = password;
  }

  /** Answers false when another process was faster. */
  async #make(passwordHash: string): Promise<boolean> {
    try {
      await this.unitOfWork.run(() => this.#insert(passwordHash));
      return true;
    } catch (error) {
      if (isUniqueViolation(error) && (await this.members.anyExists())) return false;
      throw error;
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
  }
}

function randomPassword(): string {
  const characters = Array.from({ length: PASSWORD_LENGTH }, () =>
    PASSWORD_CHARACTERS.charAt(randomInt(PASSWORD_CHARACTERS.length)),
  );
  return characters.join('');
}
