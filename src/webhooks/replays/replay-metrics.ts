import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../platform/metrics/metrics.js';
import { ReplayRepository } from './replay.repository.js';

/** What is told to Prometheus of replays. */
@Injectable()
export class ReplayMetrics {
  constructor(metrics: Metrics, replays: ReplayRepository) {
    new Gauge({
      name: 'flagpost_replays_running',
      help: 'Replays that have not planned all of their events yet',
      registers: [metrics.registry],
      async collect() {
        this.set(await replays.countRunning());
      },
    });
  }
}
