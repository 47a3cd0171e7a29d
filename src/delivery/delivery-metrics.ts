import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';
import type { DeliveryStatus } from './queue/delivery.entity.js';
import type { FailureClass, Outcome } from './worker/outcome.js';

/** Upper bounds of the latency histogram, seconds: from the best case to the longest usual waits. */
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3600];

/** Upper bounds of the rounds' histogram, seconds: a round is a few statements and a commit. */
const ROUND_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

const OUTCOMES = ['delivered', 'retry', 'failed'] as const satisfies Outcome['kind'][];

type FinalStatus = Exclude<DeliveryStatus, 'PENDING'>;
const FINAL_STATUSES = ['SUCCEEDED', 'FAILED', 'CANCELED'] as const satisfies FinalStatus[];

/**
 * What this process counts of its own work for Prometheus. No metric has a label for the endpoint: series would grow with what
 * users make and never end; the log and the webhooks' own routes tell of single ones.
 */
@Injectable()
export class DeliveryMetrics {
  readonly #attempts: Counter<'outcome'>;
  readonly #failures: Counter<'reason'>;
  readonly #finished: Counter<'status'>;
  readonly #underWay: Gauge;
  readonly #latency: Histogram;
  readonly #rounds: Histogram;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.#attempts = new Counter({
      name: 'flagpost_delivery_attempts_total',
      help: 'Tries by what they came to',
      labelNames: ['outcome'],
      registers,
    });
    this.#failures = new Counter({
      name: 'flagpost_delivery_failures_total',
      help: 'Tries that did not deliver, by why',
      labelNames: ['reason'],
      registers,
    });
    this.#finished = new Counter({
      name: 'flagpost_deliveries_finished_total',
      help: 'Deliveries that came to an end, by their status',
      labelNames: ['status'],
      registers,
    });
    this.#underWay = new Gauge({
      name: 'flagpost_delivery_tries_in_flight',
      help: 'Requests to receivers that are under way',
      registers,
    });
    this.#latency = new Histogram({
      name: 'flagpost_delivery_latency_seconds',
      help: 'From the change to the answer of the receiver that took it',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#rounds = new Histogram({
      name: 'flagpost_delivery_round_seconds',
      help: 'A unit of work that claims what is due, or one that writes the results of tries',
      buckets: ROUND_BUCKETS,
      registers,
    });
    // A series that begins with its first failure hides that failure from rate().
    for (const outcome of OUTCOMES) this.#attempts.inc({ outcome }, 0);
    for (const status of FINAL_STATUSES) this.#finished.inc({ status }, 0);
  }

  beginTry(): void {
    this.#underWay.inc();
  }

  endTry(): void {
    this.#underWay.dec();
  }

  countTry(outcome: Outcome, latencyMs: number): void {
    this.#attempts.inc({ outcome: outcome.kind });
    if (outcome.kind === 'delivered') this.#latency.observe(Math.max(latencyMs, 0) / 1000);
    else this.#failures.inc({ reason: outcome.failureClass satisfies FailureClass });
  }

  /** Counts a round that has been committed, and the deliveries that ended with it. */
  countRound(verdicts: readonly { readonly status: DeliveryStatus }[], durationMs: number): void {
    this.#rounds.observe(durationMs / 1000);
    for (const status of FINAL_STATUSES) {
      const count = verdicts.filter((verdict) => verdict.status === status).length;
      if (count > 0) this.countFinished(status, count);
    }
  }

  countFinished(status: FinalStatus, count: number): void {
    this.#finished.inc({ status }, count);
  }
}
