import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../platform/metrics/metrics.js';

const SOURCES = ['local', 'redis', 'sweep'] as const;

/** Where a worker got to know of an endpoint: from its own process, from another one, from the database. */
export type WakeSource = (typeof SOURCES)[number];

/** What this process counts of how its worker gets to know of work. */
@Injectable()
export class SpreadMetrics {
  readonly #registry: Metrics['registry'];
  readonly #wakes: Counter<'source'>;

  constructor({ registry }: Metrics) {
    this.#registry = registry;
    this.#wakes = new Counter({
      name: 'flagpost_delivery_wakes_total',
      help: 'Endpoints that the worker was told to look at, by who told it',
      labelNames: ['source'],
      registers: [registry],
    });
    for (const source of SOURCES) this.#wakes.inc({ source }, 0);
  }

  count(source: WakeSource, endpoints: number): void {
    this.#wakes.inc({ source }, endpoints);
  }

  /** Tells from now on whether Redis can be reached; only where there is one. */
  watchRedis(isUp: () => boolean): void {
    new Gauge({
      name: 'flagpost_redis_up',
      help: '1: Redis answers, and spreads work; 0: sweeps alone do',
      registers: [this.#registry],
      collect() {
        this.set(isUp() ? 1 : 0);
      },
    });
  }
}
