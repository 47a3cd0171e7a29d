import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import {
  ENVIRONMENT_CREATED,
  ENVIRONMENT_RESTORED,
  type EnvironmentCreated,
  type EnvironmentRef,
  type EnvironmentRestored,
} from '../../environments/index.js';
import { SegmentReferences } from '../../segments/index.js';
import { PrerequisiteRepository } from '../prerequisites/prerequisite.repository.js';
import { FirstTargetingsRepository } from './first-targetings.repository.js';

/**
 * Sees to it that every toggle has a targeting in every live environment, and each its version 1. Works inside the unit that makes
 * the toggle or environment; both lock the project's environments first, so that neither misses what the other adds.
 */
@Injectable()
export class FirstTargetings {
  constructor(
    private readonly targetings: FirstTargetingsRepository,
    private readonly segments: SegmentReferences,
    private readonly prerequisites: PrerequisiteRepository,
  ) {}

  /** Archived environments are left out: they get theirs when they come back. */
  async addToggle(toggleId: number, environments: readonly EnvironmentRef[]): Promise<void> {
    for (const { id, archived } of environments) {
      if (!archived) await this.targetings.insert(toggleId, id);
    }
    await this.targetings.insertFirstVersions('toggle_id', toggleId);
  }

  @OnEvent(ENVIRONMENT_CREATED, { suppressErrors: false })
  async addEnvironment({ project, environment, copyFrom }: EnvironmentCreated): Promise<void> {
    if (copyFrom) {
      await this.targetings.copy(copyFrom.id, environment.id);
      await this.segments.copy(await this.targetings.pairs(copyFrom.id, environment.id));
      await this.prerequisites.copy(copyFrom.id, environment.id);
    }
    await this.#addMissing(project.id, environment.id);
  }

  @OnEvent(ENVIRONMENT_RESTORED, { suppressErrors: false })
  async restoreEnvironment({ project, environment }: EnvironmentRestored): Promise<void> {
    await this.#addMissing(project.id, environment.id);
  }

  async #addMissing(projectId: number, environmentId: number): Promise<void> {
    await this.targetings.insertMissing(projectId, environmentId);
    await this.targetings.insertFirstVersions('environment_id', environmentId);
  }
}
