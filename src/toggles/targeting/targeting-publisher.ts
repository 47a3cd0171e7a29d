import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService } from '../../environments/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError, invalidField, notFound } from '../../platform/errors/index.js';
import { isGiven } from '../is-given.js';
import { checkedContent, mergeContent, parseContent } from './content.js';
import { type LockedTargeting, TargetingRelease } from './targeting-release.js';
import type { PublishTargetingDto, TargetingDto } from './targeting.dto.js';
import { TargetingRepository } from './targeting.repository.js';

const NOTHING_GIVEN = {
  en: 'is required, unless disabled or trackAccessEvents is given',
  zh: '不能缺少，除非提供了 disabled 或 trackAccessEvents',
};

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
    private readonly environments: EnvironmentService,
    private readonly release: TargetingRelease,
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
      const locked = { project, environment, before };
      return publishesRules(request)
        ? this.#publishRules(locked, request)
        : this.release.setTracking(locked, request.trackAccessEvents ?? before.trackAccessEvents);
    });
  }

  async #publishRules(locked: LockedTargeting, request: PublishTargetingDto): Promise<TargetingDto> {
    const { environment, before } = locked;
    // Of a targeting whose approval is under way, nothing but the sketch may become the next version.
    if (environment.enableApproval || before.status !== 'RELEASE') throw new DomainError('approval_required');
    const disabled = request.disabled ?? before.disabled;
    const stored = parseContent(before.content);
    // What is stored was checked when it was submitted; switching a toggle that was never published has to work, too.
    const content = isGiven(request.content)
      ? checkedContent(mergeContent(stored, request.content), before.toggle, disabled)
      : stored;
    return this.release.publish(locked, {
      content,
      disabled,
      comment: request.comment ?? null,
      trackAccessEvents: request.trackAccessEvents ?? before.trackAccessEvents,
    });
  }
}

function publishesRules({ content, disabled }: PublishTargetingDto): boolean {
  return isGiven(content) || isGiven(disabled);
}
