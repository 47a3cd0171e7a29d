import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { EndpointKind } from './endpoint-kind.js';
import { BigintColumn, InstantColumn } from '../platform/database/index.js';

/** What the engine remembers of an endpoint, see `EndpointState`. */
@Entity('endpoint')
export class EndpointEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ type: 'varchar', length: 16 })
  kind!: EndpointKind;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ name: 'disabled_reason', type: 'varchar', length: 1024, nullable: true })
  disabledReason!: string | null;

  /** Since when every try failed. */
  @InstantColumn({ name: 'failing_since', nullable: true })
  failingSince!: number | null;

  @Column({ name: 'consecutive_failures', type: 'int' })
  consecutiveFailures!: number;

  /** Probes that failed since the breaker opened. */
  @Column({ name: 'probe_count', type: 'int' })
  probeCount!: number;

  /** Until when the receiver asked to be left alone. */
  @InstantColumn({ name: 'paused_until', nullable: true })
  pausedUntil!: number | null;

  /** When the next probe may go; set while the breaker is open. */
  @InstantColumn({ name: 'probe_at', nullable: true })
  probeAt!: number | null;

  /** Rate limit: the next instant at which a request may go, epoch microseconds. See `RateSlots`. */
  @BigintColumn({ name: 'next_slot_us', nullable: true })
  nextSlotUs!: number | null;

  /** Rate limit: what the last slot that was given out costs; `next_slot_us` is that much after its beginning. */
  @Column({ name: 'slot_cost', type: 'int', default: 1 })
  slotCost!: number;

  @Column({ name: 'last_error', type: 'varchar', length: 1024, nullable: true })
  lastError!: string | null;

  @Column({ name: 'last_succeeded', type: 'boolean', nullable: true })
  lastSucceeded!: boolean | null;

  @Column({ name: 'last_status_code', type: 'int', nullable: true })
  lastStatusCode!: number | null;

  @InstantColumn({ name: 'last_attempt_at', nullable: true })
  lastAttemptAt!: number | null;
}
