import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { type EventAction, EventRecorder } from '../events/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { alreadyExists, DomainError, invalidField, notFound } from '../platform/errors/index.js';
import { AuditStamps } from '../platform/http/index.js';
import { problemText, validateSegmentRules } from '../targeting-rules/index.js';
import {
  type CreateSegmentDto,
  type PublishSegmentDto,
  SegmentDto,
  type UpdateSegmentDto,
} from './segment.dto.js';
import { SegmentEntity } from './segment.entity.js';
import { SegmentReferences } from './segment-references.js';
import { SegmentRepository } from './segment.repository.js';

const FIRST_VERSION = 1;

/**
 * Changes segments. Every change moves on the version of all the project's environments, whose SDKs get the segments along with
 * the toggles. That also makes the units that change segments of one project go one after another, which is what keeps names
 * unique: they have no unique index, since deleted segments give theirs up.
 */
@Injectable()
export class SegmentService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly segments: SegmentRepository,
    private readonly references: SegmentReferences,
    private readonly environments: EnvironmentService,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
  ) {}

  /** @throws DomainError `conflict` when the key or name is taken; the key of a deleted segment is. */
  async create(project: ProjectRef, request: CreateSegmentDto): Promise<SegmentDto> {
    return this.unitOfWork.run(async () => {
      await this.environments.bumpAllVersions(project.id);
      if (await this.segments.hasKey(project.id, request.key)) throw alreadyExists();
      const segment = await this.segments.insert({
        organizationId: project.organizationId,
        projectId: project.id,
        key: request.key,
        name: request.name,
        description: request.description ?? '',
        rules: '[]',
        version: FIRST_VERSION,
        deleted: false,
        ...this.stamps.created(),
      });
      await this.#requireFreeName(segment);
      await this.segments.appendVersion(segment, null);
      return this.#record('CREATE', project, segment);
    });
  }

  /** @throws DomainError `not_found`; `conflict` when the new name is taken. */
  async update(project: ProjectRef, key: string, request: UpdateSegmentDto): Promise<SegmentDto> {
    return this.unitOfWork.run(async () => {
      const before = await this.#lock(project, key);
      const after = await this.#change(before, {
        name: request.name ?? before.name,
        description: request.description ?? before.description,
      });
      if (after.name !== before.name) await this.#requireFreeName(after);
      return this.#record('UPDATE', project, after, before);
    });
  }

  /**
   * Replaces the rules. Rules equal to the present ones change nothing and add no version, but are an event as any publishing is.
   * @throws DomainError `not_found`; `invalid_request` for rules that can't be evaluated; `request_conflict` when the segment
   * is not at the version the caller started from.
   */
  async publish(project: ProjectRef, key: string, request: PublishSegmentDto): Promise<SegmentDto> {
    const [problem] = validateSegmentRules(request.rules);
    if (problem) throw invalidField(problem.field, problemText(problem));
    return this.unitOfWork.run(async () => {
      const before = await this.#lock(project, key);
      if ((request.baseVersion ?? before.version) !== before.version)
        throw new DomainError('request_conflict');
      const after = await this.#change(before, { rules: JSON.stringify(request.rules ?? []) });
      if (after !== before) await this.segments.appendVersion(after, request.comment ?? null);
      return this.#record('PUBLISH', project, after, before);
    });
  }

  /** @throws DomainError `not_found`; `resource_in_use` while any targeting refers to the segment. */
  async delete(project: ProjectRef, key: string): Promise<SegmentDto> {
    return this.unitOfWork.run(async () => {
      const before = await this.#lock(project, key);
      if (await this.references.isUsed(before.id)) throw new DomainError('resource_in_use');
      return this.#record('DELETE', project, await this.#change(before, { deleted: true }));
    });
  }

  async #lock(project: ProjectRef, key: string): Promise<SegmentEntity> {
    const segment = await this.segments.lock(project.id, key);
    if (!segment) throw notFound('segment', key);
    return segment;
  }

  /** Writes the row with these values; answers the very same row when they are what it has already. */
  async #change(
    before: SegmentEntity,
    values: Partial<Pick<SegmentEntity, 'name' | 'description' | 'rules' | 'deleted'>>,
  ): Promise<SegmentEntity> {
    const after = Object.assign(new SegmentEntity(), before, values);
    if (isEqual(before, after)) return before;
    after.version += 1;
    this.stamps.modified(after);
    await this.environments.bumpAllVersions(before.projectId);
    await this.segments.update(after);
    return after;
  }

  /** Asked once the environments have been moved on: from then on no other unit can take the name. */
  async #requireFreeName({ projectId, name, id }: SegmentEntity): Promise<void> {
    if (await this.segments.hasName(projectId, name, id)) throw alreadyExists();
  }

  async #record(
    action: EventAction,
    project: ProjectRef,
    after: SegmentEntity,
    before?: SegmentEntity,
  ): Promise<SegmentDto> {
    const data = SegmentDto.from(after, project);
    await this.events.record({
      resource: 'SEGMENT',
      action,
      keys: { projectKey: project.key, segmentKey: after.key },
      data,
      before: before && SegmentDto.from(before, project),
    });
    return data;
  }
}

function isEqual(a: SegmentEntity, b: SegmentEntity): boolean {
  return (
    a.name === b.name && a.description === b.description && a.rules === b.rules && a.deleted === b.deleted
  );
}
