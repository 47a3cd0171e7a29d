import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { ProjectRef } from '../access/index.js';
import { EventRecorder, type EventAction } from '../events/index.js';
import { emitInOrder, UnitOfWork } from '../platform/database/index.js';
import { alreadyExists, notFound } from '../platform/errors/index.js';
import { AuditStamps, isResourceKey, type ExistsQuery } from '../platform/http/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import {
  ENVIRONMENT_CREATED,
  ENVIRONMENT_RESTORED,
  type EnvironmentCreated,
  type EnvironmentRestored,
} from './environment-hooks.js';
import { toRef, type ApprovalSetting, type EnvironmentRef } from './environment-ref.js';
import { EnvironmentDto, type CreateEnvironmentDto, type UpdateEnvironmentDto } from './environment.dto.js';
import type { EnvironmentEntity } from './environment.entity.js';
import { EnvironmentRepository } from './environment.repository.js';

/** Random bytes of an SDK key, twice as many hexadecimal digits. */
const SDK_KEY_BYTES = 20;

/** Key and name of the environment every project begins with. */
const FIRST = 'online';

/** The environments of projects: what users do with them, and what other modules need of them. */
@Injectable()
export class EnvironmentService {
  constructor(
    private readonly environments: EnvironmentRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventRecorder,
    private readonly emitter: EventEmitter2,
    private readonly stamps: AuditStamps,
    private readonly ids: IdGenerator,
  ) {}

  /** Of one project, oldest first: the live ones, or the archived ones. */
  async list(project: ProjectRef, archived: boolean): Promise<EnvironmentDto[]> {
    const found = await this.environments.list([project.id], archived);
    return found.map((environment) => EnvironmentDto.from(environment));
  }

  /** The live ones of several projects, by project id, in one query. Projects without any are left out. */
  async listLiveByProject(projectIds: readonly number[]): Promise<Map<number, EnvironmentDto[]>> {
    const found = projectIds.length === 0 ? [] : await this.environments.list(projectIds, false);
    const byProject = new Map<number, EnvironmentDto[]>();
    for (const environment of found) {
      const siblings = byProject.get(environment.projectId) ?? [];
      siblings.push(EnvironmentDto.from(environment));
      byProject.set(environment.projectId, siblings);
    }
    return byProject;
  }

