import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService, type EnvironmentRef } from '../../environments/index.js';
import { EventRecorder } from '../../events/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError, invalidField, notFound } from '../../platform/errors/index.js';
import { AuditStamps } from '../../platform/http/index.js';
import { problemText, type TargetingContent, validateTargeting } from '../../targeting-rules/index.js';
import { ContentReferences } from './content-references.js';
import { mergeContent, parseContent } from './content.js';
import { type PublishTargetingDto, TargetingDto } from './targeting.dto.js';
import { TargetingEntity } from './targeting.entity.js';
import { TargetingRepository, type TargetingOfToggle } from './targeting.repository.js';

const NOTHING_GIVEN = {
  en: 'is required, unless disabled or trackAccessEvents is given',
  zh: '不能缺少，除非提供了 disabled 或 trackAccessEvents',
};

/** What is being published where. */
interface Publishing {
  readonly project: ProjectRef;
  readonly environment: EnvironmentRef;
  readonly before: TargetingOfToggle;
  readonly request: PublishTargetingDto;
}

/**
 * Publishes what a toggle serves in an environment. This is the path that customers wait on, so a publishing without new
 * references takes five statements besides its event's: environment, targeting with its toggle, update, version, environment's version.
 *
 * Publishings of one toggle go one after another by the lock on its targeting; rows are locked in the order targeting, segment,
 * environment, event, here as everywhere.
 */
@Injectable()
export class TargetingPublisher {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly targetings: TargetingRepository,
    private readonly references: ContentReferences,
    private readonly environments: EnvironmentService,
    private readonly events: EventRecorder,
    private readonly stamps: AuditStamps,
  ) {}

  /**
   * @throws DomainError `not_found` where there is no such environment or toggle in use, or no segment of a key referred to;
   * `request_conflict` when the targeting is not at the version the caller started from; `approval_required` in an environment
   * with approvals; `invalid_request` for content that can't be served.
   */
  async publish(
    project: ProjectRef,
    environmentKey: string,
    toggleKey: string,
    request: PublishTargetingDto,
  ): Promise<TargetingDto> {
    if (!isGiven(request.trackAccessEvents) && !publishesRules(request))
      throw invalidField('content', NOTHING_GIVEN);
    return this.unitOfWork.run(async () => {
      const environment = await this.environments.findLive(project, environmentKey);
      const before = await this.targetings.lock(environment.id, project.id, toggleKey);
      if (!before || before.toggle.archived) throw notFound('toggle', toggleKey);
      if ((request.baseVersion ?? before.version) !== before.version)
        throw new DomainError('request_conflict');
      const publishing = { project, environment, before, request };
      return publishesRules(request) ? this.#publishRules(publishing) : this.#setTracking(publishing);
    });
  }

  async #publishRules(publishing: Publishing): Promise<TargetingDto> {
    const { project, environment, before, request } = publishing;
    if (environment.enableApproval) throw new DomainError('approval_required');
    const disabled = request.disabled ?? before.disabled;
    const stored = parseContent(before.content);
    // What is stored was checked when it was submitted; switching a toggle that was never published has to work, too.
    const content = isGiven(request.content)
      ? checkedContent(mergeContent(stored, request.content), before, disabled)
      : stored;
    await this.references.update({ project, targeting: before, before: stored, after: content });
    const after = this.#changed(before, {
      version: before.version + 1,
      disabled,
      content: JSON.stringify(content),
      status: 'RELEASE',
      trackAccessEvents: request.trackAccessEvents ?? before.trackAccessEvents,
    });
    after.publishedAt = after.modifiedAt;
    await this.targetings.update(after);
    await this.targetings.appendVersion(after, request.comment ?? null);
    return this.#announce(publishing, after);
  }

  /** Switches the collecting of access events, which makes no version. What is so already is left alone. */
  async #setTracking(publishing: Publishing): Promise<TargetingDto> {
    const { before, request } = publishing;
    const trackAccessEvents = request.trackAccessEvents ?? before.trackAccessEvents;
    if (trackAccessEvents === before.trackAccessEvents) return TargetingDto.from(before);
    const after = this.#changed(before, { trackAccessEvents });
    await this.targetings.update(after);
    return this.#announce(publishing, after);
  }

  /** The row as it will be, without touching the one it was. */
  #changed(before: TargetingEntity, values: Partial<TargetingEntity>): TargetingEntity {
    const after = Object.assign(new TargetingEntity(), before, values);
    this.stamps.modified(after);
    return after;
  }

  async #announce(
    { project, environment, before }: Publishing,
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

function publishesRules({ content, disabled }: PublishTargetingDto): boolean {
  return isGiven(content) || isGiven(disabled);
}

/** Null counts as absent: clients written in Java send it for what they don't set. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** @throws DomainError `invalid_request` naming the first field that is wrong. */
function checkedContent(
  content: unknown,
  { toggle }: TargetingOfToggle,
  disabled: boolean,
): TargetingContent {
  const [problem] = validateTargeting(content, {
    returnType: toggle.returnType,
    toggleKey: toggle.key,
    disabled,
  });
  if (problem) throw invalidField(problem.field, problemText(problem));
  return content as TargetingContent;
}
