import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { CampaignRunEntity } from '../run.entity.js';
import type { Totals } from '../totals.js';

/** A run as it is shown. */
export interface RunRow {
  readonly id: number;
  readonly phase: CampaignRunEntity['phase'];
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly audience: number;
  readonly nextBatch: number;
  readonly problem: string | null;
  /** Of one that is `DONE`. */
  readonly totals: Totals | undefined;
}

/** Reads the runs of a campaign, the newest first. */
@Injectable()
export class RunRows {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async list(campaignId: number, offset: number, limit: number): Promise<RunRow[]> {
    const runs = await this.#runs.find({
      where: { campaignId },
      order: { id: 'DESC' },
      skip: offset,
      take: limit,
    });
    return runs.map(toRow);
  }

  async listAll(campaignId: number): Promise<RunRow[]> {
    return (await this.#runs.find({ where: { campaignId }, order: { id: 'DESC' } })).map(toRow);
  }

  async count(campaignId: number): Promise<number> {
    return this.#runs.countBy({ campaignId });
  }

  get #runs() {
    return this.unitOfWork.reader.getRepository(CampaignRunEntity);
  }
}

function toRow(run: CampaignRunEntity): RunRow {
  return { ...run, totals: run.totals === null ? undefined : (JSON.parse(run.totals) as Totals) };
}
