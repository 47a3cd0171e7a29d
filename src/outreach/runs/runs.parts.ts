import type { Provider, Type } from '@nestjs/common';
import { CampaignRunEntity, ReachBatchEntity, RecipientEntity, TriggerCountEntity } from './run.entity.js';

export const RUN_ENTITIES = [CampaignRunEntity, ReachBatchEntity, RecipientEntity, TriggerCountEntity];
export const RUN_CONTROLLERS: Type[] = [];
export const RUN_PROVIDERS: Provider[] = [];
