import { DomainError } from '../../platform/errors/index.js';
import type { ReleaseStatus } from '../targeting/release-status.js';

/** What became of an approval. */
export const APPROVAL_STATUSES = ['PENDING', 'PASS', 'REJECT', 'JUMP', 'REVOKE'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** What became of the change that an approval is about; while it is PENDING, the targeting is locked. */
export type SketchStatus = 'PENDING' | 'REVOKE' | 'RELEASE' | 'CANCEL';

/** What may be decided about a pending approval. */
export const DECISIONS = ['PASS', 'REJECT', 'JUMP', 'REVOKE'] as const;
export type Decision = (typeof DECISIONS)[number];

/** All that can be done to an approval. */
export type ApprovalAction = 'SUBMIT' | Decision | 'PUBLISH' | 'CANCEL';

/** The three statuses that change together: of the newest approval of a targeting, of its sketch, of the targeting. */
export interface ApprovalState {
  readonly record: ApprovalStatus;
  readonly sketch: SketchStatus;
  readonly targeting: ReleaseStatus;
}

/** What of the caller matters here. */
export interface ApprovalCaller {
  readonly isOwner: boolean;
  /** Among the reviewers that the approval was submitted to. */
  readonly isReviewer: boolean;
}

/**
 * The life of an approval. Each box holds the status of record, sketch and targeting:
 *
 *                      SUBMIT (any member)
 *                         │
 *                         ▼
 *      ┌──────── PENDING·PENDING·PENDING_APPROVAL ────────┬───────────────────────┬────────────────────┐
 *      │ PASS (reviewer)          │ REJECT (reviewer)     │ JUMP (owner)          │ REVOKE (owner)     │ CANCEL
 *      ▼                          ▼                       ▼                       ▼                    ▼
 *   PASS·PENDING·           REJECT·PENDING·          JUMP·RELEASE·          REVOKE·REVOKE·       REVOKE·CANCEL·
 *   PENDING_RELEASE         REJECT                   RELEASE                RELEASE              RELEASE
 *      │          │               │
 *      │ PUBLISH  │ CANCEL        │ CANCEL
 *      ▼          ▼               ▼
 *   PASS·RELEASE· PASS·CANCEL·  REJECT·CANCEL·
 *   RELEASE       RELEASE       RELEASE
 *
 * From everywhere but PENDING_APPROVAL a new approval may be submitted. The sketch of the one before, if it is still PENDING, is
 * then closed as CANCEL. PUBLISH and CANCEL are any member's.
 *
 * Differs from upstream where that has bugs: nothing is published, cancelled or decided once the sketch is closed, and the record
 * of a cancelled pending approval becomes REVOKE, so that nobody is asked to review it any longer.
 */
export class ApprovalMachine {
  /**
   * The state that an action leads to; `from` is undefined where nothing was ever submitted.
   * @throws DomainError `forbidden` for an owner's decision by somebody else; `approval_repeat`, `approval_missing`,
   * `approval_reviewer`, `approval_transition` for what the drawing lacks.
   */
  static next(
    from: ApprovalState | undefined,
    action: ApprovalAction,
    { isOwner, isReviewer }: ApprovalCaller,
  ): ApprovalState {
    if (action === 'SUBMIT') {
      if (from?.targeting === 'PENDING_APPROVAL') throw new DomainError('approval_repeat');
      return SUBMITTED;
    }
    if ((action === 'JUMP' || action === 'REVOKE') && !isOwner) throw new DomainError('forbidden');
    if (from?.sketch !== 'PENDING') throw new DomainError('approval_missing');
    if ((action === 'PASS' || action === 'REJECT') && !isReviewer) throw new DomainError('approval_reviewer');
    const to = TRANSITIONS[action][from.record];
    if (!to) throw new DomainError('approval_transition', { action, status: from.record });
    return to;
  }
}

const state = (
  record: ApprovalStatus,
  sketch: SketchStatus,
  targeting: ReleaseStatus = 'RELEASE',
): ApprovalState => ({ record, sketch, targeting });

const SUBMITTED = state('PENDING', 'PENDING', 'PENDING_APPROVAL');

/** By action, then by the status the record has while its sketch is PENDING. */
const TRANSITIONS: Record<
  Exclude<ApprovalAction, 'SUBMIT'>,
  Partial<Record<ApprovalStatus, ApprovalState>>
> = {
  PASS: { PENDING: state('PASS', 'PENDING', 'PENDING_RELEASE') },
  REJECT: { PENDING: state('REJECT', 'PENDING', 'REJECT') },
  JUMP: { PENDING: state('JUMP', 'RELEASE') },
  REVOKE: { PENDING: state('REVOKE', 'REVOKE') },
  PUBLISH: { PASS: state('PASS', 'RELEASE') },
  CANCEL: {
    PENDING: state('REVOKE', 'CANCEL'),
    PASS: state('PASS', 'CANCEL'),
    REJECT: state('REJECT', 'CANCEL'),
  },
};
