import { Injectable } from '@nestjs/common';
import { Endpoints } from '../../delivery/index.js';
import type { TouchpointDraft } from './touchpoint-draft.js';
import type { TouchpointEntity } from './touchpoint.entity.js';

const NO_RECEIPTS = 'receipts come with the answer';

/**
 * A touchpoint's endpoints of the engine: the one that reaches users, whose id is its own, and with `ASYNC` receipts the one where these
 * are asked for. Both are on and off together. Needs an open unit of work.
 */
@Injectable()
export class TouchpointEndpoints {
  constructor(private readonly endpoints: Endpoints) {}

  /** Makes those of a new touchpoint, switched on. */
  async register(
    organizationId: number,
    draft: TouchpointDraft,
  ): Promise<Pick<TouchpointEntity, 'id' | 'receiptEndpointId'>> {
    const id = await this.endpoints.register(organizationId, 'REACH');
    const receiptEndpointId = needsReceipts(draft)
      ? await this.endpoints.register(organizationId, 'RECEIPT')
      : null;
    return { id, receiptEndpointId };
  }

  /** Makes or removes the one for receipts, as a disabled touchpoint now has it; answers its id. */
  async adapt(touchpoint: TouchpointEntity, draft: TouchpointDraft, reason: string): Promise<number | null> {
    const { receiptEndpointId, organizationId } = touchpoint;
    if (needsReceipts(draft) === (receiptEndpointId !== null)) return receiptEndpointId;
    if (receiptEndpointId !== null) {
      await this.endpoints.remove(receiptEndpointId, NO_RECEIPTS);
      return null;
    }
    const id = await this.endpoints.register(organizationId, 'RECEIPT');
    await this.endpoints.disable(id, reason);
    return id;
  }

  async enable(touchpoint: TouchpointEntity): Promise<void> {
    for (const id of endpointIdsOf(touchpoint)) await this.endpoints.enable(id);
  }

  /** Cancels what is pending, with the reason. */
  async disable(touchpoint: TouchpointEntity, reason: string): Promise<void> {
    for (const id of endpointIdsOf(touchpoint)) await this.endpoints.disable(id, reason);
  }

  /** As `disable`, for good. */
  async remove(touchpoint: TouchpointEntity, reason: string): Promise<void> {
    for (const id of endpointIdsOf(touchpoint)) await this.endpoints.remove(id, reason);
  }
}

function needsReceipts({ config }: TouchpointDraft): boolean {
  return config.receipts?.mode === 'ASYNC';
}

function endpointIdsOf({ id, receiptEndpointId }: TouchpointEntity): number[] {
  return receiptEndpointId === null ? [id] : [id, receiptEndpointId];
}
