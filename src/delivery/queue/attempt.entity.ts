import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/index.js';

/** One try of a delivery, as it was made and answered. */
@Entity('attempt')
export class AttemptEntity {
  @PrimaryColumn({ name: 'delivery_id', type: 'varchar', length: 36 })
  deliveryId!: string;

  /** From 1. */
  @PrimaryColumn({ type: 'int' })
  number!: number;

  @InstantColumn({ name: 'started_at' })
  startedAt!: number;

  @Column({ name: 'duration_ms', type: 'int' })
  durationMs!: number;

  @Column({ name: 'status_code', type: 'int', nullable: true })
  statusCode!: number | null;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  error!: string | null;

  /** Without secrets, in the form of `packHeaders`. */
  @Column({ name: 'request_headers', type: 'text' })
  requestHeaders!: string;

  /** In the same form. */
  @Column({ name: 'response_headers', type: 'text', nullable: true })
  responseHeaders!: string | null;

  @Column({ name: 'response_body', type: 'text', nullable: true })
  responseBody!: string | null;
}
