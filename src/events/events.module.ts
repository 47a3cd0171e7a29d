import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventController } from './event.controller.js';
import { EventEntity, EventSequenceEntity } from './event.entity.js';
import { EventHistory } from './event-history.js';
import { EventMetrics } from './event-metrics.js';
import { EventRecorder } from './event-recorder.js';
import { EventRepository } from './event.repository.js';
import { EventService } from './event.service.js';

/** Records what changes, in the unit of work of the change, and lets it be read. */
@Module({
  imports: [TypeOrmModule.forFeature([EventEntity, EventSequenceEntity])],
  controllers: [EventController],
  providers: [EventHistory, EventMetrics, EventRecorder, EventRepository, EventService],
  exports: [EventHistory, EventRecorder],
})
export class EventsModule {}
