import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { MEMBER_REMOVED, type MemberRemoved } from '../../members/index.js';
import { AccessTokenRepository } from './access-token.repository.js';

/** Deletes the PERSON tokens of a member that is removed, in the same unit: they end anyway, and their names become free. */
@Injectable()
export class OrphanedTokensListener {
  constructor(private readonly tokens: AccessTokenRepository) {}

  @OnEvent(MEMBER_REMOVED, { suppressErrors: false })
  async removeTokensOf({ organizationId, memberId }: MemberRemoved): Promise<void> {
    await this.tokens.removePersonal(organizationId, memberId);
  }
}
