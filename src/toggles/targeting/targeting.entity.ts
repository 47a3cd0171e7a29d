import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../../platform/database/index.js';
import type { ReleaseStatus } from './release-status.js';

/** What a toggle serves in one environment: its live state. */
@Entity('targeting')
@Index('uq_targeting', ['environmentId', 'toggleId'], { unique: true })
@Index('ix_targeting_toggle', ['toggleId'])
@Index('ix_targeting_state', ['environmentId', 'disabled', 'status', 'toggleId'])
@Index('ix_targeting_editor', ['environmentId', 'modifiedBy', 'toggleId'])
export class TargetingEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ name: 'environment_id', type: 'int' })
  environmentId!: number;

  @Column({ name: 'toggle_id', type: 'int' })
  toggleId!: number;

  /** Counts what was published, from 1, without gap. */
  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'boolean' })
  disabled!: boolean;

  /** JSON of a `TargetingContent`, as submitted, with all five of its members. */
  @Column({ type: 'text' })
  content!: string;

  @Column({ type: 'varchar', length: 24 })
  status!: ReleaseStatus;

  @InstantColumn({ name: 'published_at' })
  publishedAt!: number;

  @Column({ name: 'track_access_events', type: 'boolean' })
  trackAccessEvents!: boolean;
}

/** A targeting as it was published once; never changed afterwards. */
@Entity('targeting_version')
@Index('uq_targeting_version', ['targetingId', 'version'], { unique: true })
@Index('ix_targeting_version_author', ['targetingId', 'createdBy'])
export class TargetingVersionEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  comment!: string | null;

  @Column({ type: 'text' })
  content!: string;

  @Column({ type: 'boolean' })
  disabled!: boolean;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @Column({ name: 'created_by', type: 'varchar', length: 128 })
  createdBy!: string;

  /** The approval that led to this version; null where it was published directly. */
  @Column({ name: 'approval_id', type: 'int', nullable: true })
  approvalId!: number | null;
}
