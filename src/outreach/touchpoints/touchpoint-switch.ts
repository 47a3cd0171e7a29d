import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError } from '../../platform/errors/index.js';
import { inUse } from './holders.js';
import { TouchpointEndpoints } from './touchpoint-endpoints.js';
import { TouchpointEvents } from './touchpoint-events.js';
import { TouchpointRecords, type TouchpointState } from './touchpoint-records.js';
import { TouchpointUsage } from './touchpoint-usage.js';
import { TouchpointEntity } from './touchpoint.entity.js';
import { TouchpointRepository } from './touchpoint.repository.js';

/** Reasons that canceled deliveries show. */
export const DISABLED_BY_OWNER = 'touchpoint disabled';
const DELETED = 'touchpoint deleted';

/** Switches touchpoints on and off, and deletes those that are off. */
@Injectable()
export class TouchpointSwitch {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly touchpoints: TouchpointRepository,
    private readonly records: TouchpointRecords,
    private readonly endpoints: TouchpointEndpoints,
    private readonly events: TouchpointEvents,
    private readonly usage: TouchpointUsage,
  ) {}

  /**
   * Of no effect on one that is enabled already.
   * @throws DomainError `not_found`
   */
  async enable(organizationId: number, id: number): Promise<TouchpointState> {
    return this.unitOfWork.run(async () => {
      const before = await this.records.lock(organizationId, id);
      if (before.entity.status === 'ENABLED') return before;
      const touchpoint = this.records.changed(before, { status: 'ENABLED' });
      await this.touchpoints.save(touchpoint);
      await this.endpoints.enable(touchpoint);
      return this.#recorded('ENABLE', touchpoint, before);
    });
  }

  /**
   * Of no effect on one that is disabled already. Nothing of a campaign is pending: those that have anything to send hold it.
   * @throws DomainError `not_found`; `touchpoint_in_use` naming the campaigns
   */
  async disable(organizationId: number, id: number): Promise<TouchpointState> {
    return this.unitOfWork.run(async () => {
      const before = await this.records.lock(organizationId, id);
      if (before.entity.status === 'DISABLED') return before;
      await this.#demandUnused(id);
      const touchpoint = this.records.changed(before, { status: 'DISABLED' });
      await this.touchpoints.save(touchpoint);
      await this.endpoints.disable(touchpoint, DISABLED_BY_OWNER);
      return this.#recorded('DISABLE', touchpoint, before);
    });
  }

  /**
   * Because of how its requests went, in the open unit. Who last modified it, and when, stays as it is: that tells of its owners. Of no
   * effect on one that is gone or disabled already.
   */
  async disableBySystem(id: number, reason: string): Promise<void> {
    const found = await this.touchpoints.findForUpdate(id);
    if (!found || found.status === 'DISABLED') return;
    const before = await this.records.stateOf(found);
    const touchpoint = Object.assign(new TouchpointEntity(), found, { status: 'DISABLED' });
    await this.touchpoints.setStatus(id, 'DISABLED');
    await this.endpoints.disable(touchpoint, reason);
    await this.events.recordAsSystem('DISABLE', await this.records.stateOf(touchpoint), before);
  }

  /**
   * Removes a disabled touchpoint for good; the log of its deliveries stays.
   * @throws DomainError `not_found`; `touchpoint_enabled`; `touchpoint_in_use` where the platform disabled it under its campaigns
   */
  async delete(organizationId: number, id: number): Promise<TouchpointState> {
    return this.unitOfWork.run(async () => {
      const state = await this.records.lock(organizationId, id);
      if (state.entity.status === 'ENABLED') throw new DomainError('touchpoint_enabled');
      await this.#demandUnused(id);
      await this.touchpoints.delete(id);
      await this.endpoints.remove(state.entity, DELETED);
      await this.events.record('DELETE', state);
      return state;
    });
  }

  async #demandUnused(id: number): Promise<void> {
    const holders = await this.usage.holdersOf(id);
    if (holders.length > 0) throw inUse(holders);
  }

  async #recorded(
    action: 'ENABLE' | 'DISABLE',
    touchpoint: TouchpointEntity,
    before: TouchpointState,
  ): Promise<TouchpointState> {
    const state = await this.records.stateOf(touchpoint);
    await this.events.record(action, state, before);
    return state;
  }
}
