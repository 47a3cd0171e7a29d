import type { Change, DomainEvent } from './domain-event.js';
import type { EventKeys } from './event-catalogue.js';
import type { EventEntity } from './event.entity.js';

/** The columns that hold an event's keys. */
export type KeyColumns = Pick<EventEntity, 'projectKey' | 'environmentKey' | 'toggleKey' | 'segmentKey'>;

/** An event read from its row: the same in every member as it was when it was recorded. */
export function toDomainEvent(row: EventEntity): DomainEvent {
  return {
    id: row.id,
    organizationId: row.organizationId,
    sequence: row.sequence,
    resource: row.resource,
    action: row.action,
    name: `${row.resource}.${row.action}`,
    operator: row.operator,
    timestamp: row.timestamp,
    keys: keysOf(row),
    dataJson: row.data ?? 'null',
    changes: row.changes === null ? undefined : (JSON.parse(row.changes) as Change[]),
    orderingKey: row.orderingKey,
    traceparent: row.traceparent ?? undefined,
  };
}

/** The keys that are set. */
export function keysOf({ projectKey, environmentKey, toggleKey, segmentKey }: KeyColumns): EventKeys {
  return {
    ...(projectKey !== null && { projectKey }),
    ...(environmentKey !== null && { environmentKey }),
    ...(toggleKey !== null && { toggleKey }),
    ...(segmentKey !== null && { segmentKey }),
  };
}
