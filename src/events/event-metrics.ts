import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Counter } from 'prom-client';
import { UnitOfWork } from '../platform/database/index.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { EVENT_RECORDED, type DomainEvent } from './domain-event.js';

/** Counts events for Prometheus, once their change has committed. */
@Injectable()
export class EventMetrics {
  readonly #recorded: Counter<'event'>;

  constructor(
    { registry }: Metrics,
    private readonly unitOfWork: UnitOfWork,
  ) {
    this.#recorded = new Counter({
      name: 'flagpost_events_recorded_total',
      help: 'Events recorded, by name',
      labelNames: ['event'],
      registers: [registry],
    });
  }

  @OnEvent(EVENT_RECORDED, { suppressErrors: false })
  count(event: DomainEvent): void {
    this.unitOfWork.afterCommit(() => this.#recorded.inc({ event: event.name }));
  }
}
