import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import type { TriggeredTrigger } from '../../campaigns/campaign-content.js';
import { Campaigns, type Campaign } from '../../campaigns/campaign.js';
import { TrackedEventsListener, type TrackedEvent } from '../../profiles/tracked-events.js';
import { Intake } from '../intake.js';
import { RunRepository } from '../run.repository.js';
import { RunWakes } from '../run-wakes.js';
import { TriggerFilter } from './trigger-filter.js';

/**
 * Takes users into the run of a campaign when their event arrives, in the unit of work that keeps the event. The run stays locked until
 * that commits: nobody who may be sent to once is taken in twice, whichever process their events come to. While a campaign is paused users
 * are taken in as ever, and sent to when it goes on.
 */
@Injectable()
export class TriggeredRuns extends TrackedEventsListener {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly campaigns: Campaigns,
    private readonly runs: RunRepository,
    private readonly filter: TriggerFilter,
    private readonly intake: Intake,
    private readonly wakes: RunWakes,
  ) {
    super();
  }

  async tracked(projectId: number, events: readonly TrackedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const names = new Set(events.map(({ name }) => name));
    const campaigns = await this.campaigns.triggeredBy(projectId, names);
    // In the same order everywhere, since each locks its run.
    for (const campaign of campaigns.toSorted((a, b) => a.id - b.id)) {
      const { trigger } = campaign;
      if (trigger.type === 'TRIGGERED') await this.#take(campaign, trigger, events);
    }
  }

  async #take(campaign: Campaign, trigger: TriggeredTrigger, events: readonly TrackedEvent[]): Promise<void> {
    const begin = Date.parse(trigger.startTime);
    const counting = events.filter(({ name, time }) => name === trigger.event && time >= begin);
    if (counting.length === 0) return;
    const active = await this.runs.lockActiveOf(campaign.id);
    const run = active.find(({ phase }) => phase === 'OPEN');
    if (!run) return;
    const gids = await this.filter.wanted(campaign, trigger, counting);
    if (gids.length === 0) return;
    await this.intake.takeTriggered(run, campaign, gids);
    await this.runs.save(run);
    this.unitOfWork.afterCommit(() => this.wakes.wake());
  }
}
