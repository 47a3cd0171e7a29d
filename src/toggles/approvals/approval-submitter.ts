import { Injectable } from '@nestjs/common';
import { EnvironmentService, type EnvironmentRef } from '../../environments/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError, invalidField } from '../../platform/errors/index.js';
import type { TargetingContent } from '../../targeting-rules/index.js';
import { isGiven } from '../is-given.js';
import { ContentReferences } from '../targeting/content-references.js';
import { checkedContent, mergeContent, parseContent } from '../targeting/content.js';
import type { LockedTargeting } from '../targeting/targeting-release.js';
import { ApprovalCases, type Draft, type TogglePlace } from './approval-cases.js';
import { ApprovalEvents } from './approval-events.js';
import type { ApprovalDto, SubmitApprovalDto } from './approval.dto.js';

const NOTHING_GIVEN = {
  en: 'is required, unless disabled is given',
  zh: '不能缺少，除非提供了 disabled',
};

/** Takes in changes that are to be approved before they are published. */
@Injectable()
export class ApprovalSubmitter {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly cases: ApprovalCases,
    private readonly references: ContentReferences,
    private readonly environments: EnvironmentService,
    private readonly events: ApprovalEvents,
  ) {}

  /**
   * Submits a change; the targeting is locked from then on. A change that was submitted before and is still waiting to be published
   * or cancelled gives way to it.
   * @throws DomainError `approval_disabled` where the environment demands no approval; `approval_repeat` while another one is
   * pending; `not_found` and `invalid_request` as for a publishing.
   */
  async submit(place: TogglePlace, request: SubmitApprovalDto): Promise<ApprovalDto> {
    if (!isGiven(request.content) && !isGiven(request.disabled)) throw invalidField('content', NOTHING_GIVEN);
    return this.unitOfWork.run(async () => {
      const found = await this.cases.lock(place, 'SUBMIT');
      demandApproval(found.environment);
      const next = this.cases.nextOfSubmission(found);
      const draft = await this.#check(found, request);
      // Who switches approvals off looks for those under way first: both lock the environment, so that neither misses the other.
      const environment = await this.environments.lockLive(place.project, found.environment.key);
      demandApproval(environment);
      if (found.approval?.sketch.status === 'PENDING')
        await this.cases.saveSketch(found.approval.sketch, { status: 'CANCEL', comment: null });
      const approval = await this.cases.insert({ ...found, environment }, next, draft);
      await this.cases.saveStatus(found.before, next.targeting);
      return this.events.created(found, approval);
    });
  }

  async #check({ project, before }: LockedTargeting, request: SubmitApprovalDto): Promise<Draft> {
    const disabled = request.disabled ?? before.disabled;
    const stored = parseContent(before.content);
    const content = isGiven(request.content)
      ? checkedContent(completeContent(stored, request.content), before.toggle, disabled)
      : stored;
    await this.references.check({ project, targeting: before, before: stored, after: content });
    return { content, disabled, comment: request.comment ?? null };
  }
}

function demandApproval({ enableApproval }: EnvironmentRef): void {
  if (!enableApproval) throw new DomainError('approval_disabled');
}

/** What is submitted stands for itself: no rules or prerequisites means none, while the rest has to be something. */
function completeContent(stored: TargetingContent, submitted: unknown): unknown {
  return mergeContent({ ...stored, rules: [], prerequisites: [] }, submitted);
}
