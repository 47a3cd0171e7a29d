import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SpreadMetrics } from '../../src/delivery/spread/spread-metrics.js';
import { WORK_SPREAD } from '../../src/delivery/spread/work-spread.provider.js';
import { WorkSpread } from '../../src/delivery/spread/work-spread.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { loadSettings, Settings } from '../../src/platform/config/index.js';
import { createRootLogger, Log } from '../../src/platform/log/logger.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { LogLines } from './log-lines.js';

/** Who takes work in a test: remembers what it was told, and has as much room as the test says. */
export class RecordingTaker {
  readonly told: number[] = [];
  places = 1_000;

  wake(endpointIds: readonly number[]): void {
    this.told.push(...endpointIds);
  }

  room(): number {
    return this.places;
  }
}

/** What a process has of spreading work, and nothing else of it. */
export interface SpreadProcess {
  readonly spread: WorkSpread;
  readonly log: LogLines;
  metric(name: string, labels?: Record<string, string>): Promise<number | undefined>;
  stop(): Promise<void>;
}

export async function startSpread(environment: Record<string, string>): Promise<SpreadProcess> {
  const settings = loadSettings({ MASTER_KEY: Buffer.alloc(32, 1).toString('base64'), ...environment });
  const lines = new LogLines();
  const log = new Log(createRootLogger('info', lines.destination));
  const shared = [
    { provide: Settings, useValue: settings },
    { provide: Log, useValue: log },
    { provide: Clock, useValue: new Clock() },
    Metrics,
  ];

  @Global()
  @Module({ providers: shared, exports: shared })
  class SharedModule {}

  @Module({ imports: [SharedModule], providers: [SpreadMetrics, WORK_SPREAD] })
  class ProcessModule {}

  const app = await NestFactory.createApplicationContext(ProcessModule, {
    logger: false,
    abortOnError: false,
  });
  return {
    spread: app.get(WorkSpread),
    log: lines,
    metric: (name, labels = {}) => metricOf(app, name, labels),
    stop: () => app.close(),
  };
}

async function metricOf(
  app: INestApplicationContext,
  name: string,
  labels: Record<string, string>,
): Promise<number | undefined> {
  const metric = await app.get(Metrics).registry.getSingleMetric(name)?.get();
  return metric?.values.find((one) =>
    Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value;
}
