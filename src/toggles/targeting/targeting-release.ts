import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService, type EnvironmentRef } from '../../environments/index.js';
import { EventRecorder } from '../../events/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import type { TargetingContent } from '../../targeting-rules/index.js';
import { ContentReferences } from './content-references.js';
import { parseContent } from './content.js';
import { TargetingDto } from './targeting.dto.js';
import { TargetingEntity } from './targeting.entity.js';
import { TargetingRepository, type TargetingOfToggle } from './targeting.repository.js';

/** A targeting that the unit has locked, and where it is. */
export interface LockedTargeting {
  readonly project: ProjectRef;
  readonly environment: EnvironmentRef;
  readonly before: TargetingOfToggle;
}

/** What a targeting shall be from now on; its content was checked by itself. */
export interface NewVersion {
  readonly content: TargetingContent;
  readonly disabled: boolean;
  readonly comment: string | null;
  readonly trackAccessEvents: boolean;
  /** The approval that led to it. */
  readonly approvalId?: number;
}

/**
 * Puts what a toggle serves into force: the one way to users, for what is published directly and for what was approved. Works inside
 * the caller's unit.
 */
@Injectable()
export class TargetingRelease {
  constructor(
    private readonly targetings: TargetingRepository,
    private readonly references: ContentReferences,
    private readonly environments: EnvironmentService,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
  ) {}

  /**
   * Makes the next version of a targeting.
   * @throws DomainError `not_found` for a segment that isn't there; `invalid_request` for a prerequisite.
   */
  async publish(locked: LockedTargeting, version: NewVersion): Promise<TargetingDto> {
    const { project, before } = locked;
    const { content, disabled, trackAccessEvents, comment, approvalId } = version;
    const stored = parseContent(before.content);
    await this.references.update({ project, targeting: before, before: stored, after: content });
    const after = this.#changed(before, {
      version: before.version + 1,
      disabled,
      content: JSON.stringify(content),
      status: 'RELEASE',
      trackAccessEvents,
    });
    after.publishedAt = after.modifiedAt;
    await this.targetings.update(after);
    await this.targetings.appendVersion(after, comment, approvalId);
    return this.#announce(locked, after);
  }

  /** Switches the collecting of access events, which makes no version. What is so already is left alone. */
  async setTracking(locked: LockedTargeting, trackAccessEvents: boolean): Promise<TargetingDto> {
    const { before } = locked;
    if (trackAccessEvents === before.trackAccessEvents) return TargetingDto.from(before);
    const after = this.#changed(before, { trackAccessEvents });
    await this.targetings.update(after);
    return this.#announce(locked, after);
  }

  /** The row as it will be, without touching the one it was. */
  #changed(before: TargetingEntity, values: Partial<TargetingEntity>): TargetingEntity {
    const after = Object.assign(new TargetingEntity(), before, values);
    this.stamps.modified(after);
    return after;
  }

  async #announce(
    { project, environment, before }: LockedTargeting,
    after: TargetingEntity,
  ): Promise<TargetingDto> {
    await this.environments.bumpVersion(environment.id);
    const data = TargetingDto.from(after);
    await this.events.record({
      resource: 'TOGGLE',
      action: 'PUBLISH',
      keys: { projectKey: project.key, environmentKey: environment.key, toggleKey: before.toggle.key },
      data,
      before: TargetingDto.from(before),
    });
    return data;
  }
}
