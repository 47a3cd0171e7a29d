import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EnvironmentsModule } from '../environments/index.js';
import { EventsModule } from '../events/index.js';
import { SegmentsModule } from '../segments/index.js';
import { SegmentUsageController } from './segment-usage.controller.js';
import { ContentReferences } from './targeting/content-references.js';
import { FirstTargetings } from './targeting/first-targetings.js';
import { FirstTargetingsRepository } from './targeting/first-targetings.repository.js';
import { TargetingController } from './targeting/targeting.controller.js';
import { TargetingEntity, TargetingVersionEntity } from './targeting/targeting.entity.js';
import { TargetingPublisher } from './targeting/targeting-publisher.js';
import { TargetingReader } from './targeting/targeting-reader.js';
import { TargetingRepository } from './targeting/targeting.repository.js';
import { ToggleController } from './toggle.controller.js';
import { ToggleEntity } from './toggle.entity.js';
import { ToggleReader } from './toggle-reader.js';
import { ToggleRepository } from './toggle.repository.js';
import { ToggleService } from './toggle.service.js';

/** Toggles, and what each serves in every environment. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ToggleEntity, TargetingEntity, TargetingVersionEntity]),
    EnvironmentsModule,
    SegmentsModule,
    EventsModule,
  ],
  controllers: [ToggleController, TargetingController, SegmentUsageController],
  providers: [
    ToggleRepository,
    ToggleReader,
    ToggleService,
    TargetingRepository,
    TargetingReader,
    TargetingPublisher,
    ContentReferences,
    FirstTargetingsRepository,
    FirstTargetings,
  ],
})
export class TogglesModule {}
