import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { EventRecorder, type EventAction } from '../events/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { alreadyExists, notFound } from '../platform/errors/index.js';
import { AuditStamps, isResourceKey, type ExistsQuery } from '../platform/http/index.js';
import { ProjectDto, type CreateProjectDto, type UpdateProjectDto } from './project.dto.js';
import type { ProjectEntity } from './project.entity.js';
import { ProjectRepository } from './project.repository.js';

/** What a project is called. */
export interface ProjectName {
  readonly key: string;
  readonly name: string;
}

/** The projects of an organization. */
@Injectable()
export class ProjectService {
  constructor(
    private readonly projects: ProjectRepository,
    private readonly environments: EnvironmentService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
  ) {}

  /** The live project of that key, whatever its case. @throws DomainError `not_found`. */
  async findLive(organizationId: number, key: string): Promise<ProjectRef> {
    // What can't be a key is not looked up: some collations take `é` for `e`, or leave blanks at the end out.
    const found = isResourceKey(key) ? await this.projects.findLive(organizationId, key) : null;
    if (!found) throw notFound('project', key);
    return toRef(found);
  }

  /** Newest first. */
  async list(organizationId: number, keyword?: string): Promise<ProjectDto[]> {
    const found = await this.projects.listLive(organizationId, keyword);
    const environments = await this.environments.listLiveByProject(found.map(({ id }) => id));
    return found.map((project) => ProjectDto.from(project, environments.get(project.id) ?? []));
  }

  async get(project: ProjectRef): Promise<ProjectDto> {
    const found = await this.projects.findById(project.organizationId, project.id);
    if (!found) throw notFound('project', project.key);
    return this.#describe(found);
  }

  /** Keys and names of those of these ids, deleted ones too, by id. */
  async findNames(organizationId: number, ids: readonly number[]): Promise<Map<number, ProjectName>> {
    const found = ids.length === 0 ? [] : await this.projects.listByIds(organizationId, ids);
    return new Map(found.map(({ id, key, name }) => [id, { key, name }]));
  }

  /** @throws DomainError `conflict` when the key or name is taken, by a deleted project too. */
  async refuseTaken(organizationId: number, { type, value }: ExistsQuery): Promise<void> {
    const taken =
      type === 'KEY'
        ? await this.projects.hasKey(organizationId, value)
        : await this.projects.hasName(organizationId, value);
    if (taken) throw alreadyExists();
  }

  /** Makes a project and its first environment. */
  async create(organizationId: number, wanted: CreateProjectDto): Promise<ProjectDto> {
    return this.unitOfWork.run(async () => {
      await this.refuseTaken(organizationId, { type: 'KEY', value: wanted.key });
      await this.refuseTaken(organizationId, { type: 'NAME', value: wanted.name });
      const project = await this.projects.insert({
        organizationId,
        key: wanted.key,
        name: wanted.name,
        description: wanted.description ?? '',
        archived: false,
        ...this.stamps.created(),
      });
      const first = await this.environments.createFirst(toRef(project));
      return this.#record('CREATE', ProjectDto.from(project, [first]));
    });
  }

  async update(ref: ProjectRef, wanted: UpdateProjectDto): Promise<ProjectDto> {
    return this.unitOfWork.run(async () => {
      const project = await this.#lock(ref);
      const before = await this.#describe(project);
      project.name = await this.#freeName(project, wanted.name ?? project.name);
      project.description = wanted.description ?? project.description;
      await this.#save(project);
      return this.#record('UPDATE', ProjectDto.from(project, before.environments), before);
    });
  }

  /** Archives a project and all its environments; answers it as it was. */
  async delete(ref: ProjectRef): Promise<ProjectDto> {
    return this.unitOfWork.run(async () => {
      // Environments before the project, as when one of them is made or restored: locks taken in one order don't cross.
      await this.environments.lockAll(ref);
      const project = await this.#lock(ref);
      const deleted = await this.#describe(project);
      await this.environments.archiveAll(ref);
      project.archived = true;
      await this.#save(project);
      return this.#record('DELETE', deleted);
    });
  }

  /**
   * Makes sure that a project is still there, and stays, for a unit that adds something to it. @throws DomainError `not_found`.
   */
  async keepLive(ref: ProjectRef): Promise<void> {
    await this.#lock(ref);
  }

  async #lock(ref: ProjectRef): Promise<ProjectEntity> {
    const found = await this.projects.lockLive(ref.organizationId, ref.id);
    if (!found) throw notFound('project', ref.key);
    return found;
  }

  async #freeName({ id, organizationId }: ProjectEntity, name: string): Promise<string> {
    if (await this.projects.hasName(organizationId, name, id)) throw alreadyExists();
    return name;
  }

  async #save(project: ProjectEntity): Promise<void> {
    this.stamps.modified(project);
    await this.projects.save(project);
  }

  async #describe(project: ProjectEntity): Promise<ProjectDto> {
    return ProjectDto.from(project, await this.environments.list(toRef(project), false));
  }

  async #record(action: EventAction, data: ProjectDto, before?: ProjectDto): Promise<ProjectDto> {
    await this.events.record({ resource: 'PROJECT', action, keys: { projectKey: data.key }, data, before });
    return data;
  }
}

function toRef({ id, key, organizationId }: ProjectEntity): ProjectRef {
  return { id, key, organizationId };
}
