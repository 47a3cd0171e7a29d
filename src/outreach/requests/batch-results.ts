import type { DeliveryEnd } from '../../delivery/index.js';

/** Who turns answers into results of users. Implemented by `runs`; everything is called inside the unit that ends the deliveries. */
export abstract class BatchResults {
  /** Reach requests (`REACH_EVENT`) have ended: each is the delivery of a batch whose `orderId` is the end's `eventId`. */
  abstract reached(ends: readonly DeliveryEnd[]): Promise<void>;

  /** Receipt requests (`RECEIPT_EVENT`) have ended, of the batches whose `orderId` is the end's `eventId`. */
  abstract receipted(ends: readonly DeliveryEnd[]): Promise<void>;

  /** The touchpoint gets nothing more: everyone who waits for it, or for a receipt of it, has failed for this reason. */
  abstract abandon(touchpointId: number, reason: string): Promise<void>;
}
