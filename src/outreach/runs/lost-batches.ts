import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inList, UnitOfWork } from '../../platform/database/index.js';
import { BatchContexts, type Concerned } from './batch-contexts.js';
import { Endings } from './endings.js';

/** How often it is looked for them: what is lost is rare, and in no hurry. */
const EVERY_MS = 5_000;

/** Batches that are seen to in one unit of work. */
const PER_UNIT = 250;

const CANCELED = 'the request was canceled';

/**
 * Ends batches of whose requests nobody will hear any more: the engine tells of no delivery that was canceled. Those who cancel end the
 * batches, too; but a touchpoint may be disabled at the very moment at which a batch is handed over, or by hand after a campaign was closed.
 */
@Injectable()
export class LostBatches {
  #nextAt = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly contexts: BatchContexts,
    private readonly endings: Endings,
    private readonly clock: Clock,
  ) {}

  /** Answers whether there were any. Of no effect more often than every few seconds. */
  async end(runIds: readonly number[]): Promise<boolean> {
    const now = this.clock.now();
    // The clock may have been set back.
    if (now < this.#nextAt && now > this.#nextAt - EVERY_MS) return false;
    this.#nextAt = now + EVERY_MS;
    const lost = await this.#find(runIds);
    if (lost.size === 0) return false;
    return this.unitOfWork.run(async () => {
      const concerned = await this.contexts.lock([...lost.keys()], 'SENT');
      for (const [reason, group] of byReason(concerned, lost)) await this.#end(group, reason);
      return concerned.length > 0;
    });
  }

  async #end(concerned: readonly Concerned[], reason: string): Promise<void> {
    const isOver = ({ campaign }: Concerned): boolean => !campaign || campaign.status === 'CLOSED';
    await this.endings.cancel(concerned.filter(isOver), reason);
    await this.endings.fail(
      concerned.filter((one) => !isOver(one)),
      reason,
    );
  }

  /** Orders whose delivery was canceled, and why. */
  async #find(runIds: readonly number[]): Promise<ReadonlyMap<string, string>> {
    if (runIds.length === 0) return new Map();
    const list = inList(runIds, this.unitOfWork.dialect);
    const rows = (await this.unitOfWork.reader.query(
      `SELECT b.order_id, d.last_error FROM reach_batch b JOIN delivery d ON d.id = b.delivery_id
        WHERE b.run_id IN ${list.sql} AND b.status = 'SENT' AND d.status = 'CANCELED' LIMIT ?`,
      [...list.values, PER_UNIT],
    )) as { order_id: string; last_error: string | null }[];
    return new Map(rows.map((row) => [row.order_id, row.last_error ?? CANCELED]));
  }
}

function byReason(
  concerned: readonly Concerned[],
  reasons: ReadonlyMap<string, string>,
): Map<string, Concerned[]> {
  const groups = new Map<string, Concerned[]>();
  for (const one of concerned) {
    const reason = reasons.get(one.batch.orderId ?? '') ?? CANCELED;
    const group = groups.get(reason);
    if (group) group.push(one);
    else groups.set(reason, [one]);
  }
  return groups;
}
