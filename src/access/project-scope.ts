import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { notFound } from '../platform/errors/index.js';

/** The project a route's path names, found in the caller's organization and not archived. */
export interface ProjectRef {
  readonly id: number;
  /** The key as the project has it, whatever case the path used. */
  readonly key: string;
  readonly organizationId: number;
}

/** A request on which the project guard left what it found. */
export interface ProjectScopedRequest {
  project?: ProjectRef;
}

/** The project of the path, as a controller's parameter on routes with `:projectKey`. */
export const CurrentProject = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ProjectRef => {
    const request = context
      .switchToHttp()
      .getRequest<ProjectScopedRequest & { params: Record<string, string> }>();
    if (!request.project) throw notFound('project', request.params['projectKey'] ?? '');
    return request.project;
  },
);
