import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../platform/database/index.js';

/** A time in which the access events of a toggle in an environment were collected. */
@Entity('metric_iteration')
@Index('ix_metric_iteration_targeting', ['targetingId', 'startedAt'])
export class MetricIterationEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  @InstantColumn({ name: 'started_at' })
  startedAt!: number;

  /** Null while it lasts. */
  @InstantColumn({ name: 'stopped_at', nullable: true })
  stoppedAt!: number | null;
}
