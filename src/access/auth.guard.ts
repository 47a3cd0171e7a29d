import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { MemberDirectory, type ActiveMember, type Membership } from '../members/index.js';
import { DomainError } from '../platform/errors/index.js';
import { PUBLIC_ROUTE, RequestContext, type Principal } from '../platform/http/index.js';
import { Sessions } from './sessions.js';
import { FRESH_TOKEN_HEADER, type SignedInRequest } from './signed-in-request.js';
import { isAccessToken } from './tokens/access-token-value.js';
import { TokenCallers } from './tokens/token-callers.js';
import { Visits } from './visits.js';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Finds out who calls, and for which organization: a member by its session, or a program by its access token. Either only says
 * which member it is; whether that member still may, and in which role, is read anew at every call, so that a removal or a new
 * role counts at once. Every answer to a session carries a fresh token of it, so that sessions end by disuse.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    private readonly members: MemberDirectory,
    private readonly context: RequestContext,
    private readonly visits: Visits,
    private readonly tokenCallers: TokenCallers,
  ) {}

  /**
   * @throws DomainError `unauthorized` without a valid session, `organization_missing` for a session without `X-OrganizeID`,
   * `forbidden` for an organization the caller is no member of, and for an access token that is not valid.
   */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const targets = [execution.getHandler(), execution.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets)) return true;
    const request = execution.switchToHttp().getRequest<SignedInRequest>();
    const principal = await this.#identify(request, execution.switchToHttp().getResponse<FastifyReply>());
    request.principal = principal;
    request.identifyAgain = async () => (await this.#findCaller(request)).principal;
    if (this.context.current) this.context.current.principal = principal;
    return true;
  }

  async #identify(request: SignedInRequest, reply: FastifyReply): Promise<Principal> {
    const { principal, member } = await this.#findCaller(request);
    if (member) {
      request.member = member;
      await this.visits.note(member.id);
      void reply.header(FRESH_TOKEN_HEADER, await this.sessions.issue(member, principal.organizationId));
    }
    return principal;
  }

  /** The caller; `member` where it came with a session. */
  async #findCaller(request: SignedInRequest): Promise<{ principal: Principal; member?: ActiveMember }> {
    const { authorization } = request.headers;
    const organization = organizationOf(request);
    if (isAccessToken(authorization))
      return { principal: await this.tokenCallers.identify(authorization, organization) };
    const member = await this.#authenticate(authorization);
    const { organizationId, role } = chooseMembership(member, organization);
    return { principal: { memberId: member.id, account: member.account, organizationId, role }, member };
  }

  async #authenticate(authorization: string | undefined): Promise<ActiveMember> {
    const token = BEARER.exec(authorization ?? '')?.[1];
    const session = token === undefined ? undefined : await this.sessions.verify(token);
    const member = session && (await this.members.findActive(session.memberId));
    if (!member || member.sessionEpoch !== session.sessionEpoch) throw new DomainError('unauthorized');
    return member;
  }
}

/** The organization that the caller names, if any. */
function organizationOf({ headers }: SignedInRequest): string | undefined {
  const given = headers['x-organizeid'];
  return given === undefined || given === '' ? undefined : String(given);
}

function chooseMembership(member: ActiveMember, organization: string | undefined): Membership {
  if (organization === undefined) throw new DomainError('organization_missing');
  const membership = member.memberships.find(({ organizationId }) => String(organizationId) === organization);
  if (!membership) throw new DomainError('forbidden');
  return membership;
}
