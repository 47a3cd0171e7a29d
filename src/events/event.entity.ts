import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigintColumn, InstantColumn } from '../platform/database/index.js';
import type { EventAction, EventResource } from './event-catalogue.js';

/** One recorded event: the audit log's row, and the source of all deliveries. */
@Entity('event')
@Index('uq_event_sequence', ['organizationId', 'sequence'], { unique: true })
@Index('ix_event_project', ['organizationId', 'projectKey', 'toggleKey', 'sequence'])
export class EventEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @BigintColumn()
  sequence!: number;

  @Column({ type: 'varchar', length: 16 })
  resource!: EventResource;

  @Column({ type: 'varchar', length: 32 })
  action!: EventAction;

  @Column({ type: 'varchar', length: 128 })
  operator!: string;

  @InstantColumn()
  timestamp!: number;

  @Column({ name: 'project_key', type: 'varchar', length: 128, nullable: true })
  projectKey!: string | null;

  @Column({ name: 'environment_key', type: 'varchar', length: 128, nullable: true })
  environmentKey!: string | null;

  @Column({ name: 'toggle_key', type: 'varchar', length: 128, nullable: true })
  toggleKey!: string | null;

  @Column({ name: 'segment_key', type: 'varchar', length: 128, nullable: true })
  segmentKey!: string | null;

  /** Wire form, see `toWireJson`. */
  @Column({ type: 'text', nullable: true })
  data!: string | null;

  /** JSON list of `Change`. */
  @Column({ type: 'text', nullable: true })
  changes!: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  traceparent!: string | null;

  /** See `DomainEvent`. */
  @Column({ name: 'ordering_key', type: 'varchar', length: 300, default: '' })
  orderingKey!: string;
}

/** The counter of one organization's events. Its row is locked by each unit that records one, until that unit ends. */
@Entity('event_sequence')
export class EventSequenceEntity {
  @PrimaryColumn({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @BigintColumn()
  value!: number;
}
