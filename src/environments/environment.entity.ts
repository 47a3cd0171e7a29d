import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity, BigintColumn } from '../platform/database/index.js';

/** A stage of a project, such as `online`: every toggle has its own targeting in each. */
@Entity('environment')
@Index('uq_environment_key', ['projectId', 'key'], { unique: true })
@Index('uq_environment_name', ['projectId', 'name'], { unique: true })
@Index('uq_environment_server_sdk_key', ['serverSdkKey'], { unique: true })
@Index('uq_environment_client_sdk_key', ['clientSdkKey'], { unique: true })
export class EnvironmentEntity extends AuditedEntity {
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

  /** What server-side SDKs identify themselves with. */
  @Column({ name: 'server_sdk_key', type: 'varchar', length: 64 })
  serverSdkKey!: string;

  /** What SDKs in browsers and apps identify themselves with. */
  @Column({ name: 'client_sdk_key', type: 'varchar', length: 64 })
  clientSdkKey!: string;

  /** Grows with everything that SDKs of this environment would see; they keep what has the highest. */
  @BigintColumn()
  version!: number;

  /** Publishing needs an approval by one of the reviewers. */
  @Column({ name: 'enable_approval', type: 'boolean' })
  enableApproval!: boolean;

  /** Accounts. */
  @Column({ type: 'simple-json' })
  reviewers!: string[];

  /** Taken offline, or its project was deleted. */
  @Column({ type: 'boolean' })
  archived!: boolean;
}
