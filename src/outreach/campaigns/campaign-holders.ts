import { Injectable } from '@nestjs/common';
import { TouchpointUsage, type Holder } from '../touchpoints/touchpoint-usage.js';
import { CampaignRepository } from './campaign.repository.js';

/** Tells touchpoints which campaigns stand in the way of a change. */
@Injectable()
export class CampaignHolders extends TouchpointUsage {
  constructor(private readonly campaigns: CampaignRepository) {
    super();
  }

  override holdersOf(touchpointId: number): Promise<Holder[]> {
    return this.campaigns.listHolders(touchpointId);
  }

  override async holdersIn(touchpointId: number, projectIds: readonly number[]): Promise<Holder[]> {
    return projectIds.length === 0 ? [] : this.campaigns.listHolders(touchpointId, projectIds);
  }
}
