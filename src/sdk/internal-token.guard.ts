import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../platform/config/index.js';
import { DomainError } from '../platform/errors/index.js';

/** Header that carries the token. */
export const INTERNAL_TOKEN_HEADER = 'x-internal-token';

/**
 * Keeps the routes of the Rust server for who has `INTERNAL_TOKEN`; without that setting there are no such routes. The Rust server
 * can only be given URLs, hence the token may stand in the query.
 */
@Injectable()
export class InternalTokenGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  /** @throws DomainError `route_not_found` while closed; `internal_token_wrong`. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { internalToken } = this.settings;
    if (internalToken === undefined) {
      const path = request.url.split('?')[0] ?? '';
      throw new DomainError('route_not_found', { method: request.method, path });
    }
    if (!isSame(tokenOf(request), internalToken)) throw new DomainError('internal_token_wrong');
    return true;
  }
}

/** Where a caller may put it; `Authorization` has it as a bearer token, since an SDK key stands there without a scheme. */
function tokenOf({ headers, query }: FastifyRequest): unknown {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  return headers[INTERNAL_TOKEN_HEADER] ?? (query as Record<string, unknown>)['token'] ?? bearer;
}

/** In a time that says nothing of how much of it is right. */
function isSame(given: unknown, expected: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
