import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/metrics.js';
import { addReading } from '../../platform/metrics/reading.js';
import { ReplayRepository } from './replay.repository.js';

/** What is told to Prometheus of replays. */
@Injectable()
export class ReplayMetrics {
  constructor({ registry }: Metrics, replays: ReplayRepository) {
    addReading(registry, {
      name: 'flagpost_replays_running',
      help: 'Replays that have not planned all of their events yet',
      read: () => replays.countRunning(),
    });
  }
}
