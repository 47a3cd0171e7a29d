import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EnvironmentsModule } from '../environments/index.js';
import { TogglesModule } from '../toggles/index.js';
import { EventTrackerController } from './event-tracker.controller.js';
import { EventTrackerEntity } from './event-tracker.entity.js';
import { EventTracker } from './event-tracker.js';
import { MetricAnswers } from './metric-answers.js';
import { MetricController } from './metric.controller.js';
import { MetricIterationEntity } from './metric-iteration.entity.js';
import { MetricIterations } from './metric-iterations.js';
import { MetricService } from './metric.service.js';
import { ToggleLookup } from './toggle-lookup.js';
import { TrafficController } from './traffic.controller.js';

/** What toggles bring about: their metrics, their traffic, the events of SDKs. Not to be taken for Prometheus' metrics. */
@Module({
  imports: [
    TypeOrmModule.forFeature([MetricIterationEntity, EventTrackerEntity]),
    EnvironmentsModule,
    TogglesModule,
  ],
  controllers: [MetricController, TrafficController, EventTrackerController],
  providers: [ToggleLookup, MetricService, MetricIterations, MetricAnswers, EventTracker],
  exports: [EventTracker],
})
export class ToggleMetricsModule {}
