import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeliveryModule } from '../delivery/index.js';
import { EventsModule } from '../events/index.js';
import { DeliveryController } from './deliveries/delivery.controller.js';
import { FormatController } from './formats/format.controller.js';
import { EndpointFactory } from './outgoing/endpoint-factory.js';
import { SigningKeyController } from './signing/signing-key.controller.js';
import { SigningKeyEntity } from './signing/signing-key.entity.js';
import { SigningKeyRepository } from './signing/signing-key.repository.js';
import { SigningKeys } from './signing/signing-keys.js';
import { LiveEvents } from './replays/live-events.js';
import { MissedEvents } from './replays/missed-events.js';
import { ReplayAssembler } from './replays/replay-assembler.js';
import { ReplayController } from './replays/replay.controller.js';
import { ReplayEntity } from './replays/replay.entity.js';
import { ReplayEventEntity } from './replays/replay-event.entity.js';
import { ReplayMetrics } from './replays/replay-metrics.js';
import { ReplayPlanner } from './replays/replay-planner.js';
import { ReplayProgress } from './replays/replay-progress.js';
import { ReplayRepository } from './replays/replay.repository.js';
import { ReplayRunner } from './replays/replay-runner.js';
import { ReplaySelection } from './replays/replay-selection.js';
import { ReplayService } from './replays/replay.service.js';
import { ReplayStarter } from './replays/replay-starter.js';
import { WebhookGapEntity } from './replays/webhook-gap.entity.js';
import { FilterController } from './filters/filter.controller.js';
import { FilterDryRun } from './filters/filter-dry-run.js';
import { FilterExplainer } from './filters/filter-explainer.js';
import { WebhookAssembler } from './webhook-assembler.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookDirectory } from './outgoing/webhook-directory.js';
import { WebhookEntity } from './webhook.entity.js';
import { WebhookEvents } from './webhook-events.js';
import { WebhookListener } from './outgoing/webhook.listener.js';
import { WebhookPreviewer } from './samples/webhook-previewer.js';
import { WebhookReader } from './webhook-reader.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookService } from './webhook.service.js';
import { WebhookSwitch } from './webhook-switch.js';
import { WebhookTester } from './samples/webhook-tester.js';

/** Who wants to hear of changes, and how: turns events into deliveries, and tells the engine where they go. */
@Module({
  imports: [
    TypeOrmModule.forFeature([
      ReplayEntity,
      ReplayEventEntity,
      SigningKeyEntity,
      WebhookEntity,
      WebhookGapEntity,
    ]),
    EventsModule,
    DeliveryModule,
  ],
  controllers: [
    DeliveryController,
    FilterController,
    FormatController,
    ReplayController,
    SigningKeyController,
    WebhookController,
  ],
  providers: [
    EndpointFactory,
    FilterDryRun,
    FilterExplainer,
    LiveEvents,
    MissedEvents,
    ReplayAssembler,
    ReplayMetrics,
    ReplayPlanner,
    ReplayProgress,
    ReplayRepository,
    ReplayRunner,
    ReplaySelection,
    ReplayService,
    ReplayStarter,
    SigningKeyRepository,
    SigningKeys,
    WebhookAssembler,
    WebhookDirectory,
    WebhookEvents,
    WebhookListener,
    WebhookPreviewer,
    WebhookReader,
    WebhookRepository,
    WebhookSecrets,
    WebhookService,
    WebhookSwitch,
    WebhookTester,
  ],
})
export class WebhooksModule {}
