import { Injectable } from '@nestjs/common';
import { MemberDirectory } from '../../members/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError } from '../../platform/errors/index.js';
import type { Principal } from '../../platform/http/index.js';
import { Log } from '../../platform/log/logger.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenRepository } from './access-token.repository.js';
import { hashOfToken, operatorOf } from './access-token-value.js';

/** Uses of a token within this time count as one, so that reading costs no write. */
const VISIT_MS = 60_000;

/**
 * Finds out who calls with an access token. Everything is read anew at each call: a deleted token, a removed owner or another
 * role counts at once.
 */
@Injectable()
export class TokenCallers {
  constructor(
    private readonly tokens: AccessTokenRepository,
    private readonly members: MemberDirectory,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * The caller behind a token, in the token's organization. `organizationId` is what the caller said it is, if anything.
   * @throws DomainError `forbidden` for an unknown token, one whose member was removed, and another organization.
   */
  async identify(value: string, organizationId: string | undefined): Promise<Principal> {
    const token = await this.tokens.findByHash(hashOfToken(value));
    const member = token && (await this.members.findActing(token.memberId));
    const membership = member?.memberships.find((one) => one.organizationId === token?.organizationId);
    if (!token || !member || !membership) throw new DomainError('forbidden');
    if (organizationId !== undefined && organizationId !== String(token.organizationId))
      throw new DomainError('forbidden');
    await this.#noteVisit(token);
    return {
      memberId: member.id,
      account: token.type === 'PERSON' ? member.account : operatorOf(token.name),
      organizationId: token.organizationId,
      role: membership.role,
    };
  }

  /** Never fails: a use that can't be noted is no reason to refuse a call. */
  async #noteVisit({ id, visitedAt }: AccessTokenEntity): Promise<void> {
    const now = this.clock.now();
    if (visitedAt !== null && Math.abs(now - visitedAt) < VISIT_MS) return;
    try {
      await this.unitOfWork.run(() => this.tokens.visited(id, now, now - VISIT_MS));
    } catch (error) {
      this.log.warn({ err: error, tokenId: id }, 'use of a token not noted');
    }
  }
}
