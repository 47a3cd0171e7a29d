import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EnvironmentsModule } from '../environments/index.js';
import { EventsModule } from '../events/index.js';
import { SegmentController } from './segment.controller.js';
import { SegmentEntity, SegmentVersionEntity, TargetingSegmentEntity } from './segment.entity.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentReferences } from './segment-references.js';
import { SegmentRepository } from './segment.repository.js';
import { SegmentService } from './segment.service.js';

/** Groups of users that the targeting of toggles refers to. */
@Module({
  imports: [
    TypeOrmModule.forFeature([SegmentEntity, SegmentVersionEntity, TargetingSegmentEntity]),
    EnvironmentsModule,
    EventsModule,
  ],
  controllers: [SegmentController],
  providers: [SegmentRepository, SegmentReferences, SegmentReader, SegmentService],
  exports: [SegmentReader, SegmentReferences],
})
export class SegmentsModule {}
