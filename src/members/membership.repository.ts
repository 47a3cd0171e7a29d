import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
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

  /** By account, whatever its case; deleted members are found too. */
  async findByAccount(organizationId: number, account: string): Promise<OrganizationMemberEntity | null> {
    const query = this.#withMember(this.reading.createQueryBuilder('membership'), organizationId);
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

  /** Locks the organization's owners until the unit ends and answers their member ids. */
  async lockOwners(organizationId: number): Promise<number[]> {
    const query = this.#people(this.writing.createQueryBuilder('membership'), organizationId);
    query.andWhere("membership.role = 'OWNER'").orderBy('membership.id');
    return (await this.locked(query).getMany()).map((owner) => owner.memberId);
  }

  async countOwners(organizationId: number): Promise<number> {
    const query = this.#people(this.reading.createQueryBuilder('membership'), organizationId);
    return query.andWhere("membership.role = 'OWNER'").getCount();
  }

  /** All memberships of somebody who may sign in, oldest first, with member and organization; none where nobody may. */
  async listActiveOf(memberId: number): Promise<OrganizationMemberEntity[]> {
    return this.#active().andWhere('membership.memberId = :memberId', { memberId }).getMany();
  }

  /** The same by account, whatever its case. */
  async listActiveByAccount(account: string): Promise<OrganizationMemberEntity[]> {
    const rows = await this.#active().andWhere('member.account = :account', { account }).getMany();
    return rows.filter((row) => ofAccount(account, row) !== null);
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
      .andWhere('member.status = :active AND member.source != :token', {
        active: ACTIVE,
        token: ACCESS_TOKEN_SOURCE,
      })
      .orderBy('membership.id');
  }

  /** Members who are not deleted and don't stand for an access token. */
  #people(
    query: SelectQueryBuilder<OrganizationMemberEntity>,
    organizationId: number,
  ): SelectQueryBuilder<OrganizationMemberEntity> {
    return this.#withMember(query, organizationId).andWhere(
      'member.deleted = :deleted AND member.source != :token',
      { deleted: false, token: ACCESS_TOKEN_SOURCE },
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
