import { Injectable } from '@nestjs/common';
import { Not, type SelectQueryBuilder } from 'typeorm';
import { RepositoryBase, UnitOfWork } from '../platform/database/index.js';
import type { PageQuery } from '../platform/http/index.js';
import { isSameAccount } from './account-field.js';
import { ACCESS_TOKEN_SOURCE, ACTIVE } from './member.entity.js';
import { OrganizationMemberEntity } from './organization-member.entity.js';

/** Memberships with the member, and where it says so the organization, joined in. */
@Injectable()
export class MembershipRepository extends RepositoryBase<OrganizationMemberEntity> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, OrganizationMemberEntity);
  }

  /** One page of an organization's people, newest first, and how many there are. */
  async list(organizationId: number, page: PageQuery): Promise<[OrganizationMemberEntity[], number]> {
    return this.#people(this.reading.createQueryBuilder('membership'), organizationId)
      .orderBy('membership.createdAt', 'DESC')
      .addOrderBy('membership.id', 'DESC')
      .offset(page.pageIndex * page.pageSize)
      .limit(page.pageSize)
      .getManyAndCount();
  }

  /** By account, whatever its case; deleted members are found too, access tokens are not. */
  async findByAccount(organizationId: number, account: string): Promise<OrganizationMemberEntity | null> {
    const query = this.#withMember(this.reading.createQueryBuilder('membership'), organizationId);
    query.andWhere('member.source != :token', { token: ACCESS_TOKEN_SOURCE });
    return ofAccount(account, await query.andWhere('member.account = :account', { account }).getOne());
  }

  /** With the organization. */
  async findByMember(organizationId: number, memberId: number): Promise<OrganizationMemberEntity | null> {
    return this.reading.findOne({
      where: { organizationId, memberId },
      relations: { member: true, organization: true },
    });
  }

  /** A member who is not deleted, its rows locked until the unit ends. */
  async lockByAccount(organizationId: number, account: string): Promise<OrganizationMemberEntity | null> {
    const query = this.#people(this.writing.createQueryBuilder('membership'), organizationId);
    query.andWhere('member.account = :account', { account });
    return ofAccount(account, await this.locked(query).getOne());
  }

  /** The membership of somebody who is not deleted, the stand-in of an access token too, its rows locked. */
  async lockActing(organizationId: number, memberId: number): Promise<OrganizationMemberEntity | null> {
    const query = this.#withMember(this.writing.createQueryBuilder('membership'), organizationId);
    query.andWhere('membership.memberId = :memberId AND membership.valid = :valid', {
      memberId,
      valid: true,
    });
    return this.locked(query).getOne();
  }

  /** The organization's owners, access tokens with that role among them, locked until the unit ends. */
  async lockOwners(organizationId: number): Promise<OrganizationMemberEntity[]> {
    const query = this.#withMember(this.writing.createQueryBuilder('membership'), organizationId);
    query
      .andWhere("membership.role = 'OWNER' AND membership.valid = :valid", { valid: true })
      .orderBy('membership.id');
    return this.locked(query).getMany();
  }

  async countOwners(organizationId: number): Promise<number> {
    const query = this.#people(this.reading.createQueryBuilder('membership'), organizationId);
    return query.andWhere("membership.role = 'OWNER'").getCount();
  }

  /** All memberships of somebody who may sign in, oldest first, with member and organization; none where nobody may. */
  async listActiveOf(memberId: number): Promise<OrganizationMemberEntity[]> {
    return this.#activePeople().andWhere('membership.memberId = :memberId', { memberId }).getMany();
  }

  /** The same of somebody who may act, be it as the stand-in of an access token. */
  async listActingOf(memberId: number): Promise<OrganizationMemberEntity[]> {
    return this.#active().andWhere('membership.memberId = :memberId', { memberId }).getMany();
  }

  /** The same by account, whatever its case. */
  async listActiveByAccount(account: string): Promise<OrganizationMemberEntity[]> {
    const rows = await this.#activePeople().andWhere('member.account = :account', { account }).getMany();
    return rows.filter((row) => ofAccount(account, row) !== null);
  }

  /** Whether somebody belongs to an organization now, but for the one named. */
  async anyOf(memberId: number, exceptOrganizationId = 0): Promise<boolean> {
    return this.reading.existsBy({ memberId, valid: true, organizationId: Not(exceptOrganizationId) });
  }

  /** Notes a sign-in; no change in the sense of `modifiedAt`. */
  async signedIn(organizationId: number, memberId: number, at: number): Promise<void> {
    await this.writing.update({ organizationId, memberId }, { loginAt: at });
  }

  #active(): SelectQueryBuilder<OrganizationMemberEntity> {
    return this.reading
      .createQueryBuilder('membership')
      .innerJoinAndSelect('membership.member', 'member')
      .innerJoinAndSelect('membership.organization', 'organization')
      .where('membership.valid = :valid AND member.deleted = :deleted', { valid: true, deleted: false })
      .andWhere('member.status = :active', { active: ACTIVE })
      .orderBy('membership.id');
  }

  #activePeople(): SelectQueryBuilder<OrganizationMemberEntity> {
    return this.#active().andWhere('member.source != :token', { token: ACCESS_TOKEN_SOURCE });
  }

  /** Who belongs to the organization now and doesn't stand for an access token. */
  #people(
    query: SelectQueryBuilder<OrganizationMemberEntity>,
    organizationId: number,
  ): SelectQueryBuilder<OrganizationMemberEntity> {
    return this.#withMember(query, organizationId).andWhere(
      'membership.valid = :valid AND member.source != :token',
      { valid: true, token: ACCESS_TOKEN_SOURCE },
    );
  }

  #withMember(
    query: SelectQueryBuilder<OrganizationMemberEntity>,
    organizationId: number,
  ): SelectQueryBuilder<OrganizationMemberEntity> {
    return query
      .innerJoinAndSelect('membership.member', 'member')
      .where('membership.organizationId = :organizationId', { organizationId });
  }
}

function ofAccount(account: string, row: OrganizationMemberEntity | null): OrganizationMemberEntity | null {
  return row && isSameAccount(row.member.account, account) ? row : null;
}
