import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { Clock } from '../platform/clock/clock.js';
import { alreadyExists, notFound } from '../platform/errors/index.js';
import { type ExistsQuery, type Page, pageOf, RequestContext } from '../platform/http/index.js';
import { ToggleItemDto, type ToggleQuery } from './toggle-list.dto.js';
import { ToggleDto } from './toggle.dto.js';
import { type ToggleCriteria, ToggleRepository } from './toggle.repository.js';

/** Answers what is asked about toggles. */
@Injectable()
export class ToggleReader {
  constructor(
    private readonly toggles: ToggleRepository,
    private readonly environments: EnvironmentService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not_found` when the environment asked for isn't there or is archived. */
  async list(project: ProjectRef, query: ToggleQuery): Promise<Page<ToggleItemDto>> {
    const now = this.clock.now();
    if (query.environmentKey === undefined) {
      const [toggles, total] = await this.toggles.list(project.id, query);
      return pageOf(
        toggles.map((toggle) => ToggleItemDto.from(toggle, now)),
        total,
        query,
      );
    }
    const environment = await this.environments.findLive(project, query.environmentKey);
    if (matchesNothing(query)) return pageOf<ToggleItemDto>([], 0, query);
    const criteria = criteriaOf(query, this.context.operator);
    const [toggles, total] = await this.toggles.listIn(environment.id, project.id, criteria, query);
    return pageOf(
      toggles.map((toggle) => ToggleItemDto.inEnvironment(toggle, now)),
      total,
      query,
    );
  }

  /** An archived one too. @throws DomainError `not_found`. */
  async get(project: ProjectRef, key: string): Promise<ToggleDto> {
    const toggle = await this.toggles.find(project.id, key);
    if (!toggle) throw notFound('toggle', key);
    return ToggleDto.from(toggle, this.clock.now());
  }

  /** @throws DomainError `conflict` when the key or name is taken, by an archived toggle too. */
  async refuseTaken(project: ProjectRef, { type, value }: ExistsQuery): Promise<void> {
    const taken =
      type === 'KEY'
        ? await this.toggles.hasKey(project.id, value)
        : await this.toggles.hasName(project.id, value);
    if (taken) throw alreadyExists();
  }
}

/** No toggle has a tag, and none has been seen by an SDK, as long as Flagpost keeps neither. */
function matchesNothing({ tags = [], visitFilter = 'NOT_VISITED' }: ToggleQuery): boolean {
  return tags.length > 0 || visitFilter !== 'NOT_VISITED';
}

function criteriaOf(query: ToggleQuery, operator: string): ToggleCriteria {
  const { archived, disabled, permanent, keyword, releaseStatusList = [], related } = query;
  return {
    archived,
    disabled,
    permanent,
    keyword,
    statuses: releaseStatusList.length > 0 ? releaseStatusList : undefined,
    relatedTo: related ? operator : undefined,
  };
}
