import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventController } from './event.controller.js';
import { EventEntity, EventSequenceEntity } from './event.entity.js';
import { EventHistory } from './event-history.js';
import { EventMetrics } from './event-metrics.js';
import { EventRecorder } from './event-recorder.js';
import { EventRepository } from './event.repository.js';
import { EventService } from './event.service.js';
import { RecordedEvents } from './recorded-events.js';
import { EventStreamController } from './stream/event-stream.controller.js';
import { EventStreams } from './stream/event-streams.js';
import { EventTail } from './stream/event-tail.js';

/** Records what changes, in the unit of work of the change, and lets it be read. */
@Module({
  imports: [TypeOrmModule.forFeature([EventEntity, EventSequenceEntity])],
  controllers: [EventController, EventStreamController],
  providers: [
    EventHistory,
    EventMetrics,
    EventRecorder,
    EventRepository,
    EventService,
    EventStreams,
    EventTail,
    RecordedEvents,
  ],
  exports: [EventHistory, EventRecorder, RecordedEvents],
})
export class EventsModule {}
