import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeliveryModule } from '../delivery/index.js';
import { EventsModule } from '../events/index.js';
import { ProjectsModule } from '../projects/index.js';
import { SegmentsModule } from '../segments/index.js';
import { CAMPAIGN_CONTROLLERS, CAMPAIGN_ENTITIES, CAMPAIGN_PROVIDERS } from './campaigns/campaigns.parts.js';
import { PROFILE_CONTROLLERS, PROFILE_ENTITIES, PROFILE_PROVIDERS } from './profiles/profiles.parts.js';
import { REQUEST_PROVIDERS } from './requests/requests.parts.js';
import { RUN_CONTROLLERS, RUN_ENTITIES, RUN_PROVIDERS } from './runs/runs.parts.js';
import {
  TOUCHPOINT_CONTROLLERS,
  TOUCHPOINT_ENTITIES,
  TOUCHPOINT_PROVIDERS,
} from './touchpoints/touchpoints.parts.js';

/** Sends audiences to customers' own systems: who they are, where it goes, when, and what came of each user. */
@Module({
  imports: [
    TypeOrmModule.forFeature([
      ...PROFILE_ENTITIES,
      ...TOUCHPOINT_ENTITIES,
      ...CAMPAIGN_ENTITIES,
      ...RUN_ENTITIES,
    ]),
    DeliveryModule,
    EventsModule,
    ProjectsModule,
    SegmentsModule,
  ],
  controllers: [
    ...PROFILE_CONTROLLERS,
    ...TOUCHPOINT_CONTROLLERS,
    ...CAMPAIGN_CONTROLLERS,
    ...RUN_CONTROLLERS,
  ],
  providers: [
    ...PROFILE_PROVIDERS,
    ...TOUCHPOINT_PROVIDERS,
    ...REQUEST_PROVIDERS,
    ...CAMPAIGN_PROVIDERS,
    ...RUN_PROVIDERS,
  ],
})
export class OutreachModule {}
