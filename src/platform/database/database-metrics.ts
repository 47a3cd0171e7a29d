import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../metrics/metrics.js';
import { UnitOfWork } from './unit-of-work.js';

/** Tells Prometheus whether the database answers. */
@Injectable()
export class DatabaseMetrics {
  constructor({ registry }: Metrics, unitOfWork: UnitOfWork) {
    new Gauge({
      name: 'flagpost_database_up',
      help: '1: the database answers this scrape; 0: it does not',
      registers: [registry],
      async collect() {
        this.set(
          await unitOfWork.reader.query('SELECT 1').then(
            () => 1,
            () => 0,
          ),
        );
      },
    });
  }
}
