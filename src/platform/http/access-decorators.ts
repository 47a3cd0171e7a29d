import {
  createParamDecorator,
  SetMetadata,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { DomainError } from '../errors/index.js';
import type { MemberRole, Principal } from './request-context.js';

export const PUBLIC_ROUTE = 'flagpost:public-route';
export const REQUIRED_ROLE = 'flagpost:required-role';

/** Opens a route to callers who are not signed in. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);

/** Keeps a route for members with this role; others get 403. Without it any member of the organization may call. */
export const RequireRole = (role: MemberRole): CustomDecorator => SetMetadata(REQUIRED_ROLE, role);

/** A request on which the access guard left who is calling. */
export interface AuthenticatedRequest {
  principal?: Principal;
  /**
   * Finds out anew who is calling, for answers that take long: the session may have ended since, or the token been deleted.
   * Rejects with the error that a new call would get.
   */
  identifyAgain?: () => Promise<Principal>;
}

/** The caller, as a controller's parameter. */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal => {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!principal) throw new DomainError('unauthorized');
    return principal;
  },
);
