import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService } from '../../environments/index.js';
import { notFound } from '../../platform/errors/index.js';
import { type Page, pageOf, type PageQuery } from '../../platform/http/index.js';
import { TargetingRepository, type TargetingOfToggle } from '../targeting/targeting.repository.js';
import { CandidateDto, type CandidateQuery, DependentDto } from './prerequisite.dto.js';
import { PrerequisiteRepository } from './prerequisite.repository.js';

/** Answers what is asked about the dependencies of toggles in an environment. */
@Injectable()
export class PrerequisiteReader {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly targetings: TargetingRepository,
    private readonly prerequisites: PrerequisiteRepository,
  ) {}

  /** The toggles that a toggle may depend on, newest first. @throws DomainError `not_found`. */
  async candidates(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    { key, likeNameAndKey: keyword }: CandidateQuery,
  ): Promise<CandidateDto[]> {
    const { environmentId, toggleId } = await this.#find(project, environmentKey, toggleKey);
    const projectId = project.id;
    const found = await this.prerequisites.listCandidates({
      environmentId,
      projectId,
      toggleId,
      key,
      keyword,
    });
    return found.map((candidate) => CandidateDto.from(candidate));
  }

  /** One page of the toggles in use that depend on a toggle, newest first. @throws DomainError `not_found`. */
  async dependents(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    page: PageQuery,
  ): Promise<Page<DependentDto>> {
    const { environmentId, toggleId } = await this.#find(project, environmentKey, toggleKey);
    const [found, total] = await this.prerequisites.listDependents(environmentId, toggleId, page);
    return pageOf(
      found.map((dependent) => DependentDto.from(dependent)),
      total,
      page,
    );
  }

  async #find(project: ProjectRef, environmentKey: string, toggleKey: string): Promise<TargetingOfToggle> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.find(environment.id, project.id, toggleKey);
    if (!targeting) throw notFound('toggle', toggleKey);
    return targeting;
  }
}
