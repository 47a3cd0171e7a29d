import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { UnitOfWork } from '../platform/database/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { WorkSpread } from './spread/work-spread.js';
import { DeliveryInserts, type NewDelivery } from './queue/delivery-inserts.js';
import { Lanes } from './queue/lanes.js';

/** A message to be planned, and to whom. */
export interface MessagePlan {
  readonly organizationId: number;
  readonly eventId: string;
  readonly eventName: string;
  /** Deliveries of one endpoint with the same key go one after the other. */
  readonly orderingKey: string;
  /** The event's number: the order within the key. */
  readonly sequence: number;
  /** What the message tells the state of: for who wants the latest only, a newer one of the same key and subject takes its place. */
  readonly subject: string;
  readonly contentType: string;
  /** Empty only beside a `failure`. */
  readonly body: string;
  /** Why the body could not be made: the deliveries are recorded as failed with this reason, and nothing is sent. */
  readonly failure?: string;
  readonly traceparent: string | undefined;
  /** How much of its endpoint's rate each try uses: a whole number from 1; absent: 1. */
  readonly cost?: number;
  readonly targets: readonly PlanTarget[];
}

export interface PlanTarget {
  readonly endpointId: number;
  /** `RESOURCE`: in order per ordering key. `LATEST`: the same, and a newer one replaces what waits. `NONE`: by itself. */
  readonly ordering: 'RESOURCE' | 'LATEST' | 'NONE';
  /** The delivery is given up this long after it was made, milliseconds. */
  readonly retryForMs: number;
}

/** A delivery that was planned. */
export interface Planned {
  readonly endpointId: number;
  readonly eventId: string;
  readonly deliveryId: string;
}

interface PlannedDelivery {
  readonly message: MessagePlan & { readonly id: string };
  readonly target: PlanTarget;
  readonly deliveryId: string;
}

/** Of deliveries that wait for nothing. */
const NO_LANE = 0;

/** Writes messages and deliveries in the unit of work of the change that caused them, and wakes the worker after its commit. */
@Injectable()
export class DeliveryPlanner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inserts: DeliveryInserts,
    private readonly lanes: Lanes,
    private readonly spread: WorkSpread,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Plans one delivery for each target. The number of statements does not grow with the number of targets.
   * @returns the deliveries, in the order of the plans and of their targets; those that failed from the start included
   */
  async plan(plans: readonly MessagePlan[]): Promise<Planned[]> {
    const now = this.clock.now();
    const messages = plans.map((plan) => ({ ...plan, id: this.ids.uuid(), createdAt: now }));
    const planned = messages.flatMap((message) =>
      message.targets.map((target) => ({ message, target, deliveryId: this.ids.uuid() })),
    );
    if (planned.length === 0) return [];
    await this.inserts.insertMessages(messages);
    const sendable = planned.filter(({ message }) => message.failure === undefined);
    const failed = planned.filter(({ message }) => message.failure !== undefined);
    const laneIds = await this.#openLanes(sendable, now);
    await this.inserts.insertDeliveries([
      ...sendable.map((delivery, index) => toNewDelivery(delivery, laneIds[index] ?? NO_LANE, now)),
      ...failed.map((delivery) => toNewDelivery(delivery, NO_LANE, now)),
    ]);
    const endpointIds = sendable.map(({ target }) => target.endpointId);
    this.unitOfWork.afterCommit(() => this.spread.announce(endpointIds));
    return planned.map(({ message: { eventId }, target: { endpointId }, deliveryId }) => ({
      endpointId,
      eventId,
      deliveryId,
    }));
  }

  async #openLanes(planned: readonly PlannedDelivery[], now: number): Promise<number[]> {
    const keys = planned.map(({ message, target, deliveryId }) => ({
      endpointId: target.endpointId,
      orderingKey: target.ordering === 'NONE' ? ownLane(deliveryId) : message.orderingKey,
      ephemeral: target.ordering === 'NONE',
    }));
    return this.lanes.open(keys, now);
  }
}

function toNewDelivery(
  { message, target, deliveryId }: PlannedDelivery,
  laneId: number,
  now: number,
): NewDelivery {
  return {
    id: deliveryId,
    organizationId: message.organizationId,
    endpointId: target.endpointId,
    laneId,
    sequence: message.sequence,
    messageId: message.id,
    eventId: message.eventId,
    eventName: message.eventName,
    subject: target.ordering === 'LATEST' ? message.subject : null,
    createdAt: now,
    expiresAt: now + target.retryForMs,
    failure: message.failure,
  };
}

/** The key of a lane that one delivery has for itself. */
export function ownLane(deliveryId: string): string {
  return `delivery:${deliveryId}`;
}
