import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { MemberDirectory, type ActiveMember, type Membership } from '../members/index.js';
import { DomainError } from '../platform/errors/index.js';
import { PUBLIC_ROUTE, RequestContext } from '../platform/http/index.js';
import { Sessions } from './sessions.js';
import { FRESH_TOKEN_HEADER, type SignedInRequest } from './signed-in-request.js';
import { Visits } from './visits.js';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Finds out who calls, and for which organization. The token only says which member signed in; whether that member still
 * may, and in which role, is read anew at every call, so that a removal or a new role counts at once. Every answer carries a
 * fresh token, so that sessions end by disuse.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    private readonly members: MemberDirectory,
    private readonly context: RequestContext,
    private readonly visits: Visits,
  ) {}

  /**
   * @throws DomainError `unauthorized` without a valid session, `organization_missing` without `X-OrganizeID`, `forbidden`
   * for an organization the caller is no member of.
   */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const targets = [execution.getHandler(), execution.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets)) return true;
    const http = execution.switchToHttp();
    const request = http.getRequest<SignedInRequest>();
    const member = await this.#authenticate(request.headers.authorization);
    const { organizationId, role } = chooseMembership(member, request.headers['x-organizeid']);
    const principal = { memberId: member.id, account: member.account, organizationId, role };
    request.member = member;
    request.principal = principal;
    if (this.context.current) this.context.current.principal = principal;
    await this.visits.note(member.id);
    const token = await this.sessions.issue(member, organizationId);
    void http.getResponse<FastifyReply>().header(FRESH_TOKEN_HEADER, token);
    return true;
  }

  async #authenticate(authorization: string | undefined): Promise<ActiveMember> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    const session = token === undefined ? undefined : await this.sessions.verify(token);
    const member = session && (await this.members.findActive(session.memberId));
    if (!member || member.sessionEpoch !== session.sessionEpoch) throw new DomainError('unauthorized');
    return member;
  }
}

function chooseMembership(member: ActiveMember, header: string | string[] | undefined): Membership {
  if (header === undefined || header === '') throw new DomainError('organization_missing');
  const membership = member.memberships.find(({ organizationId }) => String(organizationId) === header);
  if (!membership) throw new DomainError('forbidden');
  return membership;
}
