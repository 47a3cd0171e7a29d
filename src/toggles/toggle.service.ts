import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { type EventAction, EventRecorder } from '../events/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { alreadyExists, notFound } from '../platform/errors/index.js';
import { AuditStamps } from '../platform/http/index.js';
import { FirstTargetings } from './targeting/first-targetings.js';
import { type CreateToggleDto, ToggleDto, type UpdateToggleDto } from './toggle.dto.js';
import type { ToggleEntity } from './toggle.entity.js';
import { type TaggedToggle, ToggleRepository } from './toggle.repository.js';
import { checkTemplate } from './variation-template.js';

/** Makes toggles and changes what is the same of them in all environments. */
@Injectable()
export class ToggleService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly toggles: ToggleRepository,
    private readonly targetings: FirstTargetings,
    private readonly environments: EnvironmentService,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
  ) {}

  /**
   * Makes a toggle, with a disabled targeting in each live environment.
   * @throws DomainError `conflict` when the key or name is taken; `invalid_request` for variations that can't be served.
   */
  async create(project: ProjectRef, request: CreateToggleDto): Promise<ToggleDto> {
    checkTemplate(request);
    return this.unitOfWork.run(async () => {
      const environments = await this.environments.lockAll(project);
      if (await this.toggles.hasKey(project.id, request.key)) throw alreadyExists();
      if (await this.toggles.hasName(project.id, request.name)) throw alreadyExists();
      const toggle = await this.toggles.insert({
        organizationId: project.organizationId,
        projectId: project.id,
        key: request.key,
        name: request.name,
        description: request.desc ?? '',
        returnType: request.returnType,
        disabledServe: request.disabledServe,
        variations: JSON.stringify(request.variations),
        clientAvailability: request.clientAvailability,
        permanent: request.permanent ?? false,
        archived: false,
        tags: request.tags ?? [],
        ...this.stamps.created(),
      });
      await this.targetings.addToggle(toggle.id, environments);
      await this.environments.bumpAllVersions(project.id);
      return this.#record('CREATE', project, toggle);
    });
  }

  /** @throws DomainError `not_found`; `conflict` when the new name is taken; `invalid_request` as for a new toggle. */
  async update(project: ProjectRef, key: string, request: UpdateToggleDto): Promise<ToggleDto> {
    return this.unitOfWork.run(async () => {
      const before = await this.#lock(project, key);
      const after = {
        ...before,
        name: request.name ?? before.name,
        description: request.desc ?? before.description,
        clientAvailability: request.clientAvailability ?? before.clientAvailability,
        permanent: request.permanent ?? false,
        ...templateOf(before, request),
      };
      if (after.name !== before.name && (await this.toggles.hasName(project.id, after.name, after.id)))
        throw alreadyExists();
      if (request.tags) after.tags = await this.toggles.setTags(before, request.tags);
      // The only one of these that SDKs can tell.
      const visible = after.clientAvailability !== before.clientAvailability;
      return this.#change('UPDATE', project, before, after, visible);
    });
  }

  /** Archives a toggle. @throws DomainError `not_found`, also when it is archived already. */
  async takeOffline(project: ProjectRef, key: string): Promise<ToggleDto> {
    return this.unitOfWork.run(async () => {
      const before = await this.#lock(project, key);
      if (before.archived) throw notFound('toggle', key);
      return this.#change('OFFLINE', project, before, { ...before, archived: true }, true);
    });
  }

  /** Brings an archived toggle back. @throws DomainError `not_found`, also when it is not archived. */
  async restore(project: ProjectRef, key: string): Promise<ToggleDto> {
    return this.unitOfWork.run(async () => {
      const before = await this.#lock(project, key);
      if (!before.archived) throw notFound('toggle', key);
      return this.#change('RESTORE', project, before, { ...before, archived: false }, true);
    });
  }

  async #lock(project: ProjectRef, key: string): Promise<TaggedToggle> {
    const toggle = await this.toggles.lock(project.id, key);
    if (!toggle) throw notFound('toggle', key);
    return toggle;
  }

  /** `visible`: whether SDKs can tell the difference. */
  async #change(
    action: EventAction,
    project: ProjectRef,
    before: TaggedToggle,
    after: TaggedToggle,
    visible: boolean,
  ): Promise<ToggleDto> {
    this.stamps.modified(after);
    await this.toggles.update(after);
    if (visible) await this.environments.bumpAllVersions(project.id);
    return this.#record(action, project, after, before);
  }

  async #record(
    action: EventAction,
    project: ProjectRef,
    after: TaggedToggle,
    before?: TaggedToggle,
  ): Promise<ToggleDto> {
    const now = after.modifiedAt;
    const data = ToggleDto.from(after, now);
    await this.events.record({
      resource: 'TOGGLE',
      action,
      keys: { projectKey: project.key, toggleKey: after.key },
      data,
      before: before && ToggleDto.from(before, now),
    });
    return data;
  }
}

/** The variations and disabled serve after a change, checked together: fewer variations may not reach as far. */
function templateOf(
  before: ToggleEntity,
  request: UpdateToggleDto,
): Pick<ToggleEntity, 'variations' | 'disabledServe'> {
  const variations: unknown = request.variations ?? JSON.parse(before.variations);
  const disabledServe = request.disabledServe ?? before.disabledServe;
  checkTemplate({ returnType: before.returnType, variations, disabledServe });
  return { variations: JSON.stringify(variations), disabledServe };
}
