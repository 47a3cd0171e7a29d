import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { UnitOfWork } from '../platform/database/index.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Outcome } from './worker/outcome.js';

/** Upper bounds of the latency histogram, seconds: from the best case to the longest usual waits. */
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3600];

/** What the engine counts for Prometheus. */
@Injectable()
export class DeliveryMetrics {
  readonly #attempts: Counter<'outcome'>;
  readonly #latency: Histogram;

  constructor(metrics: Metrics, unitOfWork: UnitOfWork) {
    const registers = [metrics.registry];
    this.#attempts = new Counter({
      name: 'flagpost_delivery_attempts_total',
      help: 'Tries by what they came to',
      labelNames: ['outcome'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'flagpost_delivery_latency_seconds',
      help: 'From the change to the answer of the receiver that took it',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    new Gauge({
      name: 'flagpost_deliveries_pending',
      help: 'Deliveries that are neither delivered nor given up',
      registers,
      async collect() {
        const [row] = (await unitOfWork.reader.query(
          `SELECT COUNT(*) AS pending FROM endpoint e JOIN delivery d ON d.endpoint_id = e.id AND d.status = 'PENDING'`,
        )) as { pending: number | string }[];
        this.set(Number(row?.pending ?? 0));
      },
    });
  }

  countTry(outcome: Outcome, latencyMs: number): void {
    this.#attempts.inc({ outcome: outcome.kind });
    if (outcome.kind === 'delivered') this.#latency.observe(latencyMs / 1000);
  }
}
