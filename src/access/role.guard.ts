import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '../platform/errors/index.js';
import { REQUIRED_ROLE, type AuthenticatedRequest, type MemberRole } from '../platform/http/index.js';

/** Keeps routes marked with `RequireRole` for members of that role. */
@Injectable()
export class RoleGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws DomainError `forbidden` for members of another role. */
  canActivate(execution: ExecutionContext): boolean {
    const targets = [execution.getHandler(), execution.getClass()];
    const required = this.reflector.getAllAndOverride<MemberRole | undefined>(REQUIRED_ROLE, targets);
    if (required === undefined) return true;
    const { principal } = execution.switchToHttp().getRequest<AuthenticatedRequest>();
    if (principal?.role !== required) throw new DomainError('forbidden');
    return true;
  }
}
