import { Injectable } from '@nestjs/common';
import type { Campaign } from '../campaigns/campaign.js';
import { BatchPlanner, type Decision } from './batch-planner.js';
import { BatchRepository } from './batch.repository.js';
import { BodyMakers } from './body-makers.js';
import { MOST_AHEAD, ReachPace } from './reach-pace.js';
import { UsableTouchpoints } from './usable-touchpoints.js';
import type { Run } from './run.js';

/** Decides which batches of a run can be handed over now: no further ahead of a touchpoint than keeps it busy. */
@Injectable()
export class RunPlanning {
  constructor(
    private readonly batches: BatchRepository,
    private readonly planner: BatchPlanner,
    private readonly touchpoints: UsableTouchpoints,
    private readonly bodies: BodyMakers,
    private readonly pace: ReachPace,
  ) {}

  /** Some batches for each touchpoint; answers whether there were any. */
  async plan(run: Run, campaign: Campaign): Promise<boolean> {
    let moved = false;
    for (const touchpointId of await this.batches.touchpointsPending(run.id)) {
      const decision = await this.#decide(campaign, touchpointId);
      if (decision) moved = (await this.planner.plan(run.id, touchpointId, decision)) || moved;
    }
    return moved;
  }

  /** Undefined: as much is waiting for the touchpoint as should. */
  async #decide(campaign: Campaign, touchpointId: number): Promise<Decision | undefined> {
    const { touchpoint, why } = await this.touchpoints.find(touchpointId);
    if (why !== undefined) return { touchpoint, why };
    const room = this.pace.room(touchpoint, await this.batches.countSent(touchpointId, MOST_AHEAD));
    if (!room) return undefined;
    try {
      return { touchpoint, make: this.bodies.of(campaign, touchpoint), room };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { touchpoint, why: `the request could not be made: ${problem}` };
    }
  }
}
