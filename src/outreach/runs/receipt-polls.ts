import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { BatchContexts, type Concerned } from './batch-contexts.js';
import { Endings } from './endings.js';
import { PollTargets } from './poll-targets.js';
import { ReceiptBatches } from './receipt-batches.js';

/** Batches that are looked at in one unit of work. */
const PER_UNIT = 200;

/** Why users have failed of whom the touchpoint had not said until its time was up what came of them. */
export const NO_RECEIPT = 'no receipt in time';

/** Asks touchpoints for the receipts they owe, and gives up those whose time is up. */
@Injectable()
export class ReceiptPolls {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly contexts: BatchContexts,
    private readonly receipts: ReceiptBatches,
    private readonly polling: PollTargets,
    private readonly endings: Endings,
    private readonly clock: Clock,
  ) {}

  /** Sees to batches whose time has come, some at a time in a unit of its own; answers whether there were as many as that. */
  async poll(): Promise<boolean> {
    if ((await this.receipts.listDue(this.clock.now(), 1)).length === 0) return false;
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const orderIds = await this.receipts.listDue(now, PER_UNIT);
      const waiting = await this.contexts.lock(orderIds, 'WAITING');
      // Another process may have seen to some of them meanwhile.
      const due = waiting.filter(({ batch }) => batch.pollAt !== undefined && batch.pollAt <= now);
      const isOver = ({ batch }: Concerned): boolean => (batch.pollUntil ?? 0) <= now;
      await this.endings.fail(due.filter(isOver), NO_RECEIPT);
      const owing = due.filter((one) => !isOver(one));
      for (const [why, group] of await this.polling.unaskable(owing)) await this.endings.fail(group, why);
      await this.polling.ask(owing, now);
      return orderIds.length === PER_UNIT;
    });
  }
}
