import type { DeliveryEnd } from '../../src/delivery/index.js';
import { BatchResults } from '../../src/outreach/requests/batch-results.js';
import { Touchpoints, type Touchpoint } from '../../src/outreach/touchpoints/touchpoint.js';

/** What the service of touchpoints is to the directory. */
export class SomeTouchpoints extends Touchpoints {
  readonly all: Touchpoint[] = [];
  readonly disabled: string[] = [];

  load(ids: readonly number[]): Promise<Map<number, Touchpoint>> {
    return Promise.resolve(
      new Map(this.all.filter(({ id }) => ids.includes(id)).map((touchpoint) => [touchpoint.id, touchpoint])),
    );
  }

  loadForUse(): Promise<never> {
    throw new Error('not asked');
  }

  ofReceiptEndpoints(ids: readonly number[]): Promise<Map<number, Touchpoint>> {
    const found = this.all.filter(({ receiptEndpointId = 0 }) => ids.includes(receiptEndpointId));
    return Promise.resolve(new Map(found.map((touchpoint) => [touchpoint.receiptEndpointId!, touchpoint])));
  }

  disableBySystem(id: number, reason: string): Promise<void> {
    this.disabled.push(`${id} ${reason}`);
    return Promise.resolve();
  }

  authorisedFor(): Promise<never> {
    throw new Error('not asked');
  }

  codesOf(): Promise<never> {
    throw new Error('not asked');
  }
}

/** What runs are to it: remembers what it is told. */
export class SomeResults extends BatchResults {
  readonly ends: DeliveryEnd[] = [];
  readonly receipts: DeliveryEnd[] = [];
  readonly abandoned: string[] = [];

  async reached(ends: readonly DeliveryEnd[]): Promise<void> {
    this.ends.push(...ends);
  }

  async receipted(ends: readonly DeliveryEnd[]): Promise<void> {
    this.receipts.push(...ends);
  }

  async abandon(touchpointId: number, reason: string): Promise<void> {
    this.abandoned.push(`${touchpointId} ${reason}`);
  }
}
