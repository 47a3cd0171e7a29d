import { Global, Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { Clock } from './clock/clock.js';
import { MasterKey, Settings } from './config/index.js';
import { DatabaseMetrics } from './database/database-metrics.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthController } from './health/health.controller.js';
import { AuditStamps } from './http/audit-stamps.js';
import { RequestContext } from './http/request-context.js';
import { RequestObserver } from './http/request-observer.js';
import { IdGenerator } from './ids/id-generator.js';
import { Log } from './log/logger.js';
import { OperatorNotice } from './log/operator-notice.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { NoTracing, Tracing } from './tracing/tracing.js';

/** What a process has before it knows what it is for. */
export interface PlatformParts {
  readonly settings: Settings;
  readonly masterKey: MasterKey;
  readonly log: Log;
  /** Replaced in tests that listen to what the operator is told. */
  readonly notice?: OperatorNotice;
  /** Replaced in tests that step time by hand. */
  readonly clock?: Clock;
}

/** The technical base every feature may use. */
@Global()
@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const shared = [
      { provide: Settings, useValue: parts.settings },
      { provide: MasterKey, useValue: parts.masterKey },
      { provide: Log, useValue: parts.log },
      { provide: Clock, useValue: parts.clock ?? new Clock() },
      { provide: OperatorNotice, useValue: parts.notice ?? new OperatorNotice() },
      IdGenerator,
      RequestContext,
      AuditStamps,
      Metrics,
      RequestObserver,
      { provide: Tracing, useFactory: () => tracingFor(parts) },
    ];
    return {
      module: PlatformModule,
      imports: [EventEmitterModule.forRoot({ wildcard: false, maxListeners: 20 }), DatabaseModule],
      controllers: [HealthController, MetricsController],
      providers: [...shared, DatabaseMetrics],
      exports: shared,
    };
  }
}

async function tracingFor({ settings, log }: PlatformParts): Promise<Tracing> {
  if (!settings.tracing) return new NoTracing();
  const { OtlpTracing } = await import('./tracing/otlp-tracing.js');
  return new OtlpTracing(settings.tracing, log);
}
