import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { Campaigns, type Campaign } from '../campaigns/campaign.js';
import type { BodyMaker } from '../requests/reach-bodies.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { handsOn } from './batch-contexts.js';
import { BatchRepository } from './batch.repository.js';
import { BatchUsers } from './batch-users.js';
import { Endings } from './endings.js';
import { TOO_LARGE } from './hand-over.js';
import type { ReachLoad } from './reach-pace.js';
import { RunRepository } from './run.repository.js';
import type { Batch, Run } from './run.js';

/** Users that are handed over in one unit of work, about: some 20 ms on SQLite. */
export const USERS_PER_UNIT = 2_000;

/** Batches that end in one unit of work. */
export const BATCHES_PER_UNIT = 250;

/** What can be done about the batches of a run that wait for a touchpoint. */
export type Decision =
  | { readonly touchpoint: Touchpoint; readonly make: BodyMaker; readonly room: ReachLoad }
  | { readonly touchpoint: Touchpoint | undefined; readonly why: string };

/**
 * Hands pending batches of a run to the delivery engine, some at a time, each time in a unit of its own: orders, deliveries and the batches'
 * new state commit together. The run is locked meanwhile, so of several processes each hands over other batches, and nobody joins a batch
 * that is on its way.
 */
@Injectable()
export class BatchPlanner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunRepository,
    private readonly batches: BatchRepository,
    private readonly campaigns: Campaigns,
    private readonly users: BatchUsers,
    private readonly endings: Endings,
  ) {}

  /**
   * Takes the next batches that wait for a touchpoint.
   * @returns whether it found any; not while the campaign is paused, or another process works on the run
   */
  async plan(runId: number, touchpointId: number, decision: Decision): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const run = await this.runs.tryLock(runId);
      if (!run || run.phase === 'DONE') return false;
      const campaign = (await this.campaigns.load([run.campaignId])).get(run.campaignId);
      if (campaign?.status !== 'RUNNING') return false;
      const batches = await this.#take(run, campaign, touchpointId, decision);
      if (batches.length === 0) return false;
      if ('make' in decision) await this.#handOver(run, campaign, decision, batches);
      else await this.#fail(run, campaign, decision, batches);
      return true;
    });
  }

  /** As many as there is room for, and as fit into one unit. */
  async #take(run: Run, campaign: Campaign, touchpointId: number, decision: Decision): Promise<Batch[]> {
    const room = 'make' in decision ? decision.room : { requests: Infinity, users: Infinity };
    const limit = Math.min(room.requests, BATCHES_PER_UNIT);
    const mostUsers = Math.min(room.users, USERS_PER_UNIT);
    const found = await this.batches.listPending(run.id, touchpointId, beingFilled(run, campaign), limit);
    let users = 0;
    return found.filter(({ size }) => {
      const fits = users === 0 || users + size <= mostUsers;
      users += size;
      return fits;
    });
  }

  async #handOver(
    run: Run,
    campaign: Campaign,
    decision: Extract<Decision, { make: BodyMaker }>,
    batches: readonly Batch[],
  ): Promise<void> {
    const tooLarge = await this.users.handOver(run, campaign, decision, batches);
    if (tooLarge.length > 0)
      await this.#fail(run, campaign, { touchpoint: decision.touchpoint, why: TOO_LARGE }, tooLarge);
  }

  async #fail(
    run: Run,
    campaign: Campaign,
    { touchpoint, why }: Extract<Decision, { why: string }>,
    batches: readonly Batch[],
  ): Promise<void> {
    await this.endings.fail(
      batches.map((batch) => ({ batch, run, campaign, touchpoint, handsOn: handsOn(campaign, batch) })),
      why,
    );
  }
}

/** Batches that the snapshot is still filling: sent now they would be smaller than they have to be. */
function beingFilled({ phase, filling }: Run, { mode }: Campaign): number[] {
  if (phase !== 'SNAPSHOT') return [];
  return (mode === 'ALL' ? filling : filling.slice(0, 1)).filter((number) => number > 0);
}
