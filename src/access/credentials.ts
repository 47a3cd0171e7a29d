import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MemberDirectory, PasswordHasher, type ActiveMember } from '../members/index.js';
import { DomainError } from '../platform/errors/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { Log } from '../platform/log/logger.js';
import { LoginThrottle } from './login-throttle.js';

/** What somebody shows to be let in. */
export interface ShownCredentials {
  readonly account: string;
  readonly password: string;
  /** Where the call comes from. */
  readonly address: string;
}

/** Checks account and password. */
@Injectable()
export class Credentials implements OnModuleInit {
  #nobodysHash = '';

  constructor(
    private readonly members: MemberDirectory,
    private readonly passwords: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly ids: IdGenerator,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#nobodysHash = await this.passwords.hash(this.ids.uuid());
  }

  /**
   * The member whose credentials these are; possibly one that belongs to no organization.
   * @throws DomainError `forbidden` whatever is wrong, and after the same work, so that nobody learns which accounts
   * exist; `too_many_attempts` after too many failures.
   */
  async check({ account, password, address }: ShownCredentials): Promise<ActiveMember> {
    const member = await this.members.findActiveByAccount(account);
    const passed = await this.throttle.attempt({ account, address }, async () => {
      const matches = await this.passwords.matches(member?.passwordHash ?? this.#nobodysHash, password);
      return matches && typeof member?.passwordHash === 'string';
    });
    if (!passed || !member) {
      this.log.warn({ memberId: member?.id, address }, 'login refused');
      throw new DomainError('forbidden');
    }
    return member;
  }
}
