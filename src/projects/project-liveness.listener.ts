import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import {
  ENVIRONMENT_CREATED,
  ENVIRONMENT_RESTORED,
  type EnvironmentCreated,
  type EnvironmentRestored,
} from '../environments/index.js';
import { ProjectService } from './project.service.js';

/**
 * Refuses environments for a project that is deleted at the same moment: the guard saw it live, but the deletion archived
 * only the environments that were there. A live environment of a deleted project would go on serving SDKs.
 */
@Injectable()
export class ProjectLivenessListener {
  constructor(private readonly projects: ProjectService) {}

  @OnEvent(ENVIRONMENT_CREATED, { suppressErrors: false })
  @OnEvent(ENVIRONMENT_RESTORED, { suppressErrors: false })
  async keepLive({ project }: EnvironmentCreated | EnvironmentRestored): Promise<void> {
    await this.projects.keepLive(project);
  }
}
