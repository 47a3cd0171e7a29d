import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../platform/database/index.js';

/** A group of users, described by rules that the targeting of toggles refers to. */
@Entity('segment')
@Index('uq_segment_key', ['projectId', 'key'], { unique: true })
@Index('ix_segment_name', ['projectId', 'name'])
export class SegmentEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ type: 'varchar', length: 128 })
  key!: string;

  @Column({ type: 'varchar', length: 256 })
  name!: string;

  @Column({ type: 'varchar', length: 1024 })
  description!: string;

  /** JSON list of `SegmentRule`, exactly as submitted. */
  @Column({ type: 'text' })
  rules!: string;

  /** Grows by one with every change of the row, renaming and deletion included. */
  @Column({ type: 'int' })
  version!: number;

  /** A deleted segment is gone for clients, but keeps its key. */
  @Column({ type: 'boolean' })
  deleted!: boolean;
}

/** The rules as they were published once. Versions that only renamed the segment have no row. */
@Entity('segment_version')
@Index('uq_segment_version', ['segmentId', 'version'], { unique: true })
export class SegmentVersionEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'segment_id', type: 'int' })
  segmentId!: number;

  @Column({ type: 'int' })
  version!: number;

  @Column({ type: 'varchar', length: 1024, nullable: true })
  comment!: string | null;

  /** JSON list of `SegmentRule`. */
  @Column({ type: 'text' })
  rules!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @Column({ name: 'created_by', type: 'varchar', length: 128 })
  createdBy!: string;
}

/** Says that a toggle's targeting in one environment refers to a segment. */
@Entity('targeting_segment')
@Index('ix_targeting_segment_segment', ['segmentId'])
export class TargetingSegmentEntity {
  @PrimaryColumn({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  @PrimaryColumn({ name: 'segment_id', type: 'int' })
  segmentId!: number;
}
