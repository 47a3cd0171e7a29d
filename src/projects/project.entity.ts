import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity } from '../platform/database/index.js';

/** What holds toggles, segments and environments together, such as one product. */
@Entity('project')
@Index('uq_project_key', ['organizationId', 'key'], { unique: true })
@Index('uq_project_name', ['organizationId', 'name'], { unique: true })
export class ProjectEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ type: 'varchar', length: 128 })
  key!: string;

  @Column({ type: 'varchar', length: 256 })
  name!: string;

  @Column({ type: 'varchar', length: 1024 })
  description!: string;

  /** Deleted, for users; its rows stay for the audit log, and its key and name stay taken. */
  @Column({ type: 'boolean' })
  archived!: boolean;
}
