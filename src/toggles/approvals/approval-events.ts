import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../../events/index.js';
import type { LockedTargeting } from '../targeting/targeting-release.js';
import { TargetingDto } from '../targeting/targeting.dto.js';
import type { TargetingEntity } from '../targeting/targeting.entity.js';
import { type ApprovalDto, CanceledTargetingDto } from './approval.dto.js';
import type { Approval } from './approval.repository.js';

/** Records what becomes of approvals, and describes them as the API answers and the events carry. */
@Injectable()
export class ApprovalEvents {
  constructor(private readonly events: EventRecorder) {}

  /** A change was submitted. What differs is what the change would change. */
  async created(place: LockedTargeting, approval: Approval): Promise<ApprovalDto> {
    const data = describe(place, approval);
    const { status: _status, title: _title, ...nothingAsked } = data;
    const before = { ...nothingAsked, approvalData: data.currentData };
    await this.#record('CREATE_APPROVAL', place, data, before);
    return data;
  }

  /** Somebody decided. */
  async decided(place: LockedTargeting, before: Approval, after: Approval): Promise<ApprovalDto> {
    const data = describe(place, after);
    await this.#record('UPDATE_APPROVAL', place, data, describe(place, before));
    return data;
  }

  /** The change was given up; `after` is the targeting, unlocked. */
  async canceled(place: LockedTargeting, after: TargetingEntity): Promise<CanceledTargetingDto> {
    const data = withoutTracking(after);
    await this.#record('REVOKE_APPROVAL', place, data, withoutTracking(place.before));
    return data;
  }

  async #record(
    action: 'CREATE_APPROVAL' | 'UPDATE_APPROVAL' | 'REVOKE_APPROVAL',
    place: LockedTargeting,
    data: object,
    before: object,
  ): Promise<void> {
    await this.events.record({ resource: 'TOGGLE', action, keys: keysOf(place), data, before });
  }
}

function keysOf({ project, environment, before }: LockedTargeting) {
  return { projectKey: project.key, environmentKey: environment.key, toggleKey: before.toggle.key };
}

function describe(place: LockedTargeting, approval: Approval): ApprovalDto {
  const { before: live } = place;
  const { sketch } = approval;
  return {
    title: approval.title ?? undefined,
    ...keysOf(place),
    status: approval.status,
    comment: approval.comment ?? undefined,
    submitBy: approval.createdBy,
    approvalDate: new Date(approval.modifiedAt),
    currentData: { disabled: live.disabled, content: live.content },
    approvalData: { disabled: sketch.disabled, content: sketch.content },
  };
}

function withoutTracking(targeting: TargetingEntity): CanceledTargetingDto {
  const { trackAccessEvents: _trackAccessEvents, ...rest } = TargetingDto.from(targeting);
  return rest;
}
