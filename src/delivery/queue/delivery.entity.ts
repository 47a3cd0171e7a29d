import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigintColumn, InstantColumn, ZeroAsNullColumn } from '../../platform/database/index.js';

export const DELIVERY_STATUSES = ['PENDING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * One message to one endpoint.
 *
 * ```
 *                 answered 2xx
 *   PENDING ──────────────────────────────────▶ SUCCEEDED
 *     │  ▲ │
 *     │  └─┘ a try failed and may be repeated
 *     ├──── too old for a further try, or the receiver wants none ──▶ FAILED
 *     └──── endpoint disabled or removed, or a newer one took its place ──▶ CANCELED
 * ```
 *
 * One whose body could not be made is FAILED from the start, without a try.
 *
 * A final state is never left; what is sent again is a new delivery.
 *
 * What a try changes has a fixed width, and stands in two indexes: a try that succeeds is one update in place. Ids grow with time,
 * and are part of every unique key, so that MySQL can partition the table by them.
 */
@Entity('delivery')
@Index('ix_delivery_lane', ['laneId', 'status', 'sequence'])
@Index('ix_delivery_status', ['endpointId', 'status', 'id'])
@Index('ix_delivery_message', ['messageId'])
export class DeliveryEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'endpoint_id', type: 'int' })
  endpointId!: number;

  @Column({ name: 'lane_id', type: 'int' })
  laneId!: number;

  /** The event's number: the order within the lane. */
  @BigintColumn()
  sequence!: number;

  @Column({ name: 'message_id', type: 'varchar', length: 36 })
  messageId!: string;

  @Column({ name: 'event_id', type: 'varchar', length: 36 })
  eventId!: string;

  @Column({ name: 'event_name', type: 'varchar', length: 64 })
  eventName!: string;

  /** What it tells the state of, where a newer delivery of the same lane and subject is to take its place. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  subject!: string | null;

  @Column({ type: 'character', length: 9 })
  status!: DeliveryStatus;

  @Column({ name: 'attempt_count', type: 'int' })
  attemptCount!: number;

  @ZeroAsNullColumn({ name: 'last_status_code', type: 'int' })
  lastStatusCode!: number | null;

  @Column({ name: 'last_error', type: 'varchar', length: 1024, nullable: true })
  lastError!: string | null;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  /** No try begins a wait that would end after this. */
  @InstantColumn({ name: 'expires_at' })
  expiresAt!: number;

  @ZeroAsNullColumn({ name: 'finished_at' })
  finishedAt!: number | null;
}
