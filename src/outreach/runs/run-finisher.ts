import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { Campaigns, type Campaign } from '../campaigns/campaign.js';
import { BatchRepository } from './batch.repository.js';
import { RunRepository } from './run.repository.js';
import { RunTotals } from './run-totals.js';
import type { Run } from './run.js';

/** Brings runs to their end, and campaigns that have no further one. */
@Injectable()
export class RunFinisher {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: Campaigns,
    private readonly runs: RunRepository,
    private readonly batches: BatchRepository,
    private readonly totals: RunTotals,
    private readonly clock: Clock,
  ) {}

  /** The time in which events trigger has passed: nobody comes any more. */
  async endIntake(runId: number): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const run = await this.runs.tryLock(runId);
      if (run?.phase !== 'OPEN') return false;
      run.phase = 'SENDING';
      await this.runs.save(run);
      return true;
    });
  }

  /**
   * Ends a run whose batches have all ended, and its campaign where that was the last one. A campaign that is paused stays so: resuming
   * it finds that there is nothing left to do.
   */
  async finish({ id, campaignId, nextBatch }: Run): Promise<boolean> {
    if (await this.batches.hasOpen(id)) return false;
    // Nothing can change them any more, so the unit need not wait for them.
    const totals = JSON.stringify(await this.totals.of(id, nextBatch));
    const endedAt = await this.totals.lastEnd(id);
    return this.unitOfWork.run(async () => {
      const campaign = await this.campaigns.lock(campaignId);
      const run = await this.runs.tryLock(id);
      if (run?.phase !== 'SENDING' || run.nextBatch !== nextBatch || (await this.batches.hasOpen(id)))
        return false;
      await this.runs.finish(id, endedAt ?? this.clock.now(), totals);
      if (campaign && isLastRun(campaign) && !(await this.runs.hasActive(campaignId, id)))
        await this.campaigns.finished(campaign);
      return true;
    });
  }
}

function isLastRun({ status, nextRunAt }: Campaign): boolean {
  return status === 'RUNNING' && nextRunAt === undefined;
}
