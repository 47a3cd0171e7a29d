import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../platform/database/index.js';

/** The only status in which a member may sign in. */
export const ACTIVE = 'ACTIVE';

/** Where members come from that stand for an access token: they never sign in and are in no list. */
export const ACCESS_TOKEN_SOURCE = 'ACCESS_TOKEN';

/** Somebody with an account. Deleted ones keep their row, so that no account ever gets a second owner. */
@Entity('member')
@Index('uq_member_account', ['account'], { unique: true })
export class MemberEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Equal whatever its case; kept as it was given. */
  @Column({ type: 'varchar', length: 128 })
  account!: string;

  @Column({ type: 'varchar', length: 64, nullable: true })
  nickname!: string | null;

  /** Argon2id in PHC form, see `PasswordHasher`. */
  @Column({ name: 'password_hash', type: 'varchar', length: 255, nullable: true })
  passwordHash!: string | null;

  @Column({ type: 'varchar', length: 16 })
  status!: string;

  @Column({ type: 'varchar', length: 32 })
  source!: string;

  @Column({ type: 'boolean' })
  deleted!: boolean;

  /** Sessions carry the value they began with and end when it has risen. */
  @Column({ name: 'session_epoch', type: 'int' })
  sessionEpoch!: number;

  @InstantColumn({ name: 'visited_at', nullable: true })
  visitedAt!: number | null;
}
