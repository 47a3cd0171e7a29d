import type { Provider, Type } from '@nestjs/common';
import { CampaignEntity, CampaignTouchpointEntity } from './campaign.entity.js';

export const CAMPAIGN_ENTITIES = [CampaignEntity, CampaignTouchpointEntity];
export const CAMPAIGN_CONTROLLERS: Type[] = [];
export const CAMPAIGN_PROVIDERS: Provider[] = [];
