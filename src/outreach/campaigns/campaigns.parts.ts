import type { Provider, Type } from '@nestjs/common';
import { TouchpointUsage } from '../touchpoints/touchpoint-usage.js';
import { CampaignChecker } from './campaign-checker.js';
import { CampaignEvents } from './campaign-events.js';
import { CampaignHolders } from './campaign-holders.js';
import { CampaignLifecycle } from './campaign-lifecycle.js';
import { CampaignReader } from './campaign-reader.js';
import { CampaignWriter } from './campaign-writer.js';
import { CampaignController } from './campaign.controller.js';
import { CampaignEntity, CampaignTouchpointEntity } from './campaign.entity.js';
import { Campaigns } from './campaign.js';
import { CampaignRepository } from './campaign.repository.js';
import { CampaignService } from './campaign.service.js';
import { DeletedProjectListener } from './deleted-project.listener.js';
import { RunningCampaigns } from './running-campaigns.js';

export const CAMPAIGN_ENTITIES = [CampaignEntity, CampaignTouchpointEntity];
export const CAMPAIGN_CONTROLLERS: Type[] = [CampaignController];
export const CAMPAIGN_PROVIDERS: Provider[] = [
  CampaignRepository,
  CampaignEvents,
  CampaignWriter,
  CampaignChecker,
  CampaignReader,
  CampaignService,
  CampaignLifecycle,
  DeletedProjectListener,
  { provide: Campaigns, useClass: RunningCampaigns },
  { provide: TouchpointUsage, useClass: CampaignHolders },
];
