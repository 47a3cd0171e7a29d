import { Injectable } from '@nestjs/common';
import type { Campaign } from '../campaigns/campaign.js';
import { BatchFiller } from './batch-filler.js';
import { Placements } from './placements.js';
import { Recipients } from './recipients.js';
import type { Run } from './run.js';

/** Takes users into a run: at each step where all are to be reached, else at the first. Needs an open unit, and the run locked. */
@Injectable()
export class Intake {
  constructor(
    private readonly recipients: Recipients,
    private readonly placements: Placements,
    private readonly filler: BatchFiller,
  ) {}

  /** Users of a snapshot: each once, and none who is in the run already. The caller saves the run. */
  async takeAll(run: Run, campaign: Campaign, gids: readonly number[]): Promise<void> {
    await this.#add(run, campaign, await this.withoutSentTo(campaign, gids), false);
  }

  /** Users whom events triggered, in that order; those who may be sent to once only have been sorted out. */
  async takeTriggered(run: Run, campaign: Campaign, gids: readonly number[]): Promise<void> {
    await this.#add(run, campaign, gids, true);
  }

  /** Those who may be sent to: where it is once in the whole campaign, who was not yet. */
  async withoutSentTo(campaign: Campaign, gids: readonly number[]): Promise<readonly number[]> {
    const { id, projectId, trigger } = campaign;
    if (trigger.type === 'ONCE' || trigger.reentry === 'EACH_TIME') return gids;
    const sentTo = await this.recipients.sentTo(projectId, id, gids);
    return gids.filter((gid) => !sentTo.has(gid));
  }

  async #add(run: Run, campaign: Campaign, gids: readonly number[], mayRepeat: boolean): Promise<void> {
    if (gids.length === 0) return;
    for (const placement of await this.placements.entries(campaign))
      await this.filler.add(run, placement, gids, mayRepeat);
    run.audience += gids.length;
  }
}
