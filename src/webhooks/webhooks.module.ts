import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeliveryModule, EndpointDirectory } from '../delivery/index.js';
import { EventsModule } from '../events/index.js';
import { DeliveryController } from './deliveries/delivery.controller.js';
import { FilterController } from './filters/filter.controller.js';
import { FilterDryRun } from './filters/filter-dry-run.js';
import { FilterExplainer } from './filters/filter-explainer.js';
import { WebhookAssembler } from './webhook-assembler.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookDirectory } from './outgoing/webhook-directory.js';
import { WebhookEntity } from './webhook.entity.js';
import { WebhookEvents } from './webhook-events.js';
import { WebhookListener } from './outgoing/webhook.listener.js';
import { WebhookReader } from './webhook-reader.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookService } from './webhook.service.js';
import { WebhookTester } from './samples/webhook-tester.js';

/** Who wants to hear of changes, and how: turns events into deliveries, and tells the engine where they go. */
@Module({
  imports: [TypeOrmModule.forFeature([WebhookEntity]), EventsModule, DeliveryModule],
  controllers: [DeliveryController, FilterController, WebhookController],
  providers: [
    FilterDryRun,
    FilterExplainer,
    WebhookAssembler,
    WebhookDirectory,
    WebhookEvents,
    WebhookListener,
    WebhookReader,
    WebhookRepository,
    WebhookSecrets,
    WebhookService,
    WebhookTester,
    { provide: EndpointDirectory, useExisting: WebhookDirectory },
  ],
})
export class WebhooksModule {}
