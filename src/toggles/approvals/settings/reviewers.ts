import { Injectable } from '@nestjs/common';
import { MemberDirectory } from '../../../members/index.js';
import { invalidField } from '../../../platform/errors/index.js';
import { RequestContext } from '../../../platform/http/index.js';

const TWICE = { en: 'must not hold the same value twice', zh: '不能有重复的值' };

/** Longest piece of submitted text that a message repeats. */
const MAX_QUOTED = 60;

/** Finds out who may review: members of the caller's organization who can sign in, and no access tokens. */
@Injectable()
export class Reviewers {
  constructor(
    private readonly members: MemberDirectory,
    private readonly context: RequestContext,
  ) {}

  /**
   * The accounts as their members have them, in the order given. Those `known` already are not looked up again.
   * @throws DomainError `invalid_request`, naming `field`, for an account of no member or one that occurs twice.
   */
  async resolve(accounts: readonly string[], known: readonly string[], field: string): Promise<string[]> {
    const accountOf = new Map(known.map((account) => [account.toLowerCase(), account]));
    const resolved = new Set<string>();
    for (const account of accounts) {
      const found = accountOf.get(account.toLowerCase()) ?? (await this.#find(account));
      if (found === undefined) throw invalidField(field, noMember(account));
      if (resolved.has(found)) throw invalidField(field, TWICE);
      resolved.add(found);
    }
    return [...resolved];
  }

  async #find(account: string): Promise<string | undefined> {
    const member = await this.members.findActiveByAccount(account);
    const { organizationId } = this.context;
    return member?.memberships.some((membership) => membership.organizationId === organizationId)
      ? member.account
      : undefined;
  }
}

function noMember(account: string): { en: string; zh: string } {
  const quoted = JSON.stringify(account.length > MAX_QUOTED ? `${account.slice(0, MAX_QUOTED)}…` : account);
  return { en: `names no member: ${quoted}`, zh: `指定的成员不存在：${quoted}` };
}
