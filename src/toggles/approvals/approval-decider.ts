import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { RequestContext } from '../../platform/http/index.js';
import { ApprovalCases, type TogglePlace } from './approval-cases.js';
import { ApprovalEvents } from './approval-events.js';
import type { ApprovalDto, DecideApprovalDto } from './approval.dto.js';
import { SketchPublisher } from './sketch-publisher.js';

/** Takes in what reviewers and owners decide about the pending approval of a targeting. */
@Injectable()
export class ApprovalDecider {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cases: ApprovalCases,
    private readonly events: ApprovalEvents,
    private readonly sketches: SketchPublisher,
    private readonly context: RequestContext,
  ) {}

  /**
   * Decides; a JUMP publishes the change in the same unit, and its event follows that of the decision.
   * @throws DomainError `forbidden` for a JUMP or REVOKE by somebody who is no owner; `approval_missing`, `approval_reviewer` or
   * `approval_transition` for what is not possible.
   */
  async decide(place: TogglePlace, request: DecideApprovalDto): Promise<ApprovalDto> {
    return this.unitOfWork.run(async () => {
      const found = await this.cases.lock(place, request.status);
      const { approval: before, next } = this.cases.next(found, request.status);
      const after = await this.cases.saveRecord(before, {
        status: next.record,
        comment: request.comment ?? null,
        approvedBy: this.context.operator,
      });
      const data = await this.events.decided(found, before, after);
      if (next.sketch === 'RELEASE') {
        await this.sketches.release(found, before.sketch, request.trackAccessEvents);
      } else {
        if (next.sketch !== 'PENDING') await this.cases.saveSketch(before.sketch, { status: next.sketch });
        await this.cases.saveStatus(found.before, next.targeting);
      }
      return data;
    });
  }
}
