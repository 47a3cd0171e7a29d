import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/index.js';

/** A serialized event, shared by the deliveries that send these bytes. */
@Entity('message')
export class MessageEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'event_id', type: 'varchar', length: 36 })
  eventId!: string;

  @Column({ name: 'event_name', type: 'varchar', length: 64 })
  eventName!: string;

  @Column({ name: 'content_type', type: 'varchar', length: 128 })
  contentType!: string;

  /** Empty: it could not be made, and there is nothing to send. */
  @Column({ type: 'text' })
  body!: string;

  /** How much of its endpoint's rate it uses. */
  @Column({ type: 'int', default: 1 })
  cost!: number;

  @Column({ type: 'varchar', length: 64, nullable: true })
  traceparent!: string | null;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;
}
