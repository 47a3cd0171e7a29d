import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError } from '../../platform/errors/index.js';
import { parseContent } from '../targeting/content.js';
import { type LockedTargeting, TargetingRelease } from '../targeting/targeting-release.js';
import type { TargetingDto } from '../targeting/targeting.dto.js';
import { ApprovalCases, type TogglePlace } from './approval-cases.js';
import { ApprovalEvents } from './approval-events.js';
import type { CancelSketchDto, CanceledTargetingDto, PublishSketchDto } from './approval.dto.js';
import type { TargetingSketchEntity } from './targeting-sketch.entity.js';

/** Publishes changes that were approved, or gives them up. */
@Injectable()
export class SketchPublisher {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cases: ApprovalCases,
    private readonly targetings: TargetingRelease,
    private readonly events: ApprovalEvents,
  ) {}

  /**
   * Publishes the change whose approval was passed.
   * @throws DomainError `approval_missing` or `approval_transition` where there is none; as `release`.
   */
  async publish(place: TogglePlace, request: PublishSketchDto): Promise<TargetingDto> {
    return this.unitOfWork.run(async () => {
      const found = await this.cases.lock(place, 'PUBLISH');
      const { approval } = this.cases.next(found, 'PUBLISH');
      return this.release(found, approval.sketch, request.trackAccessEvents);
    });
  }

  /**
   * Gives the change up, approved or not. A pending approval is withdrawn with it, so that nobody is asked to review it.
   * @throws DomainError `approval_missing` where there is none.
   */
  async cancel(place: TogglePlace, request: CancelSketchDto): Promise<CanceledTargetingDto> {
    return this.unitOfWork.run(async () => {
      const found = await this.cases.lock(place, 'CANCEL');
      const { approval, next } = this.cases.next(found, 'CANCEL');
      if (next.record !== approval.status) await this.cases.saveRecord(approval, { status: next.record });
      await this.cases.saveSketch(approval.sketch, { status: next.sketch, comment: request.comment ?? null });
      return this.events.canceled(found, await this.cases.saveStatus(found.before, next.targeting));
    });
  }

  /**
   * Makes the change the next version of its targeting, inside the caller's unit. What it refers to is checked once more: it may
   * have gone since the change was submitted.
   * @throws DomainError `request_conflict` when the targeting isn't at the version any longer that was reviewed; `not_found` for a
   * segment, `invalid_request` for a prerequisite.
   */
  async release(
    locked: LockedTargeting,
    sketch: TargetingSketchEntity,
    trackAccessEvents: boolean | null | undefined,
  ): Promise<TargetingDto> {
    if (sketch.oldVersion !== locked.before.version) throw new DomainError('request_conflict');
    await this.cases.saveSketch(sketch, { status: 'RELEASE' });
    return this.targetings.publish(locked, {
      content: parseContent(sketch.content),
      disabled: sketch.disabled,
      comment: sketch.comment,
      trackAccessEvents: trackAccessEvents ?? locked.before.trackAccessEvents,
      approvalId: sketch.approvalId,
    });
  }
}
