import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Clock } from '../../../platform/clock/clock.js';
import type { Settings } from '../../../platform/config/index.js';
import type { Log } from '../../../platform/log/logger.js';
import { SpreadMetrics } from '../spread-metrics.js';
import { RedisLink } from './redis-link.js';
import { RedisSpread } from './redis-spread.js';
import { WakeProcessor } from './wake-processor.js';
import { redisPrefix, WAKE_QUEUE } from './wake-queue.js';

/** What spreading through Redis is made of. */
export interface RedisSpreadParts {
  readonly url: string;
  readonly settings: Settings;
  readonly metrics: SpreadMetrics;
  readonly log: Log;
  readonly clock: Clock;
}

/** BullMQ's queue and worker; loaded only where there is a Redis. */
@Module({})
export class RedisSpreadModule {
  static with({ url, settings, metrics, log, clock }: RedisSpreadParts): DynamicModule {
    const link = new RedisLink(url, log, clock);
    return {
      module: RedisSpreadModule,
      imports: [
        BullModule.forRoot({
          connection: link.client,
          prefix: redisPrefix(settings),
          skipVersionCheck: true,
          extraOptions: { manualRegistration: true },
        }),
        // Events are written with each job and read by nobody.
        BullModule.registerQueue({ name: WAKE_QUEUE, streams: { events: { maxLen: 10 } } }),
      ],
      providers: [
        { provide: RedisLink, useValue: link },
        { provide: SpreadMetrics, useValue: metrics },
        WakeProcessor,
        RedisSpread,
      ],
      exports: [RedisSpread],
    };
  }
}
