import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { inOrder } from './campaign-content.js';
import { dueAfterStart, publishedContentOf } from './campaign-timing.js';
import { CampaignWriter, ended } from './campaign-writer.js';
import { CampaignRepository, type KeyedCampaign } from './campaign.repository.js';
import { Campaigns, type Campaign } from './campaign.js';

/** Campaigns as runs read them and move them on. */
@Injectable()
export class RunningCampaigns extends Campaigns {
  constructor(
    private readonly campaigns: CampaignRepository,
    private readonly writer: CampaignWriter,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async load(ids: readonly number[]): Promise<ReadonlyMap<number, Campaign>> {
    const found = await this.campaigns.listPublished(ids);
    return new Map(found.map((one) => [one.campaign.id, toCampaign(one)]));
  }

  override due(now: number, limit: number): Promise<number[]> {
    return this.campaigns.listDue(now, limit);
  }

  override async lock(id: number): Promise<Campaign | undefined> {
    await this.campaigns.lock(id);
    return (await this.load([id])).get(id);
  }

  override async triggeredBy(projectId: number, eventNames: ReadonlySet<string>): Promise<Campaign[]> {
    const found = await this.campaigns.listTriggered(projectId, [...eventNames], this.clock.now());
    return found.map(toCampaign);
  }

  override async started({ id, projectKey }: Campaign, now: number): Promise<void> {
    const row = await this.campaigns.lock(id);
    if (!row) return;
    const nextRunAt = dueAfterStart(publishedContentOf(row).trigger, row.nextRunAt, now);
    if (row.status === 'RUNNING') await this.campaigns.update(Object.assign(row, { nextRunAt }));
    if (row.status === 'NOT_STARTED')
      await this.writer.applyBySystem(row, projectKey, { status: 'RUNNING', nextRunAt, startedAt: now });
  }

  override async finished({ id, projectKey }: Campaign): Promise<void> {
    const row = await this.campaigns.lock(id);
    if (row?.status === 'RUNNING') await this.writer.applyBySystem(row, projectKey, ended('FINISHED'));
  }
}

function toCampaign({ campaign, projectKey }: KeyedCampaign): Campaign {
  const content = publishedContentOf(campaign);
  const { id, organizationId, projectId, name, status, nextRunAt, endsAt } = campaign;
  return {
    ...content,
    steps: inOrder(content.steps, content.mode),
    id,
    organizationId,
    projectId,
    projectKey,
    name,
    status,
    ...(nextRunAt !== null && { nextRunAt }),
    ...(endsAt !== null && { endsAt }),
  };
}
