import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MemberDirectory, PasswordHasher, type ActiveMember, type Membership } from '../members/index.js';
import { DomainError } from '../platform/errors/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { Log } from '../platform/log/logger.js';
import type { LoginRequest, LoginResponse } from './login.dto.js';
import { LoginThrottle } from './login-throttle.js';
import { Sessions } from './sessions.js';

/** Lets members in. */
@Injectable()
export class LoginService implements OnModuleInit {
  #nobodysHash = '';

  constructor(
    private readonly members: MemberDirectory,
    private readonly passwords: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly sessions: Sessions,
    private readonly ids: IdGenerator,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#nobodysHash = await this.passwords.hash(this.ids.uuid());
  }

  /**
   * Begins a session.
   * @throws DomainError `forbidden` whatever is wrong, and after the same work, so that nobody learns which accounts
   * exist; `too_many_attempts` after too many failures.
   */
  async login(request: LoginRequest, address: string): Promise<LoginResponse> {
    const member = await this.members.findActiveByAccount(request.account);
    const membership = member && chooseMembership(member, request.organizationId);
    const passed = await this.throttle.attempt({ account: request.account, address }, async () => {
      const matches = await this.passwords.matches(
        member?.passwordHash ?? this.#nobodysHash,
        request.password,
      );
      return matches && typeof member?.passwordHash === 'string' && membership !== undefined;
    });
    if (!passed || !member || !membership) {
      this.log.warn({ memberId: member?.id, address }, 'login refused');
      throw new DomainError('forbidden');
    }
    const { organizationId, role } = membership;
    await this.members.noteSignIn(member.id, organizationId);
    const token = await this.sessions.issue(member, organizationId);
    return { account: member.account, role, organizeId: organizationId, token };
  }
}

function chooseMembership(member: ActiveMember, organizationId: string | undefined): Membership | undefined {
  if (organizationId === undefined || organizationId === null) return member.memberships[0];
  return member.memberships.find((membership) => String(membership.organizationId) === organizationId);
}
