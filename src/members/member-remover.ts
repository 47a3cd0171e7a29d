import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { EventRecorder } from '../events/index.js';
import { emitInOrder, UnitOfWork } from '../platform/database/index.js';
import { notFound } from '../platform/errors/index.js';
import { AuditStamps, type Principal } from '../platform/http/index.js';
import { MemberDto } from './member.dto.js';
import { MEMBER_REMOVED, type MemberRemoved } from './member-hooks.js';
import { MemberRepository } from './member.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { lockOwners, refuseLastOwner } from './owner-rule.js';
import type { OrganizationMemberEntity } from './organization-member.entity.js';

/** Ends memberships. The organization always keeps an owner. */
@Injectable()
export class MemberRemover {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly members: MemberRepository,
    private readonly memberships: MembershipRepository,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
    private readonly emitter: EventEmitter2,
  ) {}

  /**
   * Ends a membership for good: the account, of no other organization either, can never be made again. What is the member's alone goes with it.
   * @throws DomainError `not_found`, also for one deleted already; `last_owner`.
   */
  async delete(principal: Principal, account: string): Promise<MemberDto> {
    const { organizationId } = principal;
    return this.unitOfWork.run(async () => {
      const owners = await lockOwners(this.memberships, principal);
      const row = await this.memberships.lockByAccount(organizationId, account);
      if (!row) throw notFound('member', account);
      refuseLastOwner(owners, row);
      await this.#end(row);
      const removed: MemberRemoved = { organizationId, memberId: row.memberId };
      await emitInOrder(this.emitter, MEMBER_REMOVED, removed);
      const data = MemberDto.from(row);
      await this.events.record({ resource: 'MEMBER', action: 'DELETE', subject: data.account, data });
      return data;
    });
  }

  async #end(row: OrganizationMemberEntity): Promise<void> {
    // What another organization has of the member is not this one's to end.
    row.member.deleted = !(await this.memberships.anyOf(row.memberId, row.organizationId));
    row.member.sessionEpoch += 1;
    row.valid = false;
    this.stamps.modified(row.member);
    this.stamps.modified(row);
    await this.members.save(row.member);
    await this.memberships.save(row);
  }
}
