import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { Log } from '../../platform/log/logger.js';
import { Campaigns, type Campaign } from '../campaigns/campaign.js';
import { ProfileSource } from '../profiles/profile-source.js';
import { RunRepository } from './run.repository.js';
import type { Run } from './run.js';

/** Campaigns that are looked up at once. */
const AT_ONCE = 50;

/** Begins runs of campaigns whose time has come. The campaign is locked meanwhile: it is begun once, whoever looks. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: Campaigns,
    private readonly runs: RunRepository,
    private readonly profiles: ProfileSource,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Begins what is due, each in a unit of its own; one that fails doesn't keep the others from beginning. */
  async startDue(): Promise<void> {
    for (const id of await this.campaigns.due(this.clock.now(), AT_ONCE)) {
      try {
        await this.unitOfWork.run(() => this.#start(id));
      } catch (error) {
        this.log.error({ err: error, campaign: id }, 'a run could not begin, it will be tried again');
      }
    }
  }

  async #start(id: number): Promise<void> {
    const now = this.clock.now();
    const campaign = await this.campaigns.lock(id);
    if (!campaign || !isDue(campaign, now)) return;
    const run = await this.#newRun(campaign, now);
    await this.runs.insert(run);
    await this.campaigns.started(campaign, now);
  }

  async #newRun(campaign: Campaign, now: number): Promise<Omit<Run, 'id'>> {
    const isTriggered = campaign.trigger.type === 'TRIGGERED';
    return {
      organizationId: campaign.organizationId,
      projectId: campaign.projectId,
      campaignId: campaign.id,
      phase: isTriggered ? 'OPEN' : 'SNAPSHOT',
      scheduledAt: campaign.nextRunAt ?? now,
      startedAt: now,
      throughGid: isTriggered ? 0 : await this.profiles.lastGid(campaign.projectId),
      cursorGid: 0,
      audience: 0,
      nextBatch: 1,
      filling: [],
      problem: undefined,
    };
  }
}

function isDue({ status, nextRunAt }: Campaign, now: number): boolean {
  return (status === 'NOT_STARTED' || status === 'RUNNING') && nextRunAt !== undefined && nextRunAt <= now;
}
