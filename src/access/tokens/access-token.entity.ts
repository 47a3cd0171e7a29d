import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../../platform/database/index.js';
import type { MemberRole } from '../../platform/http/index.js';
import type { AccessTokenType } from './access-token-value.js';

/** A token that programs call with. Its row goes when it is deleted; what a token did stays under its operator name. */
@Entity('access_token')
@Index('uq_access_token_name', ['organizationId', 'type', 'name'], { unique: true })
@Index('uq_access_token_hash', ['tokenHash'], { unique: true })
@Index('ix_access_token_member', ['memberId'])
export class AccessTokenEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  /** The one organization the token works in. */
  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ type: 'varchar', length: 16 })
  type!: AccessTokenType;

  /** Equal whatever its case. */
  @Column({ type: 'varchar', length: 256 })
  name!: string;

  /** Of an APPLICATION token, for show: the membership of its stand-in decides. A PERSON token has its owner's, live. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  role!: MemberRole | null;

  /** PERSON: the owner. APPLICATION: the member that stands for the token. */
  @Column({ name: 'member_id', type: 'int' })
  memberId!: number;

  /** SHA-256 of the value, in hexadecimal. The value itself is nowhere. */
  @Column({ name: 'token_hash', type: 'varchar', length: 64 })
  tokenHash!: string;

  /** To the minute; null before the first use. */
  @InstantColumn({ name: 'visited_at', nullable: true })
  visitedAt!: number | null;
}
