import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { DomainError } from '../../platform/errors/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import { ownLane } from '../delivery-planner.js';
import type { EndpointKind } from '../endpoint-kind.js';
import { EndpointRepository } from '../endpoint.repository.js';
import type { DeliveryEntity } from '../queue/delivery.entity.js';
import { DeliveryInserts } from '../queue/delivery-inserts.js';
import { Lanes } from '../queue/lanes.js';

/** Kinds whose deliveries may be sent again by hand. Owners of others follow each delivery, and would not know of one they did not plan. */
const REPEATABLE: ReadonlySet<EndpointKind> = new Set<EndpointKind>(['WEBHOOK']);

/** Makes new deliveries of messages that were sent before. Needs an open unit of work. */
@Injectable()
export class Redeliveries {
  constructor(
    private readonly inserts: DeliveryInserts,
    private readonly lanes: Lanes,
    private readonly endpoints: EndpointRepository,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * A delivery of the same message to the same endpoint, in a lane of its own, with as much time as the old one had.
   * @throws DomainError `endpoint_inactive` when the endpoint is disabled or gone; `delivery_not_repeatable`
   */
  async make(old: DeliveryEntity): Promise<string> {
    const endpoint = await this.endpoints.find(old.endpointId);
    if (endpoint && !REPEATABLE.has(endpoint.kind)) throw new DomainError('delivery_not_repeatable');
    if (!endpoint?.enabled) throw new DomainError('endpoint_inactive');
    const id = this.ids.uuid();
    const now = this.clock.now();
    const lane = { endpointId: old.endpointId, orderingKey: ownLane(id), ephemeral: true };
    const [laneId = 0] = await this.lanes.open([lane], now);
    await this.inserts.insertDeliveries([
      {
        id,
        organizationId: old.organizationId,
        endpointId: old.endpointId,
        laneId,
        sequence: old.sequence,
        messageId: old.messageId,
        eventId: old.eventId,
        eventName: old.eventName,
        subject: null,
        createdAt: now,
        expiresAt: now + (old.expiresAt - old.createdAt),
      },
    ]);
    return id;
  }
}
