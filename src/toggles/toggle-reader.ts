import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { Clock } from '../platform/clock/clock.js';
import { alreadyExists, notFound } from '../platform/errors/index.js';
import { type ExistsQuery, type Page, pageOf, RequestContext } from '../platform/http/index.js';
import { TagLinks } from './tags/tag-links.js';
import { ToggleItemDto, type ToggleQuery } from './toggle-list.dto.js';
import { type ToggleCriteria, ToggleListRepository } from './toggle-list.repository.js';
import { ToggleDto } from './toggle.dto.js';
import { ToggleRepository } from './toggle.repository.js';

/** Answers what is asked about toggles. */
@Injectable()
export class ToggleReader {
  constructor(
    private readonly toggles: ToggleRepository,
    private readonly lists: ToggleListRepository,
    private readonly tags: TagLinks,
    private readonly environments: EnvironmentService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not_found` when the environment asked for isn't there or is archived. */
  async list(project: ProjectRef, query: ToggleQuery): Promise<Page<ToggleItemDto>> {
    const now = this.clock.now();
    if (query.environmentKey === undefined) {
      const [toggles, total] = await this.lists.list(project.id, query);
      return pageOf(
        toggles.map((toggle) => ToggleItemDto.from(toggle, now)),
        total,
        query,
      );
    }
    const environment = await this.environments.findLive(project, query.environmentKey);
    if (matchesNothing(query)) return pageOf<ToggleItemDto>([], 0, query);
    const criteria = criteriaOf(query, this.context.operator);
    const [toggles, total] = await this.lists.listIn(environment.id, project.id, criteria, query);
    const tags = await this.tags.namesOf(toggles.map(({ id }) => id));
    return pageOf(
      toggles.map((toggle) => ToggleItemDto.inEnvironment(toggle, tags.get(toggle.id) ?? [], now)),
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

/** No toggle has been seen by an SDK as long as Flagpost doesn't count that. */
function matchesNothing({ visitFilter = 'NOT_VISITED' }: ToggleQuery): boolean {
  return visitFilter !== 'NOT_VISITED';
}

function criteriaOf(query: ToggleQuery, operator: string): ToggleCriteria {
  const { archived, disabled, permanent, keyword, tags = [], releaseStatusList = [], related } = query;
  return {
    archived,
    disabled,
    permanent,
    keyword,
    tags: tags.length > 0 ? tags : undefined,
    statuses: releaseStatusList.length > 0 ? releaseStatusList : undefined,
    relatedTo: related ? operator : undefined,
  };
}
