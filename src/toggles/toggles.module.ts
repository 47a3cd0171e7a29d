import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EnvironmentsModule } from '../environments/index.js';
import { EventsModule } from '../events/index.js';
import { MembersModule } from '../members/index.js';
import { ProjectsModule } from '../projects/index.js';
import { SegmentsModule } from '../segments/index.js';
import { MetricDefinitions } from './metrics/metric-definitions.js';
import { MetricEntity } from './metrics/metric.entity.js';
import { AttributeController } from './attributes/attribute.controller.js';
import { AttributeEntity } from './attributes/attribute.entity.js';
import { AttributeRepository } from './attributes/attribute.repository.js';
import { AttributeService } from './attributes/attribute.service.js';
import { UsedAttributesController } from './attributes/used-attributes.controller.js';
import { ContentPrerequisites } from './prerequisites/content-prerequisites.js';
import { PrerequisiteController } from './prerequisites/prerequisite.controller.js';
import { PrerequisiteEntity } from './prerequisites/prerequisite.entity.js';
import { PrerequisiteReader } from './prerequisites/prerequisite-reader.js';
import { PrerequisiteRepository } from './prerequisites/prerequisite.repository.js';
import { ApprovalCases } from './approvals/approval-cases.js';
import { ApprovalController } from './approvals/approval.controller.js';
import { ApprovalDecider } from './approvals/approval-decider.js';
import { ApprovalEvents } from './approvals/approval-events.js';
import { ApprovalReader } from './approvals/approval-reader.js';
import { ApprovalRecordEntity, ApprovalReviewerEntity } from './approvals/approval-record.entity.js';
import { ApprovalRepository } from './approvals/approval.repository.js';
import { ApprovalSubmitter } from './approvals/approval-submitter.js';
import { ApprovalListRepository } from './approvals/records/approval-list.repository.js';
import { ApprovalRecordController } from './approvals/records/approval-record.controller.js';
import { ApprovalRecordReader } from './approvals/records/approval-record-reader.js';
import { ApprovalSettingsController } from './approvals/settings/approval-settings.controller.js';
import { ApprovalSettingsService } from './approvals/settings/approval-settings.service.js';
import { Reviewers } from './approvals/settings/reviewers.js';
import { SketchPublisher } from './approvals/sketch-publisher.js';
import { TargetingSketchEntity } from './approvals/targeting-sketch.entity.js';
import { SegmentUsageController } from './segment-usage.controller.js';
import { TagController } from './tags/tag.controller.js';
import { TagEntity, ToggleTagEntity } from './tags/tag.entity.js';
import { TagLinks } from './tags/tag-links.js';
import { TagRepository } from './tags/tag.repository.js';
import { TagService } from './tags/tag.service.js';
import { ContentReferences } from './targeting/content-references.js';
import { FirstTargetings } from './targeting/first-targetings.js';
import { FirstTargetingsRepository } from './targeting/first-targetings.repository.js';
import { TargetingController } from './targeting/targeting.controller.js';
import { TargetingEntity, TargetingVersionEntity } from './targeting/targeting.entity.js';
import { TargetingPublisher } from './targeting/targeting-publisher.js';
import { TargetingReader } from './targeting/targeting-reader.js';
import { TargetingRelease } from './targeting/targeting-release.js';
import { TargetingRepository } from './targeting/targeting.repository.js';
import { ToggleController } from './toggle.controller.js';
import { ToggleEntity } from './toggle.entity.js';
import { ToggleListRepository } from './toggle-list.repository.js';
import { ToggleReader } from './toggle-reader.js';
import { ToggleRepository } from './toggle.repository.js';
import { ToggleService } from './toggle.service.js';

/** Toggles, and what each serves in every environment. */
@Module({
  imports: [
    TypeOrmModule.forFeature([TagEntity, ToggleTagEntity, AttributeEntity, PrerequisiteEntity]),
    TypeOrmModule.forFeature([ToggleEntity, TargetingEntity, TargetingVersionEntity, MetricEntity]),
    TypeOrmModule.forFeature([ApprovalRecordEntity, ApprovalReviewerEntity, TargetingSketchEntity]),
    MembersModule,
    ProjectsModule,
    EnvironmentsModule,
    SegmentsModule,
    EventsModule,
  ],
  controllers: [
    TagController,
    AttributeController,
    UsedAttributesController,
    PrerequisiteController,
    ToggleController,
    TargetingController,
    SegmentUsageController,
    ApprovalController,
    ApprovalRecordController,
    ApprovalSettingsController,
  ],
  providers: [
    ToggleRepository,
    ToggleListRepository,
    ToggleReader,
    ToggleService,
    TargetingRepository,
    TargetingReader,
    TargetingPublisher,
    TargetingRelease,
    ApprovalRepository,
    ApprovalCases,
    ApprovalEvents,
    ApprovalSubmitter,
    ApprovalDecider,
    SketchPublisher,
    ApprovalReader,
    ApprovalListRepository,
    ApprovalRecordReader,
    ApprovalSettingsService,
    Reviewers,
    ContentReferences,
    ContentPrerequisites,
    PrerequisiteRepository,
    PrerequisiteReader,
    TagRepository,
    TagLinks,
    TagService,
    AttributeRepository,
    AttributeService,
    FirstTargetingsRepository,
    FirstTargetings,
    MetricDefinitions,
  ],
  exports: [MetricDefinitions, TargetingRepository],
})
export class TogglesModule {}