  async get(project: ProjectRef, key: string): Promise<EnvironmentDto> {
    return EnvironmentDto.from(await this.#find(project, key));
  }

  /** @throws DomainError `conflict` when the key or name is taken, by an archived environment too. */
  async refuseTaken(project: ProjectRef, { type, value }: ExistsQuery): Promise<void> {
    const taken =
      type === 'KEY'
        ? await this.environments.hasKey(project.id, value)
        : await this.environments.hasName(project.id, value);
    if (taken) throw alreadyExists();
  }

  async create(project: ProjectRef, wanted: CreateEnvironmentDto): Promise<EnvironmentDto> {
    return this.unitOfWork.run(async () => {
      await this.environments.lockAll(project.id);
      const copyFrom = wanted.copyFrom ? await this.#find(project, wanted.copyFrom) : undefined;
      await this.refuseTaken(project, { type: 'KEY', value: wanted.key });
      await this.refuseTaken(project, { type: 'NAME', value: wanted.name });
      const created = await this.#insert(project, wanted.key, wanted.name, copyFrom);
      return this.#record('CREATE', project, created);
    });
  }

  /**
   * The environment a new project begins with, in the unit that makes the project. It has no event of its own: the
   * project's shows it.
   */
  async createFirst(project: ProjectRef): Promise<EnvironmentDto> {
    return EnvironmentDto.from(await this.#insert(project, FIRST, FIRST));
  }

  async update(project: ProjectRef, key: string, wanted: UpdateEnvironmentDto): Promise<EnvironmentDto> {
    return this.unitOfWork.run(async () => {
      const environment = await this.#lock(project, key, false);
      const before = EnvironmentDto.from(environment);
      environment.name = await this.#freeName(environment, wanted.name ?? environment.name);
      if (wanted.resetServerSdk) environment.serverSdkKey = this.#sdkKey('server');
      if (wanted.resetClientSdk) environment.clientSdkKey = this.#sdkKey('client');
      // Servers that hold the old key would keep it if the version stayed.
      if (wanted.resetServerSdk || wanted.resetClientSdk) environment.version += 1;
      await this.#save(environment);
      return this.#record('UPDATE', project, environment, before);
    });
  }

  /** Takes a live environment offline: hides it from lists and from SDKs. */
  async takeOffline(project: ProjectRef, key: string): Promise<EnvironmentDto> {
    return this.unitOfWork.run(async () => {
      const environment = await this.#lock(project, key, false);
      const before = EnvironmentDto.from(environment);
      environment.archived = true;
      await this.#save(environment);
      return this.#record('OFFLINE', project, environment, before);
    });
  }

  /** Brings an archived environment back. */
  async restore(project: ProjectRef, key: string): Promise<EnvironmentDto> {
    return this.unitOfWork.run(async () => {
      await this.environments.lockAll(project.id);
      const environment = await this.#lock(project, key, true);
      const before = EnvironmentDto.from(environment);
      environment.archived = false;
      await this.#save(environment);
      const restored: EnvironmentRestored = {
        project,
        environment: { id: environment.id, key: environment.key },
      };
      await emitInOrder(this.emitter, ENVIRONMENT_RESTORED, restored);
      return this.#record('RESTORE', project, environment, before);
    });
  }

  /** A live environment. @throws DomainError `not_found`. */
  async findLive(project: ProjectRef, key: string): Promise<EnvironmentRef> {
    return toRef(await this.#find(project, key));
  }

  /**
   * A live environment for a unit that changes something in it, locked so that it can't go offline, and nobody else can change
   * what is in it, before the unit ends. @throws DomainError `not_found`.
   */
  async lockLive(project: ProjectRef, key: string): Promise<EnvironmentRef> {
    return toRef(await this.#lock(project, key, false));
  }

  /**
   * All of a project, archived ones too, locked until the unit ends. Units that add something for every environment call this
   * first: making an environment does too, so that neither can miss what the other adds.
   */
  async lockAll(project: ProjectRef): Promise<EnvironmentRef[]> {
    return (await this.environments.lockAll(project.id)).map(toRef);
  }

  /** Lets nobody else publish in an environment before the unit ends; for changes that others in it must not cross. */
  async lockContents(environmentId: number): Promise<void> {
    await this.environments.lockById(environmentId);
  }

  /** The live ones of a project, oldest first. */
  async listLive(project: ProjectRef): Promise<EnvironmentRef[]> {
    return (await this.environments.list([project.id], false)).map(toRef);
  }

  /** All of a project, archived ones too, oldest first. */
  async listAll(project: ProjectRef): Promise<EnvironmentRef[]> {
    return (await this.environments.listAll(project.id)).map(toRef);
  }

  /** Those of these ids, archived ones too, by id. */
  async findByIds(ids: readonly number[]): Promise<Map<number, EnvironmentRef>> {
    const found = ids.length === 0 ? [] : await this.environments.listByIds(ids);
    return new Map(found.map((environment) => [environment.id, toRef(environment)]));
  }

  /** Sets whether publishing needs an approval, and by whom. Needs a unit that has the environment locked, and records the event. */
  async setApproval(environmentId: number, { enable, reviewers }: ApprovalSetting): Promise<void> {
    const { modifiedAt, modifiedBy } = this.stamps.created();
    await this.environments.setApproval(environmentId, {
      enableApproval: enable,
      reviewers: [...reviewers],
      modifiedAt,
      modifiedBy,
    });
  }

  /** Archives what is live in a project that is being deleted. Needs a unit. */
  async archiveAll(project: ProjectRef): Promise<void> {
    const { modifiedAt, modifiedBy } = this.stamps.created();
    await this.environments.archiveAll(project.id, { modifiedAt, modifiedBy });
  }

  /** Tells SDKs that something in this environment changed. Needs a unit. */
  async bumpVersion(environmentId: number): Promise<void> {
    await this.environments.bumpVersion(environmentId);
  }

  /** Tells SDKs of all environments of a project that something changed. Needs a unit. */
  async bumpAllVersions(projectId: number): Promise<void> {
    await this.environments.bumpAllVersions(projectId);
  }

  async #insert(
    project: ProjectRef,
    key: string,
    name: string,
    copyFrom?: EnvironmentEntity,
  ): Promise<EnvironmentEntity> {
    const environment = await this.environments.insert({
      organizationId: project.organizationId,
      projectId: project.id,
      key,
      name,
      serverSdkKey: this.#sdkKey('server'),
      clientSdkKey: this.#sdkKey('client'),
      version: 1,
      enableApproval: false,
      reviewers: [],
      archived: false,
      ...this.stamps.created(),
    });
    const created: EnvironmentCreated = {
      project,
      environment: { id: environment.id, key },
      ...(copyFrom && { copyFrom: { id: copyFrom.id, key: copyFrom.key } }),
    };
    await emitInOrder(this.emitter, ENVIRONMENT_CREATED, created);
    return environment;
  }

  async #freeName({ id, projectId }: EnvironmentEntity, name: string): Promise<string> {
    if (await this.environments.hasName(projectId, name, id)) throw alreadyExists();
    return name;
  }

  async #save(environment: EnvironmentEntity): Promise<void> {
    this.stamps.modified(environment);
    await this.environments.save(environment);
  }

  async #record(
    action: EventAction,
    project: ProjectRef,
    environment: EnvironmentEntity,
    before?: EnvironmentDto,
  ): Promise<EnvironmentDto> {
    const data = EnvironmentDto.from(environment);
    const keys = { projectKey: project.key, environmentKey: environment.key };
    await this.events.record({ resource: 'ENVIRONMENT', action, keys, data, before });
    return data;
  }

  async #find(project: ProjectRef, key: string): Promise<EnvironmentEntity> {
    // What can't be a key is not looked up: some collations take `é` for `e`, or leave blanks at the end out.
    const found = isResourceKey(key) ? await this.environments.find(project.id, key, false) : null;
    if (!found) throw notFound('environment', key);
    return found;
  }

  async #lock(project: ProjectRef, key: string, archived: boolean): Promise<EnvironmentEntity> {
    const found = isResourceKey(key) ? await this.environments.lock(project.id, key, archived) : null;
    if (!found) throw notFound('environment', key);
    return found;
  }

  #sdkKey(side: 'server' | 'client'): string {
    return `${side}-${this.ids.hex(SDK_KEY_BYTES)}`;
  }
}
