import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.js';
import {
  APPROVAL_STATUSES,
  type ApprovalAction,
  type ApprovalCaller,
  ApprovalMachine,
  type ApprovalState,
  DECISIONS,
} from './approval-machine.js';

const ANYBODY: ApprovalCaller = { isOwner: false, isReviewer: false };
const OWNER: ApprovalCaller = { isOwner: true, isReviewer: false };
const REVIEWER: ApprovalCaller = { isOwner: false, isReviewer: true };
const BOTH: ApprovalCaller = { isOwner: true, isReviewer: true };
const ACTIONS: ApprovalAction[] = ['SUBMIT', ...DECISIONS, 'PUBLISH', 'CANCEL'];

const PENDING: ApprovalState = { record: 'PENDING', sketch: 'PENDING', targeting: 'PENDING_APPROVAL' };
const PASS: ApprovalState = { record: 'PASS', sketch: 'PENDING', targeting: 'PENDING_RELEASE' };
const REJECT: ApprovalState = { record: 'REJECT', sketch: 'PENDING', targeting: 'REJECT' };
const ended = (record: ApprovalState['record'], sketch: ApprovalState['sketch']): ApprovalState => ({
  record,
  sketch,
  targeting: 'RELEASE',
});

function errorOf(from: ApprovalState | undefined, action: ApprovalAction, caller: ApprovalCaller): string {
  try {
    ApprovalMachine.next(from, action, caller);
  } catch (error) {
    if (error instanceof DomainError) return error.key;
    throw error;
  }
  return '';
}

describe('ApprovalMachine', () => {
  it.each([
    [PENDING, 'PASS', REVIEWER, PASS],
    [PENDING, 'REJECT', REVIEWER, REJECT],
    [PENDING, 'JUMP', OWNER, ended('JUMP', 'RELEASE')],
    [PENDING, 'REVOKE', OWNER, ended('REVOKE', 'REVOKE')],
    [PENDING, 'CANCEL', ANYBODY, ended('REVOKE', 'CANCEL')],
    [PASS, 'PUBLISH', ANYBODY, ended('PASS', 'RELEASE')],
    [PASS, 'CANCEL', ANYBODY, ended('PASS', 'CANCEL')],
    [REJECT, 'CANCEL', ANYBODY, ended('REJECT', 'CANCEL')],
    [undefined, 'SUBMIT', ANYBODY, PENDING],
    [PASS, 'SUBMIT', ANYBODY, PENDING],
    [REJECT, 'SUBMIT', ANYBODY, PENDING],
    [ended('JUMP', 'RELEASE'), 'SUBMIT', ANYBODY, PENDING],
  ] as const)('leads from %o by %s', (from, action, caller, to) => {
    expect(ApprovalMachine.next(from, action, caller)).toEqual(to);
  });

  it('refuses everything else', () => {
    const possible = {
      PENDING: ['PASS', 'REJECT', 'JUMP', 'REVOKE', 'CANCEL'],
      PASS: ['PUBLISH', 'CANCEL', 'SUBMIT'],
    };
    for (const action of ACTIONS) {
      if (!possible.PENDING.includes(action))
        expect(errorOf(PENDING, action, BOTH)).toBe(
          action === 'SUBMIT' ? 'approval_repeat' : 'approval_transition',
        );
      if (!possible.PASS.includes(action)) expect(errorOf(PASS, action, BOTH)).toBe('approval_transition');
    }
    for (const action of ['PASS', 'REJECT', 'JUMP', 'REVOKE', 'PUBLISH'] as const)
      expect(errorOf(REJECT, action, BOTH)).toBe('approval_transition');
  });

  it('lets nothing happen to what has ended, or never began', () => {
    const endings = APPROVAL_STATUSES.flatMap((record) =>
      (['REVOKE', 'RELEASE', 'CANCEL'] as const).map((sketch) => ended(record, sketch)),
    );
    for (const from of [undefined, ...endings]) {
      for (const action of ACTIONS.slice(1)) expect(errorOf(from, action, BOTH)).toBe('approval_missing');
    }
  });

  it('asks for the right role first', () => {
    for (const from of [undefined, PENDING, PASS, ended('JUMP', 'RELEASE')]) {
      for (const action of ['JUMP', 'REVOKE'] as const)
        expect(errorOf(from, action, REVIEWER)).toBe('forbidden');
    }
    for (const action of ['PASS', 'REJECT'] as const)
      expect(errorOf(PENDING, action, OWNER)).toBe('approval_reviewer');
  });
});
