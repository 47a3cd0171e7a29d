import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService, type EnvironmentRef } from '../../environments/index.js';
import { notFound } from '../../platform/errors/index.js';
import { type Page, pageOf } from '../../platform/http/index.js';
import {
  type TargetingKeys,
  TargetingVersionDto,
  type TargetingVersionQuery,
  type TargetingVersionsDto,
  TargetingViewDto,
} from './targeting.dto.js';
import { TargetingRepository, type TargetingOfToggle } from './targeting.repository.js';

interface Found {
  readonly environment: EnvironmentRef;
  readonly targeting: TargetingOfToggle;
}

/** Answers what is asked about a toggle's targeting in an environment, archived toggles included. */
@Injectable()
export class TargetingReader {
  constructor(
    private readonly targetings: TargetingRepository,
    private readonly environments: EnvironmentService,
  ) {}

  /** @throws DomainError `not_found`. */
  async get(project: ProjectRef, environmentKey: string, toggleKey: string): Promise<TargetingViewDto> {
    const { environment, targeting } = await this.#find(project, environmentKey, toggleKey);
    return TargetingViewDto.view(targeting, environment);
  }

  /** One page of the history, newest first. @throws DomainError `not_found`. */
  async versions(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    query: TargetingVersionQuery,
  ): Promise<Page<TargetingVersionDto>> {
    const found = await this.#find(project, environmentKey, toggleKey);
    const [versions, total] = await this.targetings.listVersions(found.targeting.id, query.version, query);
    return pageOf(
      versions.map((version) => TargetingVersionDto.from(version, keysOf(project, found))),
      total,
      query,
    );
  }

  /** All versions from one on, newest first. @throws DomainError `not_found`. */
  async versionsFrom(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    version: number,
  ): Promise<TargetingVersionsDto> {
    const found = await this.#find(project, environmentKey, toggleKey);
    const versions = await this.targetings.versionsFrom(found.targeting.id, version);
    return {
      total: await this.targetings.countVersions(found.targeting.id),
      versions: versions.map((each) => TargetingVersionDto.from(each, keysOf(project, found))),
    };
  }

  async #find(project: ProjectRef, environmentKey: string, toggleKey: string): Promise<Found> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.find(environment.id, project.id, toggleKey);
    if (!targeting) throw notFound('toggle', toggleKey);
    return { environment, targeting };
  }
}

function keysOf(project: ProjectRef, { environment, targeting }: Found): TargetingKeys {
  return { projectKey: project.key, environmentKey: environment.key, toggleKey: targeting.toggle.key };
}
