import { Injectable } from '@nestjs/common';
import { Endpoints } from '../../delivery/index.js';
import { pageOf, type MemberRole, type Page, type Principal } from '../../platform/http/index.js';
import { ProjectService } from '../../projects/index.js';
import { OptionSource } from './options/option-source.js';
import type { Option } from './options/option.js';
import { TouchpointDto, TouchpointItemDto } from './touchpoint.dto.js';
import { TouchpointRecords, type TouchpointState } from './touchpoint-records.js';
import { TouchpointRepository } from './touchpoint.repository.js';
import type { TouchpointQuery } from './touchpoint-requests.dto.js';

/** Shows touchpoints: to owners with their secrets, to others without. */
@Injectable()
export class TouchpointReader {
  constructor(
    private readonly touchpoints: TouchpointRepository,
    private readonly records: TouchpointRecords,
    private readonly projects: ProjectService,
    private readonly endpoints: Endpoints,
    private readonly options: OptionSource,
  ) {}

  /**
   * One page, the newest first.
   * @throws DomainError `not_found` for a project that there is not
   */
  async list(principal: Principal, query: TouchpointQuery): Promise<Page<TouchpointItemDto>> {
    const { organizationId, role } = principal;
    const projectId = await this.#projectIdOf(organizationId, query.projectKey);
    const [found, total] = await this.touchpoints.list(organizationId, { ...query, projectId });
    const states = await this.records.statesOf(found);
    return pageOf(await this.#withHealth(states, role), total, query);
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId, role }: Principal, id: number): Promise<TouchpointItemDto> {
    return this.showWithHealth(await this.records.get(organizationId, id), role);
  }

  show({ draft, shown }: TouchpointState, role: MemberRole): TouchpointDto {
    return role === 'OWNER' ? TouchpointDto.withSecret(shown, draft.secret) : shown;
  }

  async showWithHealth(state: TouchpointState, role: MemberRole): Promise<TouchpointItemDto> {
    const [item] = await this.#withHealth([state], role);
    return item as TouchpointItemDto;
  }

  /**
   * The values of an `ENUM` parameter.
   * @throws DomainError `not_found` for the touchpoint, the parameter or the project; see `OptionSource`
   */
  async optionsOf(
    organizationId: number,
    id: number,
    param: string,
    projectKey: string | undefined,
  ): Promise<readonly Option[]> {
    const { draft } = await this.records.get(organizationId, id);
    const projectId = await this.#projectIdOf(organizationId, projectKey);
    const project = projectId === undefined ? undefined : { id: projectId };
    return this.options.optionsOf({ id, config: draft.config }, param, project);
  }

  /** One statement for all. */
  async #withHealth(states: readonly TouchpointState[], role: MemberRole): Promise<TouchpointItemDto[]> {
    const ids = states.flatMap(({ entity }) =>
      entity.receiptEndpointId === null ? [entity.id] : [entity.id, entity.receiptEndpointId],
    );
    const health = await this.endpoints.healthOf(ids);
    return states.map((state) => {
      const { id, receiptEndpointId } = state.entity;
      const receipts = receiptEndpointId === null ? undefined : health.get(receiptEndpointId);
      return TouchpointItemDto.withHealth(this.show(state, role), health.get(id), receipts);
    });
  }

  async #projectIdOf(organizationId: number, key: string | undefined): Promise<number | undefined> {
    return key === undefined ? undefined : (await this.projects.findLive(organizationId, key)).id;
  }
}
