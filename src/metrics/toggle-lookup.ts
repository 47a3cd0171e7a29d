import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService, type EnvironmentRef } from '../environments/index.js';
import { notFound } from '../platform/errors/index.js';
import { type TargetingOfToggle, TargetingRepository } from '../toggles/index.js';

/** What the path of a route under `…/environments/E/toggles/T` names. */
export interface TogglePath {
  readonly project: ProjectRef;
  readonly environmentKey: string;
  readonly toggleKey: string;
}

/** The targeting such a path leads to, and the environment it is in. */
export interface FoundToggle {
  readonly environment: EnvironmentRef;
  readonly targeting: TargetingOfToggle;
}

/** Finds the toggle in an environment that a route is about. */
@Injectable()
export class ToggleLookup {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly targetings: TargetingRepository,
  ) {}

  /** Archived or not. @throws DomainError `not_found`. */
  async find({ project, environmentKey, toggleKey }: TogglePath): Promise<FoundToggle> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.find(environment.id, project.id, toggleKey);
    if (!targeting) throw notFound('toggle', toggleKey);
    return { environment, targeting };
  }

  /** One in use, locked until the unit ends. @throws DomainError `not_found`. */
  async lock({ project, environmentKey, toggleKey }: TogglePath): Promise<FoundToggle> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.lock(environment.id, project.id, toggleKey);
    if (!targeting || targeting.toggle.archived) throw notFound('toggle', toggleKey);
    return { environment, targeting };
  }
}
