import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity } from '../platform/database/index.js';
import type { ToggleReturnType } from '../targeting-rules/index.js';

/** A feature flag. What it serves is decided by its targeting in each environment. */
@Entity('toggle')
@Index('uq_toggle_key', ['projectId', 'key'], { unique: true })
@Index('uq_toggle_name', ['projectId', 'name'], { unique: true })
@Index('ix_toggle_newest', ['projectId', 'archived', 'createdAt'])
@Index('ix_toggle_permanent', ['projectId', 'archived', 'permanent', 'createdAt'])
@Index('ix_toggle_author', ['projectId', 'archived', 'createdBy', 'modifiedBy'])
export class ToggleEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ type: 'varchar', length: 128 })
  key!: string;

  @Column({ type: 'varchar', length: 128 })
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ name: 'return_type', type: 'varchar', length: 10 })
  returnType!: ToggleReturnType;

  /** Position of the variation that a new environment's targeting serves while disabled. */
  @Column({ name: 'disabled_serve', type: 'int' })
  disabledServe!: number;

  /** JSON list of `Variation`, as submitted: what a new environment's targeting begins with. */
  @Column({ type: 'text' })
  variations!: string;

  /** Whether SDKs in browsers and apps get the toggle. */
  @Column({ name: 'client_availability', type: 'boolean' })
  clientAvailability!: boolean;

  /** Meant to stay, so that its age is no reproach. */
  @Column({ type: 'boolean' })
  permanent!: boolean;

  @Column({ type: 'boolean' })
  archived!: boolean;
}
