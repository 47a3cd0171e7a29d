import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/index.js';
import { DomainError, notFound } from '../platform/errors/index.js';
import { AuditStamps, type Principal } from '../platform/http/index.js';
import type { MemberEntity } from './member.entity.js';
import type { ModifyPasswordRequest } from './member-requests.dto.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { PasswordHasher } from './password-hasher.js';
import { RaisedEpoch } from './raised-epoch.js';

/** Changes passwords. A new password ends all sessions of its member but the one that set it. */
@Injectable()
export class MemberPasswords {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly hasher: PasswordHasher,
    private readonly stamps: AuditStamps,
    private readonly raisedEpoch: RaisedEpoch,
  ) {}

  /** The hash of a new password. Call it before the unit of work. */
  hash(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /** Puts a new password into a locked member, not yet saved. */
  set(principal: Principal, member: MemberEntity, passwordHash: string): void {
    member.passwordHash = passwordHash;
    member.sessionEpoch += 1;
    if (member.id === principal.memberId) this.raisedEpoch.note(member.sessionEpoch);
  }

  /**
   * Changes the caller's own password. Records no event, as upstream doesn't.
   * @throws DomainError `invalid_old_password`.
   */
  async modifyOwn(principal: Principal, request: ModifyPasswordRequest): Promise<void> {
    const { oldPassword, newPassword } = request;
    const known = await this.memberships.findByMember(principal.organizationId, principal.memberId);
    const oldHash = known?.member.passwordHash ?? undefined;
    if (oldHash === undefined || !(await this.hasher.matches(oldHash, oldPassword)))
      throw new DomainError('invalid_old_password');
    const newHash = await this.hasher.hash(newPassword);
    await this.unitOfWork.run(async () => {
      const row = await this.memberships.lockByAccount(principal.organizationId, principal.account);
      if (!row) throw notFound('member', principal.account);
      // Somebody else set another one while this was being checked: what was checked counts no more.
      if (row.member.passwordHash !== oldHash) throw new DomainError('invalid_old_password');
      this.set(principal, row.member, newHash);
      this.stamps.modified(row.member);
      await this.members.save(row.member);
    });
  }
}
