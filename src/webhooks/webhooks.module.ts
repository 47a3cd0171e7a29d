import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeliveryModule, EndpointDirectory } from '../delivery/index.js';
import { EventsModule } from '../events/index.js';
import { DeliveryController } from './deliveries/delivery.controller.js';
import { FormatController } from './formats/format.controller.js';
import { EndpointFactory } from './outgoing/endpoint-factory.js';
import { SigningKeyController } from './signing/signing-key.controller.js';
import { SigningKeyEntity } from './signing/signing-key.entity.js';
import { SigningKeyRepository } from './signing/signing-key.repository.js';
import { SigningKeys } from './signing/signing-keys.js';
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
import { WebhookTester } from './samples/webhook-tester.js';

/** Who wants to hear of changes, and how: turns events into deliveries, and tells the engine where they go. */
@Module({
  imports: [TypeOrmModule.forFeature([SigningKeyEntity, WebhookEntity]), EventsModule, DeliveryModule],
  controllers: [DeliveryController, FormatController, SigningKeyController, WebhookController],
  providers: [
    EndpointFactory,
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
    WebhookTester,
    { provide: EndpointDirectory, useExisting: WebhookDirectory },
  ],
})
export class WebhooksModule {}
