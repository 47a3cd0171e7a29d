import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/index.js';
import { DeliveryModule } from './delivery/index.js';
import { DictionariesModule } from './dictionaries/index.js';
import { EnvironmentsModule } from './environments/index.js';
import { EventsModule } from './events/index.js';
import { MembersModule } from './members/index.js';
import { ToggleMetricsModule } from './metrics/index.js';
import { OutreachModule } from './outreach/index.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';
import { ProjectsModule } from './projects/index.js';
import { SdkModule } from './sdk/index.js';
import { SegmentsModule } from './segments/index.js';
import { TogglesModule } from './toggles/index.js';
import { WebhooksModule } from './webhooks/index.js';

/** The whole of Flagpost. Guards run in the order of the modules: who calls, then which project. */
@Module({})
export class AppModule {
  static with(parts: PlatformParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(parts),
        AccessModule,
        ProjectsModule,
        MembersModule,
        DictionariesModule,
        EnvironmentsModule,
        SegmentsModule,
        TogglesModule,
        ToggleMetricsModule,
        SdkModule,
        EventsModule,
        WebhooksModule,
        DeliveryModule,
        OutreachModule,
      ],
    };
  }
}
