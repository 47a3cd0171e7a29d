import { Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { Metrics } from '../platform/metrics/metrics.js';
import { paced } from '../platform/metrics/paced.js';
import { addReading } from '../platform/metrics/reading.js';
import { Backlog } from './queue/backlog.js';

/**
 * What waits in the database, read when Prometheus asks. Every process on the database tells the same, so these are not to be
 * summed. While the database doesn't answer they are left out: the process's other metrics matter most then.
 */
@Injectable()
export class BacklogMetrics {
  constructor({ registry }: Metrics, backlog: Backlog) {
    addReading(registry, {
      name: 'flagpost_deliveries_pending',
      help: 'Deliveries that are neither delivered nor given up',
      read: () => backlog.pending(),
    });
    addReading(registry, {
      name: 'flagpost_delivery_backlog_age_seconds',
      help: 'Since the oldest pending delivery was made; 0 when none is pending',
      read: async () => (await backlog.ageMs()) / 1000,
    });
    addReading(registry, {
      name: 'flagpost_delivery_overdue_seconds',
      help: 'For how long something could have been sent and no worker took it; 0 when they keep up',
      read: async () => (await backlog.overdueMs()) / 1000,
    });
    addReading(registry, {
      name: 'flagpost_breakers_open',
      help: 'Endpoints that get single probes only, since five tries in a row failed',
      read: () => backlog.openBreakers(),
    });
    addStates(registry, backlog);
  }
}

function addStates(registry: Registry, backlog: Backlog): void {
  const reading = paced(() => backlog.endpoints());
  new Gauge({
    name: 'flagpost_endpoints',
    help: 'Endpoints by the state of their health',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counts = await reading().catch(() => ({}));
      this.reset();
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
}
