import { Injectable } from '@nestjs/common';
import { EventRecorder, type RecordedChange } from '../../events/index.js';
import type { TouchpointDraft } from './touchpoint-draft.js';
import type { TouchpointState } from './touchpoint-records.js';

type Action = 'CREATE' | 'UPDATE' | 'DELETE' | 'ENABLE' | 'DISABLE';

/** Records what happens to touchpoints, in the unit that does it. Secrets are in no event: only that they changed. */
@Injectable()
export class TouchpointEvents {
  constructor(private readonly recorder: EventRecorder) {}

  async record(action: Action, state: TouchpointState, before?: TouchpointState): Promise<void> {
    await this.recorder.record(changeOf(action, state, before));
  }

  /** The platform's own doing: the operator is `system`. */
  async recordAsSystem(action: Action, state: TouchpointState, before: TouchpointState): Promise<void> {
    await this.recorder.recordAsSystem(state.entity.organizationId, changeOf(action, state, before));
  }
}

function changeOf(action: Action, state: TouchpointState, before?: TouchpointState): RecordedChange {
  return {
    resource: 'TOUCHPOINT',
    action,
    subject: String(state.entity.id),
    data: state.shown,
    before: before?.shown,
    secretChanges: before && secretChanges(before.draft, state.draft),
  };
}

function secretChanges(before: TouchpointDraft, after: TouchpointDraft): string[] {
  const [from, to] = [before, after].map((draft) => (draft.secret === '' ? undefined : pathOf(draft)));
  if (from === to && before.secret === after.secret) return [];
  return [...new Set([from, to])].filter((path) => path !== undefined);
}

/** Where the secret stands in the answer to owners. */
function pathOf({ kind, config }: TouchpointDraft): string {
  if (kind === 'TOUCHPOINT') return '/token';
  return config.auth?.type === 'BASIC' ? '/auth/password' : '/auth/secret';
}
