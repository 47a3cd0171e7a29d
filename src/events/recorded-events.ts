import { Injectable } from '@nestjs/common';
import { notFound } from '../platform/errors/index.js';
import type { DomainEvent } from './domain-event.js';
import { EventRepository, type EventHead } from './event.repository.js';
import { keysOf } from './stored-event.js';

/** What tells a past event from others: everything but its data. */
export type RecordedEvent = Pick<
  DomainEvent,
  'id' | 'sequence' | 'resource' | 'action' | 'name' | 'operator' | 'timestamp' | 'keys'
>;

/** Past events, for those who look at them one by one. */
@Injectable()
export class RecordedEvents {
  constructor(private readonly events: EventRepository) {}

  /** @throws DomainError `not_found` */
  async get(organizationId: number, id: string): Promise<RecordedEvent> {
    const event = await this.events.find(organizationId, id);
    if (!event) throw notFound('event', id);
    return toRecordedEvent(event);
  }

  /**
   * Newest first, read in pages as they are asked for, so that a long past costs no memory. `since` and `until` are epoch
   * milliseconds, both included.
   */
  async *backwards(
    organizationId: number,
    time: { readonly since?: number; readonly until?: number },
    pageSize = 500,
  ): AsyncGenerator<RecordedEvent> {
    let before: number | undefined;
    for (;;) {
      const page = await this.events.listHeadsBefore(organizationId, before, time, pageSize);
      for (const event of page) yield toRecordedEvent(event);
      if (page.length < pageSize) return;
      before = page.at(-1)?.sequence;
    }
  }
}

function toRecordedEvent(event: EventHead): RecordedEvent {
  const { id, sequence, resource, action, operator, timestamp } = event;
  return {
    id,
    sequence,
    resource,
    action,
    name: `${resource}.${action}`,
    operator,
    timestamp,
    keys: keysOf(event),
  };
}
