import { Injectable } from '@nestjs/common';
import { DeliveryPlanner, type MessagePlan } from '../../delivery/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import type { Profile } from '../profiles/profile.js';
import { REACH_EVENT, RECEIPT_EVENT, receiptBody, type BodyMaker } from '../requests/reach-bodies.js';
import type { Touchpoint } from '../touchpoints/touchpoint.js';
import { BatchRepository } from './batch.repository.js';
import { retryForMs } from './retry-time.js';
import type { Batch, Run } from './run.js';

const CONTENT_TYPE = 'application/json';

/** A batch and those of its users who exist. */
export interface Ready {
  readonly batch: Batch;
  readonly users: readonly Profile[];
}

/** A request about to be planned. */
interface Order {
  readonly batch: Batch;
  readonly orderId: string;
  readonly cost: number;
  readonly body: string;
}

/** Characters of bodies in one statement; MariaDB takes 16 MiB unless told otherwise. */
const MAX_STATEMENT = 2 * 1024 * 1024;

/** Characters of one request: up to 12 MiB of bytes, which that statement still has room for. */
const MAX_BODY = 4 * 1024 * 1024;

/** Hands requests to the delivery engine. Needs an open unit. */
@Injectable()
export class HandOver {
  constructor(
    private readonly deliveries: DeliveryPlanner,
    private readonly batches: BatchRepository,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Pending batches of a locked run become `SENT`, each with an order and a delivery of its own.
   * @returns those whose request would be too large: they are still pending
   */
  async reach(run: Run, touchpoint: Touchpoint, ready: readonly Ready[], make: BodyMaker): Promise<Batch[]> {
    const orders = ready.map(({ batch, users }): Order => {
      const orderId = this.ids.uuid();
      return { batch, orderId, cost: users.length, body: make(users, orderId) };
    });
    for (const part of partsBySize(orders.filter(({ body }) => body.length <= MAX_BODY)))
      await this.#plan(run, touchpoint, part);
    return orders.filter(({ body }) => body.length > MAX_BODY).map(({ batch }) => batch);
  }

  async #plan(run: Run, touchpoint: Touchpoint, orders: readonly Order[]): Promise<void> {
    const planned = await this.deliveries.plan(
      orders.map(({ batch, orderId, cost, body }) => ({
        ...this.#message(run.organizationId, orderId, batch),
        eventName: REACH_EVENT,
        body,
        cost,
        targets: [
          {
            endpointId: touchpoint.id,
            ordering: 'NONE',
            retryForMs: retryForMs(touchpoint.config, this.settings.retryWaitsMs),
          },
        ],
      })),
    );
    const deliveryIds = new Map(planned.map(({ eventId, deliveryId }) => [eventId, deliveryId]));
    await this.batches.markSent(
      run.id,
      orders.map(({ batch, orderId }) => ({
        number: batch.number,
        orderId,
        deliveryId: deliveryIds.get(orderId) ?? '',
      })),
      this.clock.now(),
    );
  }

  /** Asks for the receipts of batches, once: a poll that fails is followed by the next one. */
  async askForReceipts(
    asked: readonly {
      readonly organizationId: number;
      readonly endpointId: number;
      readonly batch: Batch;
    }[],
  ): Promise<void> {
    await this.deliveries.plan(
      asked.map(({ organizationId, endpointId, batch }) => ({
        ...this.#message(organizationId, batch.orderId ?? '', batch),
        eventName: RECEIPT_EVENT,
        body: receiptBody(batch.orderId ?? ''),
        targets: [{ endpointId, ordering: 'NONE', retryForMs: 0 }],
      })),
    );
  }

  #message(
    organizationId: number,
    orderId: string,
    { number }: Batch,
  ): Omit<MessagePlan, 'eventName' | 'body' | 'targets'> {
    return {
      organizationId,
      eventId: orderId,
      orderingKey: '',
      sequence: number,
      subject: '',
      contentType: CONTENT_TYPE,
      traceparent: undefined,
    };
  }
}

/** Splits a list so that what is written at once stays within what databases take in one statement. */
function partsBySize(orders: readonly Order[]): Order[][] {
  const parts: Order[][] = [];
  let size = MAX_STATEMENT;
  for (const order of orders) {
    if (size + order.body.length > MAX_STATEMENT) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(order);
    size += order.body.length;
  }
  return parts;
}
