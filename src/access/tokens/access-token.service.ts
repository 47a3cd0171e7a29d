import { Injectable } from '@nestjs/common';
import { TokenMembers } from '../../members/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { alreadyExists, DomainError, invalidField, notFound } from '../../platform/errors/index.js';
import {
  AuditStamps,
  pageOf,
  type MemberRole,
  type Page,
  type Principal,
} from '../../platform/http/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import {
  AccessTokenItem,
  type AccessTokenNameQuery,
  type AccessTokenQuery,
  type CreateAccessTokenRequest,
  type NewAccessToken,
} from './access-token.dto.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenRepository } from './access-token.repository.js';
import {
  ACCESS_TOKEN_BYTES,
  hashOfToken,
  MAX_APPLICATION_NAME_LENGTH,
  toTokenValue,
} from './access-token-value.js';

/**
 * Makes, shows and ends access tokens. A token never has more than its maker, and lives on its own terms: a PERSON token ends
 * with its owner's membership, an APPLICATION token stays when its maker leaves, since programs depend on it.
 */
@Injectable()
export class AccessTokenService {
  constructor(
    private readonly tokens: AccessTokenRepository,
    private readonly members: TokenMembers,
    private readonly unitOfWork: UnitOfWork,
    private readonly stamps: AuditStamps,
    private readonly ids: IdGenerator,
  ) {}

  /** The organization's APPLICATION tokens and the caller's own PERSON tokens, newest first. */
  async list(principal: Principal, query: AccessTokenQuery): Promise<Page<AccessTokenItem>> {
    const { organizationId, memberId } = principal;
    const [rows, total] = await this.tokens.list(organizationId, memberId, query.type, query);
    return pageOf(
      rows.map((row) => AccessTokenItem.from(row)),
      total,
      query,
    );
  }

  /** @throws DomainError `not_found`; `forbidden` for somebody else's PERSON token. */
  async get(principal: Principal, id: number): Promise<AccessTokenItem> {
    const token = await this.tokens.find(principal.organizationId, id);
    if (!token) throw notFound('access_token', id);
    if (!isOpenTo(principal, token)) throw new DomainError('forbidden');
    return AccessTokenItem.from(token);
  }

  /** @throws DomainError `conflict` when a token of this type has the name, in whatever case. */
  async refuseTaken({ organizationId }: Principal, { type, name }: AccessTokenNameQuery): Promise<void> {
    if (await this.tokens.hasName(organizationId, type, name.trim())) throw alreadyExists();
  }

  /**
   * @throws DomainError `conflict`; `forbidden` for an OWNER token by anybody but an owner, and for a PERSON token by a
   * caller that is no person.
   */
  async create(principal: Principal, request: CreateAccessTokenRequest): Promise<NewAccessToken> {
    const { type } = request;
    const name = request.name.trim();
    if (type === 'APPLICATION') refuseLongName(name);
    const token = toTokenValue(this.ids.hex(ACCESS_TOKEN_BYTES));
    await this.unitOfWork.run(async () => {
      await this.refuseTaken(principal, { type, name });
      const role = type === 'APPLICATION' ? (request.role ?? 'WRITER') : null;
      await this.tokens.insert({
        ...this.stamps.created(),
        organizationId: principal.organizationId,
        type,
        name,
        role,
        memberId: role === null ? await this.#person(principal) : await this.#standIn(principal, role),
        tokenHash: hashOfToken(token),
        visitedAt: null,
      });
    });
    return { token };
  }

  /** @throws DomainError `not_found`; `forbidden` for a caller to whom it isn't given. */
  async delete(principal: Principal, id: number): Promise<AccessTokenItem> {
    return this.unitOfWork.run(async () => {
      const token = await this.tokens.lock(principal.organizationId, id);
      if (!token) throw notFound('access_token', id);
      if (!isOpenTo(principal, token)) throw new DomainError('forbidden');
      if (token.type === 'APPLICATION') {
        await this.#demandOwner(principal);
        await this.members.removeStandIn(token.organizationId, token.memberId);
      }
      await this.tokens.remove(token.id);
      return AccessTokenItem.from(token);
    });
  }

  async #person({ organizationId, memberId }: Principal): Promise<number> {
    const caller = await this.members.lock(organizationId, memberId);
    if (!caller?.isPerson) throw new DomainError('forbidden');
    return memberId;
  }

  async #standIn(principal: Principal, role: MemberRole): Promise<number> {
    if (role === 'OWNER') await this.#demandOwner(principal);
    return this.members.insertStandIn(principal.organizationId, role);
  }

  /** Looks once more, in the unit: the caller may have been demoted since the request came in. */
  async #demandOwner({ organizationId, memberId }: Principal): Promise<void> {
    const caller = await this.members.lock(organizationId, memberId);
    if (caller?.role !== 'OWNER') throw new DomainError('forbidden');
  }
}

/** PERSON tokens are their owner's affair alone. */
function isOpenTo({ memberId }: Principal, token: AccessTokenEntity): boolean {
  return token.type === 'APPLICATION' || token.memberId === memberId;
}

/** The name is part of the operator that rows and events carry, and has to fit there. */
function refuseLongName(name: string): void {
  const limit = MAX_APPLICATION_NAME_LENGTH;
  if (Array.from(name).length > limit)
    throw invalidField('name', {
      en: `must have at most ${limit} characters`,
      zh: `最多 ${limit} 个字符`,
    });
}
