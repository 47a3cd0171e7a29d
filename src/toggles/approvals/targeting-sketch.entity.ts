import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity } from '../../platform/database/index.js';
import type { SketchStatus } from './approval-machine.js';

/** A change of a targeting that waits for its approval and publishing. Each approval has one. */
@Entity('targeting_sketch')
@Index('uq_targeting_sketch_approval', ['approvalId'], { unique: true })
@Index('ix_targeting_sketch_targeting', ['targetingId', 'status'])
@Index('ix_targeting_sketch_environment', ['environmentId', 'status'])
export class TargetingSketchEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'environment_id', type: 'int' })
  environmentId!: number;

  @Column({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  @Column({ name: 'approval_id', type: 'int' })
  approvalId!: number;

  /** The targeting's version when the change was submitted. */
  @Column({ name: 'old_version', type: 'int' })
  oldVersion!: number;

  /** JSON of a `TargetingContent` with all five of its members, checked when it was submitted. */
  @Column({ type: 'text' })
  content!: string;

  @Column({ type: 'boolean' })
  disabled!: boolean;

  /** The submitter's comment; after a cancelling why, if somebody said so. */
  @Column({ type: 'varchar', length: 1024, nullable: true })
  comment!: string | null;

  @Column({ type: 'varchar', length: 16 })
  status!: SketchStatus;
}
