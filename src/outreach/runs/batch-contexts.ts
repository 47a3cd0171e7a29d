import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { Campaigns, type Campaign } from '../campaigns/campaign.js';
import { Touchpoints, type Touchpoint } from '../touchpoints/touchpoint.js';
import { BatchRepository } from './batch.repository.js';
import type { BatchStatus } from './run.entity.js';
import { RunRepository } from './run.repository.js';
import { nextStepOf, type Batch, type Run } from './run.js';

/** A batch with all that its end depends on. */
export interface Concerned {
  readonly batch: Batch;
  readonly run: Run;
  /** Undefined: gone. */
  readonly campaign: Campaign | undefined;
  /** Undefined: gone. */
  readonly touchpoint: Touchpoint | undefined;
  /** Whether who fails in it is handed on to the next touchpoint. The run is locked then. */
  readonly handsOn: boolean;
}

/** Finds what batches belong to, and locks what their end changes. Needs an open unit. */
@Injectable()
export class BatchContexts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly batches: BatchRepository,
    private readonly runs: RunRepository,
    private readonly campaigns: Campaigns,
    private readonly touchpoints: Touchpoints,
  ) {}

  /**
   * The batches with these orders that are still in that state, locked. Runs are locked before batches, as everywhere; those only that
   * users may be handed on in.
   */
  async lock(orderIds: readonly string[], status: BatchStatus): Promise<Concerned[]> {
    if (orderIds.length === 0) return [];
    const found = (await this.batches.byOrders(orderIds)).filter((batch) => batch.status === status);
    const concerned = await this.of(found);
    const locked = await this.runs.lockAll([
      ...new Set(concerned.filter(({ handsOn }) => handsOn).map(({ run }) => run.id)),
    ]);
    const batches = await this.#lockBatches(found, status);
    return concerned.flatMap((one) => {
      const batch = batches.get(keyOf(one.batch));
      return batch ? [{ ...one, batch, run: locked.get(one.run.id) ?? one.run }] : [];
    });
  }

  /** The same for batches at hand, without locks. */
  async of(batches: readonly Batch[]): Promise<Concerned[]> {
    const runs = await this.runs.load(unique(batches.map(({ runId }) => runId)));
    const campaigns = await this.campaigns.load(
      unique([...runs.values()].map(({ campaignId }) => campaignId)),
    );
    const touchpoints = await this.touchpoints.load(unique(batches.map(({ touchpointId }) => touchpointId)));
    return batches.flatMap((batch) => {
      const run = runs.get(batch.runId);
      if (!run) return [];
      const campaign = campaigns.get(run.campaignId);
      const touchpoint = touchpoints.get(batch.touchpointId);
      return [{ batch, run, campaign, touchpoint, handsOn: handsOn(campaign, batch) }];
    });
  }

  async #lockBatches(found: readonly Batch[], status: BatchStatus): Promise<ReadonlyMap<string, Batch>> {
    const orders = found.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]));
    const current =
      this.unitOfWork.dialect.locksRows && orders.length > 0
        ? await this.batches.lockByOrders(orders)
        : found;
    return new Map(current.filter((batch) => batch.status === status).map((batch) => [keyOf(batch), batch]));
  }
}

/** Nobody is handed on in a campaign that is over. */
export function handsOn(campaign: Campaign | undefined, { step }: Pick<Batch, 'step'>): boolean {
  if (!campaign || campaign.status === 'CLOSED' || campaign.status === 'FINISHED') return false;
  return nextStepOf(campaign, step) !== undefined;
}

function keyOf({ runId, number }: Batch): string {
  return `${runId} ${number}`;
}

function unique(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}
