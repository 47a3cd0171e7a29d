import { Injectable } from '@nestjs/common';
import { notFound } from '../platform/errors/index.js';
import { pageOf, type Page, type PageQuery, type Principal } from '../platform/http/index.js';
import { MemberItem } from './member.dto.js';
import { ACCESS_TOKEN_SOURCE } from './member.entity.js';
import { MembershipRepository } from './membership.repository.js';
import type { OrganizationMemberEntity } from './organization-member.entity.js';

/** Shows the members of the caller's organization. */
@Injectable()
export class MemberReader {
  constructor(private readonly memberships: MembershipRepository) {}

  /** Those who are not deleted, newest first; access tokens are not among them. */
  async list(principal: Principal, page: PageQuery): Promise<Page<MemberItem>> {
    const [rows, total] = await this.memberships.list(principal.organizationId, page);
    const mayEdit = await this.#editRule(principal);
    return pageOf(
      rows.map((row) => MemberItem.from(row, mayEdit(row))),
      total,
      page,
    );
  }

  /**
   * One by account, a deleted one too.
   * @throws DomainError `not_found`.
   */
  async findByAccount(principal: Principal, account: string): Promise<MemberItem> {
    const row = await this.memberships.findByAccount(principal.organizationId, account);
    if (!row) throw notFound('member', account);
    return MemberItem.from(row, (await this.#editRule(principal))(row));
  }

  /** The caller, with its organization. */
  async current(principal: Principal): Promise<MemberItem> {
    const row = await this.#caller(principal);
    // An access token is shown by the name it acts under, not by the account of the member that stands for it.
    const { account } = principal;
    return { ...MemberItem.current(row, (await this.#editRule(principal))(row)), account };
  }

  /** The caller, as lists show it. */
  async self(principal: Principal): Promise<MemberItem> {
    const row = await this.#caller(principal);
    return MemberItem.from(row, (await this.#editRule(principal))(row));
  }

  async #caller(principal: Principal): Promise<OrganizationMemberEntity> {
    const row = await this.memberships.findByMember(principal.organizationId, principal.memberId);
    if (!row) throw notFound('member', principal.account);
    return row;
  }

  /** Owners may edit everybody there still is but the last owner. */
  async #editRule(principal: Principal): Promise<(row: OrganizationMemberEntity) => boolean> {
    if (principal.role !== 'OWNER') return () => false;
    const owners = await this.memberships.countOwners(principal.organizationId);
    return ({ role, valid, member }) =>
      valid && member.source !== ACCESS_TOKEN_SOURCE && !(role === 'OWNER' && owners <= 1);
  }
}
