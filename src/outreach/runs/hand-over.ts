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

/** Longest body, characters: stored in one statement, of which MariaDB takes 16 MiB of bytes unless told otherwise. */
const MAX_BODY_LENGTH = 4 * 1024 * 1024;

/** Why a batch with a longer one fails. */
export const TOO_LARGE =
  'the request would be too large: lower the batch size of the touchpoint, or shorten what is sent';

/** A batch and those of its users who exist. */
export interface Ready {
  readonly batch: Batch;
  readonly users: readonly Profile[];
}

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
   * @returns those that don't, since their request would be too large
   */
  async reach(run: Run, touchpoint: Touchpoint, ready: readonly Ready[], make: BodyMaker): Promise<Batch[]> {
    const made = ready.map(({ batch, users }) => {
      const orderId = this.ids.uuid();
      return { batch, users, orderId, body: make(users, orderId) };
    });
    const orders = made.filter(({ body }) => body.length <= MAX_BODY_LENGTH);
    const planned = await this.deliveries.plan(
      orders.map(({ batch, users, orderId, body }) => ({
        ...this.#message(run.organizationId, orderId, batch),
        eventName: REACH_EVENT,
        body,
        cost: users.length,
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
    return made.filter(({ body }) => body.length > MAX_BODY_LENGTH).map(({ batch }) => batch);
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
