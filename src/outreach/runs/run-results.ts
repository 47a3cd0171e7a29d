import { Injectable } from '@nestjs/common';
import type { DeliveryEnd } from '../../delivery/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { readReach, readReceipt } from '../requests/answers.js';
import { BatchResults } from '../requests/batch-results.js';
import { BatchContexts } from './batch-contexts.js';
import { Endings } from './endings.js';
import { ReachPace } from './reach-pace.js';
import { ReceiptBatches } from './receipt-batches.js';
import { RunWakes } from './run-wakes.js';

/**
 * Turns what came of requests into results of users, in the unit of work that ends the deliveries: both commit, or neither does. A batch
 * that has ended already, by hand or by its time, stays as it is, so the same end may be told twice.
 */
@Injectable()
export class RunResults extends BatchResults {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly contexts: BatchContexts,
    private readonly endings: Endings,
    private readonly receipts: ReceiptBatches,
    private readonly pace: ReachPace,
    private readonly wakes: RunWakes,
  ) {
    super();
  }

  async reached(ends: readonly DeliveryEnd[]): Promise<void> {
    const byOrder = new Map(ends.map((end) => [end.eventId, end]));
    const concerned = await this.contexts.lock([...byOrder.keys()], 'SENT');
    await this.endings.read(concerned, (touchpoint, { orderId = '' }, gids) => {
      const end = byOrder.get(orderId);
      return end && readReach(touchpoint, end, gids);
    });
    this.unitOfWork.afterCommit(() => {
      for (const { batch } of concerned) this.pace.ended(batch.touchpointId, 1);
      this.wakes.wake();
    });
  }

  async receipted(ends: readonly DeliveryEnd[]): Promise<void> {
    const byOrder = new Map(ends.map((end) => [end.eventId, end]));
    const concerned = await this.contexts.lock([...byOrder.keys()], 'WAITING');
    await this.endings.read(concerned, (touchpoint, { orderId = '' }, gids) => {
      const end = byOrder.get(orderId);
      return end && readReceipt(touchpoint, end, gids);
    });
    this.unitOfWork.afterCommit(() => this.wakes.wake());
  }

  /**
   * Who is on the way has failed at once, since nobody will tell what came of it. Who waits is left to the runner, which comes upon the
   * disabled touchpoint batch by batch: they may be hundreds of thousands, and this unit has to be short.
   */
  async abandon(touchpointId: number, reason: string): Promise<void> {
    const concerned = await this.contexts.lock(await this.receipts.sentTo(touchpointId), 'SENT');
    await this.endings.fail(concerned, reason);
    await this.receipts.lookSoon(touchpointId);
    this.unitOfWork.afterCommit(() => this.wakes.wake());
  }
}
