import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Clock } from '../platform/clock/clock.js';
import { emitInOrder, UnitOfWork } from '../platform/database/index.js';
import { RequestContext } from '../platform/http/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { diff } from './changes.js';
import { EVENT_RECORDED, type Change, type DomainEvent, type RecordedChange } from './domain-event.js';
import type { EventEntity } from './event.entity.js';
import { EventRepository } from './event.repository.js';
import { orderingKeyOf } from './ordering-key.js';
import { toWireJson } from './wire-json.js';

/** Who made a change, for whom, and when. */
type Cause = Pick<DomainEvent, 'organizationId' | 'operator' | 'timestamp' | 'traceparent'>;

/**
 * Records what was changed, in the unit of work that changes it: the event commits with the change or not at all. Listeners of
 * `EVENT_RECORDED` run inside the same unit, and one that fails takes the change down with it.
 */
@Injectable()
export class EventRecorder {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventRepository,
    private readonly emitter: EventEmitter2,
    private readonly context: RequestContext,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Records a change the caller made in its organization.
   * @throws Error outside a unit of work: such an event could exist without its change.
   */
  async record(change: RecordedChange): Promise<DomainEvent> {
    const { organizationId, operator, current } = this.context;
    const { startedAt: timestamp = this.clock.now(), traceparent } = current ?? {};
    return this.#record(change, { organizationId, operator, timestamp, traceparent });
  }

  /**
   * Records a change that the platform made by itself, such as disabling a webhook: its operator is `system`. It happens now, and has no
   * call behind it: what a call left running may still carry the call's context.
   */
  async recordAsSystem(organizationId: number, change: RecordedChange): Promise<DomainEvent> {
    const timestamp = this.clock.now();
    return this.#record(change, { organizationId, operator: 'system', timestamp, traceparent: undefined });
  }

  async #record(change: RecordedChange, cause: Cause): Promise<DomainEvent> {
    if (!this.unitOfWork.isOpen)
      throw new Error('An event is recorded inside the unit of work of its change');
    const dataJson = toWireJson(change.data);
    const event: DomainEvent = {
      id: this.ids.uuid(),
      ...cause,
      sequence: await this.events.nextSequence(cause.organizationId),
      resource: change.resource,
      action: change.action,
      name: `${change.resource}.${change.action}`,
      keys: change.keys ?? {},
      dataJson,
      changes: changesOf(change, dataJson),
      orderingKey: orderingKeyOf(change),
    };
    await this.events.insert(toEntity(event));
    await emitInOrder(this.emitter, EVENT_RECORDED, event);
    return event;
  }
}

function changesOf(change: RecordedChange, dataJson: string): Change[] | undefined {
  if (!change.before) return undefined;
  const changes = diff(JSON.parse(toWireJson(change.before)), JSON.parse(dataJson));
  return [...changes, ...(change.secretChanges ?? []).map((path) => ({ path }))];
}

function toEntity(event: DomainEvent): EventEntity {
  return {
    id: event.id,
    organizationId: event.organizationId,
    sequence: event.sequence,
    resource: event.resource,
    action: event.action,
    operator: event.operator,
    timestamp: event.timestamp,
    projectKey: event.keys.projectKey ?? null,
    environmentKey: event.keys.environmentKey ?? null,
    toggleKey: event.keys.toggleKey ?? null,
    segmentKey: event.keys.segmentKey ?? null,
    data: event.dataJson,
    changes: event.changes ? JSON.stringify(event.changes) : null,
    traceparent: event.traceparent ?? null,
    orderingKey: event.orderingKey,
  };
}
