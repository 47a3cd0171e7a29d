import { DomainError } from '../platform/errors/index.js';
import type { Principal } from '../platform/http/index.js';
import { ACCESS_TOKEN_SOURCE } from './member.entity.js';
import type { MembershipRepository } from './membership.repository.js';
import type { OrganizationMemberEntity } from './organization-member.entity.js';

/**
 * The people who are owners, none of whom can be demoted or deleted until the unit ends: two requests at once can't take away
 * the last two. The caller, a person or an access token, may have lost the role since the request came in, and then has no
 * say any more.
 */
export async function lockOwners(
  memberships: MembershipRepository,
  principal: Principal,
): Promise<readonly number[]> {
  const owners = await memberships.lockOwners(principal.organizationId);
  if (!owners.some(({ memberId }) => memberId === principal.memberId)) throw new DomainError('forbidden');
  return owners.filter(({ member }) => member.source !== ACCESS_TOKEN_SOURCE).map(({ memberId }) => memberId);
}

/** @throws DomainError `last_owner` when nobody would be left to manage the organization; a token doesn't count. */
export function refuseLastOwner(owners: readonly number[], row: OrganizationMemberEntity): void {
  if (owners.length === 1 && owners[0] === row.memberId) throw new DomainError('last_owner');
}
