import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { EVENT_RECORDED, type DomainEvent } from '../../events/index.js';
import { CampaignWriter, ended } from './campaign-writer.js';
import { CampaignRepository } from './campaign.repository.js';
import { RunControl } from './run-control.js';

/** The reason that what was not sent is canceled with. */
const PROJECT_DELETED = 'project deleted';

/**
 * Closes what is online of a project that is deleted, in the unit that deletes it: nobody could close it afterwards, and it would hold its
 * touchpoints for ever. Drafts are left alone; nobody sees them any more.
 */
@Injectable()
export class DeletedProjectListener {
  constructor(
    private readonly campaigns: CampaignRepository,
    private readonly writer: CampaignWriter,
    private readonly runs: RunControl,
  ) {}

  @OnEvent(EVENT_RECORDED, { suppressErrors: false })
  async closeCampaignsOf({ name, organizationId, keys: { projectKey } }: DomainEvent): Promise<void> {
    if (name !== 'PROJECT.DELETE' || projectKey === undefined) return;
    for (const id of await this.campaigns.listHolding(organizationId, projectKey)) {
      const row = await this.campaigns.lock(id);
      // It may have finished while its row was waited for.
      if (!row || row.status === 'FINISHED' || row.status === 'CLOSED') continue;
      await this.writer.apply('CLOSE', row, projectKey, ended('CLOSED'));
      await this.runs.close(id, PROJECT_DELETED);
    }
  }
}
