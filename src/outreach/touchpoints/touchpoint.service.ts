import { Injectable } from '@nestjs/common';
import { EgressGuard } from '../../delivery/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { DomainError, invalidField } from '../../platform/errors/index.js';
import { draftOf, urlsOf, type TouchpointDraft } from './touchpoint-draft.js';
import { TouchpointEndpoints } from './touchpoint-endpoints.js';
import { TouchpointEvents } from './touchpoint-events.js';
import type { CreateTouchpointRequest, UpdateTouchpointRequest } from './touchpoint-input.dto.js';
import { TouchpointRecords, type TouchpointState } from './touchpoint-records.js';
import { TouchpointRepository } from './touchpoint.repository.js';
import { DISABLED_BY_OWNER } from './touchpoint-switch.js';

/**
 * Makes and changes touchpoints. The egress guard, which may ask DNS, is heard before the unit of work begins; it decides again at every
 * try, so that nothing is lost by the time between.
 */
@Injectable()
export class TouchpointService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly touchpoints: TouchpointRepository,
    private readonly records: TouchpointRecords,
    private readonly endpoints: TouchpointEndpoints,
    private readonly events: TouchpointEvents,
    private readonly guard: EgressGuard,
  ) {}

  /**
   * Makes a touchpoint: enabled, authorised for no project.
   * @throws DomainError `field_invalid`, for addresses that may not be called too
   */
  async create(organizationId: number, request: CreateTouchpointRequest): Promise<TouchpointState> {
    const draft = draftOf(request);
    await this.#checkUrls(draft);
    return this.unitOfWork.run(async () => {
      const ids = await this.endpoints.register(organizationId, draft);
      const touchpoint = this.records.make({ organizationId, ...ids }, draft);
      await this.touchpoints.insert(touchpoint);
      const state = await this.records.stateOf(touchpoint);
      await this.events.record('CREATE', state);
      return state;
    });
  }

  /**
   * Changes what the request names, while the touchpoint is disabled.
   * @throws DomainError `not_found`, `touchpoint_enabled`, `field_invalid`
   */
  async update(
    organizationId: number,
    id: number,
    request: UpdateTouchpointRequest,
  ): Promise<TouchpointState> {
    const present = await this.records.get(organizationId, id);
    demandDisabled(present);
    // An address that stays is not checked: what the guard has come to refuse must still be open to other edits.
    await this.#checkUrls(draftOf(request, present.draft), present.draft);
    return this.unitOfWork.run(async () => {
      const before = await this.records.lock(organizationId, id);
      demandDisabled(before);
      const draft = draftOf(request, before.draft);
      const receiptEndpointId = await this.endpoints.adapt(before.entity, draft, DISABLED_BY_OWNER);
      const touchpoint = this.records.changed(before, { receiptEndpointId }, draft);
      await this.touchpoints.save(touchpoint);
      const state = await this.records.stateOf(touchpoint);
      await this.events.record('UPDATE', state, before);
      return state;
    });
  }

  async #checkUrls(draft: TouchpointDraft, present?: TouchpointDraft): Promise<void> {
    const checked = new Set(present && urlsOf(present).map(({ url }) => url));
    for (const { field, url } of urlsOf(draft)) {
      if (checked.has(url)) continue;
      checked.add(url);
      const verdict = await this.guard.check(url);
      if (verdict.allowed) continue;
      throw invalidField(field, { en: `is refused. ${verdict.reason}`, zh: `被拒绝：${verdict.reason}` });
    }
  }
}

function demandDisabled({ entity }: TouchpointState): void {
  if (entity.status === 'ENABLED') throw new DomainError('touchpoint_enabled');
}
