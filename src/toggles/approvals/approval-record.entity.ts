import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity } from '../../platform/database/index.js';
import type { ApprovalStatus } from './approval-machine.js';

/** That somebody asked for a change to be approved, and what was decided. Who made the row submitted the change. */
@Entity('approval_record')
@Index('ix_approval_record_targeting', ['targetingId'])
@Index('ix_approval_record_status', ['organizationId', 'status'])
@Index('ix_approval_record_submitter', ['organizationId', 'createdBy'])
export class ApprovalRecordEntity extends AuditedEntity {
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

  @Column({ name: 'targeting_id', type: 'int' })
  targetingId!: number;

  @Column({ type: 'varchar', length: 16 })
  status!: ApprovalStatus;

  /** The submitter's comment. */
  @Column({ type: 'varchar', length: 1024, nullable: true })
  title!: string | null;

  /** Of whoever decided. */
  @Column({ type: 'varchar', length: 1024, nullable: true })
  comment!: string | null;

  /** Accounts: the environment's reviewers when the change was submitted. */
  @Column({ type: 'simple-json' })
  reviewers!: string[];

  /** Account of whoever decided. */
  @Column({ name: 'approved_by', type: 'varchar', length: 128, nullable: true })
  approvedBy!: string | null;
}

/** The reviewers of approvals once more, one a row, to find what somebody has to review: the UI asks that every 5 seconds. */
@Entity('approval_reviewer')
@Index('ix_approval_reviewer_account', ['account'])
export class ApprovalReviewerEntity {
  @PrimaryColumn({ name: 'approval_id', type: 'int' })
  approvalId!: number;

  @PrimaryColumn({ type: 'varchar', length: 128 })
  account!: string;
}
