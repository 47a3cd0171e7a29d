import { Injectable } from '@nestjs/common';
import type { ProjectRef } from '../../access/index.js';
import { EnvironmentService } from '../../environments/index.js';
import { DomainError, notFound } from '../../platform/errors/index.js';
import { AuditStamps, RequestContext } from '../../platform/http/index.js';
import type { TargetingContent } from '../../targeting-rules/index.js';
import type { LockedTargeting } from '../targeting/targeting-release.js';
import { TargetingRepository, type TargetingOfToggle } from '../targeting/targeting.repository.js';
import { type ApprovalAction, ApprovalMachine, type ApprovalState } from './approval-machine.js';
import { ApprovalRecordEntity } from './approval-record.entity.js';
import { type Approval, ApprovalRepository } from './approval.repository.js';
import { TargetingSketchEntity } from './targeting-sketch.entity.js';

/** A toggle in an environment, as a path names them. */
export interface TogglePlace {
  readonly project: ProjectRef;
  readonly environmentKey: string;
  readonly toggleKey: string;
}

/** A locked targeting with its newest approval, which nobody else can change before the unit ends. */
export interface ApprovalCase extends LockedTargeting {
  readonly approval: Approval | null;
}

/** What an action does to an approval. */
export interface Step {
  readonly approval: Approval;
  readonly next: ApprovalState;
}

/** A change that is asked for, checked. */
export interface Draft {
  readonly content: TargetingContent;
  readonly disabled: boolean;
  readonly comment: string | null;
}

/** An archived toggle's approval can still be ended, as it would lock the environment's settings for good otherwise. */
const ENDINGS: ReadonlySet<ApprovalAction> = new Set(['REVOKE', 'CANCEL']);

/** What the units that move an approval along have in common: they lock it, ask the machine, and write its three rows. */
@Injectable()
export class ApprovalCases {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly targetings: TargetingRepository,
    private readonly approvals: ApprovalRepository,
    private readonly stamps: AuditStamps,
    private readonly context: RequestContext,
  ) {}

  /** @throws DomainError `not_found` where there is no such environment or toggle, or it is archived. */
  async lock(place: TogglePlace, action: ApprovalAction): Promise<ApprovalCase> {
    const { project, environmentKey, toggleKey } = place;
    const environment = await this.environments.findLive(project, environmentKey);
    const before = await this.targetings.lock(environment.id, project.id, toggleKey);
    if (!before || (before.toggle.archived && !ENDINGS.has(action))) throw notFound('toggle', toggleKey);
    const approval = await this.approvals.findNewest(before.id);
    return { project, environment, before, approval };
  }

  /**
   * The approval that the caller's action is about, and the state it leads to.
   * @throws DomainError where the action is not the caller's, or not possible.
   */
  next(found: ApprovalCase, action: Exclude<ApprovalAction, 'SUBMIT'>): Step {
    const next = this.#ask(found, action);
    // The machine lets nothing but a submission happen where nothing was submitted.
    if (!found.approval) throw new DomainError('approval_missing');
    return { approval: found.approval, next };
  }

  /** The state that a submission leads to. @throws DomainError `approval_repeat`. */
  nextOfSubmission(found: ApprovalCase): ApprovalState {
    return this.#ask(found, 'SUBMIT');
  }

  /** Writes a new approval, to be reviewed by those whom the environment names. */
  async insert(found: ApprovalCase, to: ApprovalState, draft: Draft): Promise<Approval> {
    const { environment, before: targeting } = found;
    const { organizationId, projectId, environmentId, toggleId } = targeting;
    const stamps = this.stamps.created();
    return this.approvals.insert(
      {
        organizationId,
        projectId,
        environmentId,
        toggleId,
        targetingId: targeting.id,
        status: to.record,
        title: draft.comment,
        comment: null,
        reviewers: [...environment.reviewers],
        approvedBy: null,
        ...stamps,
      },
      {
        organizationId,
        environmentId,
        targetingId: targeting.id,
        oldVersion: targeting.version,
        content: JSON.stringify(draft.content),
        disabled: draft.disabled,
        comment: draft.comment,
        status: to.sketch,
        ...stamps,
      },
    );
  }

  /** Writes what was decided. Answers the new row, and leaves the one it was alone. */
  async saveRecord(
    { sketch, ...record }: Approval,
    values: Partial<ApprovalRecordEntity>,
  ): Promise<Approval> {
    const after = Object.assign(new ApprovalRecordEntity(), record, values);
    this.stamps.modified(after);
    await this.approvals.updateRecord(after);
    return Object.assign(after, { sketch });
  }

  /** Writes what became of the change. */
  async saveSketch(
    sketch: TargetingSketchEntity,
    values: Partial<Pick<TargetingSketchEntity, 'status' | 'comment'>>,
  ): Promise<void> {
    const after = Object.assign(new TargetingSketchEntity(), sketch, values);
    this.stamps.modified(after);
    await this.approvals.updateSketch(after);
  }

  /** Writes where the targeting stands. Answers the new row, and leaves the one it was alone. */
  async saveStatus(
    before: TargetingOfToggle,
    status: TargetingOfToggle['status'],
  ): Promise<TargetingOfToggle> {
    const after = { ...before, status };
    this.stamps.modified(after);
    await this.targetings.updateStatus(after);
    return after;
  }

  #ask({ approval, before }: ApprovalCase, action: ApprovalAction): ApprovalState {
    const { role, account } = this.context.principal;
    const from = approval
      ? { record: approval.status, sketch: approval.sketch.status, targeting: before.status }
      : undefined;
    return ApprovalMachine.next(from, action, {
      isOwner: role === 'OWNER',
      isReviewer: approval?.reviewers.includes(account) ?? false,
    });
  }
}
