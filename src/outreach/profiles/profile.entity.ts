import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigintColumn, InstantColumn } from '../../platform/database/index.js';

/** A user of the customer's product. Read and written in bulk by plain statements; see `ProfileRepository`. */
@Entity('profile')
@Index('uq_profile_user', ['projectId', 'userId'], { unique: true })
export class ProfileEntity {
  @PrimaryColumn({ name: 'project_id', type: 'int' })
  projectId!: number;

  @PrimaryColumn({ type: 'bigint', transformer: { to: (gid: number) => gid, from: Number } })
  gid!: number;

  /** Equal only byte by byte. Null: a visitor. */
  @Column({ name: 'user_id', type: 'varchar', length: 255, nullable: true })
  userId!: string | null;

  /** A JSON object, see `Attributes`. */
  @Column({ type: 'text' })
  attributes!: string;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @InstantColumn({ name: 'modified_at' })
  modifiedAt!: number;
}

/** The next free gid of a project; locked while gids are given out. */
@Entity('profile_sequence')
export class ProfileSequenceEntity {
  @PrimaryColumn({ name: 'project_id', type: 'int' })
  projectId!: number;

  @BigintColumn({ name: 'next_gid' })
  nextGid!: number;
}
