import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Metrics } from '../../platform/metrics/metrics.js';
import { addReading } from '../../platform/metrics/reading.js';
import type { Outcome } from './batch-outcome.js';
import { RunRepository } from './run.repository.js';

const RESULTS = ['succeeded', 'failed', 'canceled'] as const;

type Result = (typeof RESULTS)[number];

/** What is told to Prometheus of campaigns' runs. Who is handed on to another touchpoint counts when that one has a result. */
@Injectable()
export class RunMetrics {
  readonly #users: Counter<'result'>;

  constructor({ registry }: Metrics, runs: RunRepository) {
    addReading(registry, {
      name: 'flagpost_campaign_runs_active',
      help: 'Runs of campaigns that have not ended',
      read: () => runs.countActive(),
    });
    addReading(registry, {
      name: 'flagpost_campaign_users_open',
      help: 'Users of these runs who wait to be sent, are on the way, or wait for a receipt',
      read: () => runs.countOpenUsers(),
    });
    this.#users = new Counter({
      name: 'flagpost_campaign_users_finished_total',
      help: 'Users of runs who got a final result, by what it is',
      labelNames: ['result'],
      registers: [registry],
    });
    // A series that begins with its first failure hides that failure from rate().
    for (const result of RESULTS) this.#users.inc({ result }, 0);
  }

  /** Counts outcomes that have been committed. */
  count(outcomes: readonly Outcome[]): void {
    for (const result of RESULTS) {
      const users = outcomes.reduce((sum, outcome) => sum + newOf(outcome, result), 0);
      if (users > 0) this.#users.inc({ result }, users);
    }
  }
}

function newOf(outcome: Outcome, result: Result): number {
  return outcome[result] - outcome.batch[result];
}
