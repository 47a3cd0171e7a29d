import type { FactoryProvider } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/log/logger.js';
import { DatabaseSpread } from './database-spread.js';
import { SpreadMetrics } from './spread-metrics.js';
import { WorkSpread } from './work-spread.js';

/** The way that suits the settings. Redis' libraries are loaded only where they are used. */
export const WORK_SPREAD: FactoryProvider<WorkSpread> = {
  provide: WorkSpread,
  inject: [Settings, SpreadMetrics, Log, Clock, LazyModuleLoader],
  useFactory: workSpreadFor,
};

async function workSpreadFor(
  settings: Settings,
  metrics: SpreadMetrics,
  log: Log,
  clock: Clock,
  loader: LazyModuleLoader,
): Promise<WorkSpread> {
  const url = settings.redisUrl;
  if (url !== undefined && settings.database.kind === 'sqlite') {
    log.info({}, 'REDIS_URL is of no use with SQLite, which serves one process: Redis is left alone');
  }
  if (url === undefined || settings.database.kind === 'sqlite') return new DatabaseSpread(settings, metrics);
  const { RedisSpreadModule } = await import('./redis/redis-spread.module.js');
  const { RedisSpread } = await import('./redis/redis-spread.js');
  const parts = { url, settings, metrics, log, clock };
  const module = await loader.load(() => RedisSpreadModule.with(parts), { logger: false });
  return module.get(RedisSpread);
}
