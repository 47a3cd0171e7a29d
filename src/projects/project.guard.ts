import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { ProjectScopedRequest } from '../access/index.js';
import type { AuthenticatedRequest } from '../platform/http/index.js';
import { ProjectService } from './project.service.js';

type GuardedRequest = AuthenticatedRequest & ProjectScopedRequest & { params: { projectKey?: string } };

/**
 * Finds the project that a route's `:projectKey` names, in the caller's organization, and leaves it on the request for
 * `CurrentProject`. Runs after the guards that find out who is calling; routes open to all have no organization to look in.
 */
@Injectable()
export class ProjectGuard implements CanActivate {
  constructor(private readonly projects: ProjectService) {}

  /** @throws DomainError `not_found` where there is no such project, or it was deleted. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const { projectKey } = request.params;
    if (projectKey === undefined || !request.principal) return true;
    request.project = await this.projects.findLive(request.principal.organizationId, projectKey);
    return true;
  }
}
