import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../platform/database/index.js';
import type { MemberRole } from '../platform/http/index.js';
import { MemberEntity } from './member.entity.js';
import { OrganizationEntity } from './organization.entity.js';

/** What a member is in an organization. */
@Entity('organization_member')
@Index('uq_organization_member', ['organizationId', 'memberId'], { unique: true })
@Index('ix_organization_member_member', ['memberId'])
export class OrganizationMemberEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'member_id', type: 'int' })
  memberId!: number;

  @Column({ type: 'varchar', length: 16 })
  role!: MemberRole;

  /** False once the member was deleted. */
  @Column({ type: 'boolean' })
  valid!: boolean;

  @InstantColumn({ name: 'login_at', nullable: true })
  loginAt!: number | null;

  /** There in rows that a query joined it to. */
  @ManyToOne(() => MemberEntity, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'member_id' })
  member!: Relation<MemberEntity>;

  /** There in rows that a query joined it to. */
  @ManyToOne(() => OrganizationEntity, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'organization_id' })
  organization!: Relation<OrganizationEntity>;
}
