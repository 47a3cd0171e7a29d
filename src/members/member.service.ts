import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { DomainError, notFound } from '../platform/errors/index.js';
import { AuditStamps, type Principal } from '../platform/http/index.js';
import { MemberDto } from './member.dto.js';
import { MemberPasswords } from './member-passwords.js';
import type { UpdateMemberRequest } from './member-requests.dto.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import type { OrganizationMemberEntity } from './organization-member.entity.js';
import { lockOwners, refuseLastOwner } from './owner-rule.js';

/** Changes members of the caller's organization. It always keeps an owner. */
@Injectable()
export class MemberService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly passwords: MemberPasswords,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
  ) {}

  /**
   * Changes what the request names.
   * @throws DomainError `forbidden` for a password or role by anyone but an owner, for the password of somebody who is in
   * another organization too, and for somebody else's nickname; `not_found`; `last_owner`.
   */
  async update(principal: Principal, request: UpdateMemberRequest): Promise<MemberDto> {
    const changes = withoutNulls(request);
    const ownersOnly = changes.password !== undefined || changes.role !== undefined;
    if (ownersOnly && principal.role !== 'OWNER') throw new DomainError('forbidden');
    const passwordHash =
      changes.password === undefined ? undefined : await this.passwords.hash(changes.password);
    return this.unitOfWork.run(async () => {
      const owners = ownersOnly ? await lockOwners(this.memberships, principal) : undefined;
      const row = await this.#lock(principal, request.account);
      if (owners && changes.role === 'WRITER') refuseLastOwner(owners, row);
      const before = MemberDto.from(row);
      await this.#apply(principal, row, { ...changes, passwordHash });
      const data = MemberDto.from(row);
      const secretChanges = passwordHash === undefined ? [] : ['/password'];
      await this.events.record({
        resource: 'MEMBER',
        action: 'UPDATE',
        subject: data.account,
        data,
        before,
        secretChanges,
      });
      return data;
    });
  }

  async #apply(
    principal: Principal,
    row: OrganizationMemberEntity,
    { nickname, role, passwordHash }: Changes & { passwordHash: string | undefined },
  ): Promise<void> {
    if (nickname !== undefined) {
      if (row.memberId !== principal.memberId) throw new DomainError('forbidden');
      row.member.nickname = nickname === '' ? null : nickname;
    }
    if (role !== undefined) row.role = role;
    if (passwordHash !== undefined) {
      await this.#refuseReachingOut(principal, row);
      this.passwords.set(principal, row.member, passwordHash);
    }
    if (nickname !== undefined || role !== undefined || passwordHash !== undefined) await this.#save(row);
  }

  /** A password opens every organization of its member: owners of one may not set it for one who is in another too. */
  async #refuseReachingOut(principal: Principal, row: OrganizationMemberEntity): Promise<void> {
    if (row.memberId === principal.memberId) return;
    if (await this.memberships.anyOf(row.memberId, row.organizationId)) throw new DomainError('forbidden');
  }

  async #save(row: OrganizationMemberEntity): Promise<void> {
    this.stamps.modified(row.member);
    this.stamps.modified(row);
    await this.members.save(row.member);
    await this.memberships.save(row);
  }

  async #lock(principal: Principal, account: string): Promise<OrganizationMemberEntity> {
    const row = await this.memberships.lockByAccount(principal.organizationId, account);
    if (!row) throw notFound('member', account);
    return row;
  }
}

type Changes = Partial<Pick<UpdateMemberRequest, 'nickname' | 'role' | 'password'>>;

/** A null in the request means the same as nothing. */
function withoutNulls(request: UpdateMemberRequest): Changes {
  return {
    nickname: request.nickname ?? undefined,
    role: request.role ?? undefined,
    password: request.password ?? undefined,
  };
}
