import { Injectable } from '@nestjs/common';
import { Withdrawals } from '../../delivery/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { RunControl } from '../campaigns/run-control.js';
import { BatchRepository } from './batch.repository.js';
import { Endings } from './endings.js';
import type { BatchStatus } from './run.entity.js';
import { RunRepository } from './run.repository.js';
import { RunWakes } from './run-wakes.js';
import type { Run } from './run.js';

/** Batches that are canceled in one unit of work; the runner goes on with the rest. */
const PER_UNIT = 1_000;

/** Batches of which nothing is on its way. */
const CANCELABLE: readonly BatchStatus[] = ['PENDING', 'WAITING'];

const GONE = 'the campaign is gone';

/**
 * Ends runs of a campaign before their time. What was not handed to the engine is canceled, and what waits for receipts. What the engine has
 * is taken back where it waits, and ends as it will where it is just being sent: its result counts.
 */
@Injectable()
export class RunClosing extends RunControl {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunRepository,
    private readonly batches: BatchRepository,
    private readonly endings: Endings,
    private readonly withdrawals: Withdrawals,
    private readonly wakes: RunWakes,
  ) {
    super();
  }

  wake(): void {
    this.wakes.wake();
  }

  async isBusy(campaignId: number): Promise<boolean> {
    return this.runs.hasActive(campaignId);
  }

  /** With very many small batches the last ones are canceled by the runner, soon after; none of them is sent. */
  async close(campaignId: number, reason: string): Promise<void> {
    for (const run of await this.runs.lockActiveOf(campaignId)) {
      run.phase = 'SENDING';
      run.problem = reason;
      await this.runs.save(run);
      await this.#cancel(run);
    }
    this.unitOfWork.afterCommit(() => this.wakes.wake());
  }

  /** Goes on with a run whose campaign was closed, or is gone; answers whether it got on. */
  async goOn(runId: number): Promise<boolean> {
    const canceled = await this.unitOfWork.run(async () => {
      const run = await this.runs.tryLock(runId);
      if (!run || run.phase === 'DONE') return 0;
      if (run.phase === 'SENDING') return this.#cancel(run);
      run.phase = 'SENDING';
      await this.runs.save(run);
      return 1 + (await this.#cancel(run));
    });
    return canceled + (await this.#withdraw(runId)) > 0;
  }

  async #cancel(run: Run): Promise<number> {
    const batches = await this.batches.lockIn(run.id, CANCELABLE, PER_UNIT);
    await this.endings.cancel(
      batches.map((batch) => ({ batch, run, campaign: undefined, touchpoint: undefined, handsOn: false })),
      run.problem ?? GONE,
    );
    return batches.length;
  }

  /** In a unit that locks in the engine's order: what it sends first, then the batches. */
  async #withdraw(runId: number): Promise<number> {
    const sent = await this.batches.listSent(runId, PER_UNIT);
    if (sent.length === 0) return 0;
    return this.unitOfWork.run(async () => {
      const run = (await this.runs.load([runId])).get(runId);
      const reason = run?.problem ?? GONE;
      const deliveryIds = sent.flatMap(({ deliveryId }) => deliveryId ?? []);
      const withdrawn = new Set(await this.withdrawals.withdraw(deliveryIds, reason));
      const canceled = sent.filter(({ deliveryId }) => withdrawn.has(deliveryId ?? ''));
      if (run && canceled.length > 0)
        await this.endings.cancel(
          canceled.map((batch) => ({
            batch,
            run,
            campaign: undefined,
            touchpoint: undefined,
            handsOn: false,
          })),
          reason,
        );
      return canceled.length;
    });
  }
}
