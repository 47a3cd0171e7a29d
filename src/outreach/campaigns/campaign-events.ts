import { Injectable } from '@nestjs/common';
import { EventRecorder, type RecordedChange } from '../../events/index.js';
import { CampaignDto } from './campaign.dto.js';

type Action = Extract<
  RecordedChange['action'],
  'CREATE' | 'UPDATE' | 'DELETE' | 'PUBLISH' | 'PAUSE' | 'RESUME' | 'CLOSE'
>;

/** Records what happens to campaigns, in the unit that does it. */
@Injectable()
export class CampaignEvents {
  constructor(private readonly recorder: EventRecorder) {}

  /** What a member did. @param before the campaign before the change, where there is one to compare with */
  async record(action: Action, after: CampaignDto, before?: CampaignDto): Promise<void> {
    await this.recorder.record(toChange(action, after, before));
  }

  /** What came about by itself: the operator is `system`. */
  async recordBySystem(organizationId: number, after: CampaignDto, before: CampaignDto): Promise<void> {
    await this.recorder.recordAsSystem(organizationId, toChange('UPDATE', after, before));
  }
}

function toChange(action: Action, after: CampaignDto, before?: CampaignDto): RecordedChange {
  const keys = { projectKey: after.projectKey };
  return { resource: 'CAMPAIGN', action, keys, subject: String(after.id), data: after, before };
}
