import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/index.js';
import { Campaigns, type Campaign } from '../campaigns/campaign.js';
import type { AudienceTest } from '../profiles/audience.js';
import { ProfileSource } from '../profiles/profile-source.js';
import { AudienceTests } from './audience-tests.js';
import { Intake } from './intake.js';
import { RunRepository } from './run.repository.js';
import type { Run } from './run.js';

/** Profiles that are looked at in one unit of work, fewer where each goes to several touchpoints: some 20 ms on SQLite. */
export const PIECE = 3_000;

/**
 * Takes down who is in the audience of a run, piece by piece in the order of gids. A piece's batches and how far the run is then commit
 * together: after a crash the next piece begins where the last committed one ended. The run is locked meanwhile, so of several processes
 * each takes another piece.
 */
@Injectable()
export class Snapshot {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunRepository,
    private readonly campaigns: Campaigns,
    private readonly profiles: ProfileSource,
    private readonly tests: AudienceTests,
    private readonly intake: Intake,
  ) {}

  /** Takes the next piece in a unit of its own; answers whether it did. */
  async takePiece(runId: number): Promise<boolean> {
    const isTaken = await this.unitOfWork.run(async () => {
      const run = await this.runs.tryLock(runId);
      if (run?.phase !== 'SNAPSHOT') return false;
      const campaign = (await this.campaigns.load([run.campaignId])).get(run.campaignId);
      const test = campaign && (await this.tests.ofRun(runId, campaign));
      if (test) await this.#take(run, campaign, test);
      else this.#giveUp(run, campaign);
      await this.runs.save(run);
      return true;
    });
    return isTaken;
  }

  async #take(run: Run, campaign: Campaign, test: AudienceTest): Promise<void> {
    const { projectId, cursorGid: after, throughGid: through } = run;
    const piece = Math.ceil(PIECE / Math.max(campaign.mode === 'ALL' ? campaign.steps.length : 1, 1));
    const profiles = await this.profiles.stretch(projectId, { after, through }, piece);
    const gids: number[] = [];
    for (const profile of profiles) if (test(profile)) gids.push(profile.gid);
    await this.intake.takeAll(run, campaign, gids);
    run.cursorGid = profiles.at(-1)?.gid ?? through;
    if (profiles.length < piece) this.#end(run);
  }

  /** Nobody can be said to be in the audience any more: what was taken down is sent, and the run says why it is not more. */
  #giveUp(run: Run, campaign: Campaign | undefined): void {
    run.problem = campaign ? `segment ${campaign.segmentKey} is gone` : 'the campaign is gone';
    this.#end(run);
  }

  #end(run: Run): void {
    run.phase = 'SENDING';
    this.unitOfWork.afterCommit(() => this.tests.forget(run.id));
  }
}
