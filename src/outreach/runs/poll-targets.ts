import { Injectable } from '@nestjs/common';
import { EndpointDeliveries } from '../../delivery/index.js';
import type { Concerned } from './batch-contexts.js';
import { HandOver } from './hand-over.js';
import { ReceiptBatches } from './receipt-batches.js';
import { UsableTouchpoints } from './usable-touchpoints.js';

/** Polls that may wait for one endpoint. One that takes them slowly doesn't have them pile up. */
const MOST_PENDING = 1_000;

/** After so long it is looked whether an endpoint takes further polls. */
const PUT_OFF_MS = 5_000;

const NOT_ASKED = 'the touchpoint has no receipts that could be asked for';

/** Where receipts are asked for. */
@Injectable()
export class PollTargets {
  constructor(
    private readonly usable: UsableTouchpoints,
    private readonly deliveries: EndpointDeliveries,
    private readonly receipts: ReceiptBatches,
    private readonly handing: HandOver,
  ) {}

  /** Batches whose touchpoint can't be asked, by why. */
  async unaskable(concerned: readonly Concerned[]): Promise<Map<string, Concerned[]>> {
    const groups = new Map<string, Concerned[]>();
    const reasons = new Map<number, string | undefined>();
    for (const one of concerned) {
      const { touchpointId } = one.batch;
      if (!reasons.has(touchpointId)) reasons.set(touchpointId, await this.#whyNot(one));
      const why = reasons.get(touchpointId);
      if (why !== undefined) groups.set(why, [...(groups.get(why) ?? []), one]);
    }
    return groups;
  }

  /** Plans one poll for each of the others, or puts it off. */
  async ask(concerned: readonly Concerned[], now: number): Promise<void> {
    const byEndpoint = new Map<number, Concerned[]>();
    for (const one of concerned) {
      const endpointId = one.touchpoint?.receiptEndpointId;
      if (endpointId === undefined || one.touchpoint?.status !== 'ENABLED') continue;
      byEndpoint.set(endpointId, [...(byEndpoint.get(endpointId) ?? []), one]);
    }
    for (const [endpointId, group] of byEndpoint) {
      const orderIds = group.flatMap(({ batch }) => batch.orderId ?? []);
      if (await this.deliveries.hasPending(endpointId, MOST_PENDING)) {
        await this.receipts.putOff(orderIds, now + PUT_OFF_MS);
        continue;
      }
      await this.handing.askForReceipts(
        group.map(({ run, batch }) => ({ organizationId: run.organizationId, endpointId, batch })),
      );
      await this.receipts.setAsked(orderIds);
    }
  }

  async #whyNot({ touchpoint }: Concerned): Promise<string | undefined> {
    const { why } = await this.usable.judge(touchpoint);
    return why ?? (touchpoint?.receiptEndpointId === undefined ? NOT_ASKED : undefined);
  }
}
