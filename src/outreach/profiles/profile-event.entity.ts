import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigintColumn, InstantColumn } from '../../platform/database/index.js';

/** Something a user did. What campaigns sent (`$ma_channel_touch`) is not here: it is read from the recipients. */
@Entity('profile_event')
@Index('ix_profile_event', ['projectId', 'gid', 'time'])
export class ProfileEventEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @BigintColumn()
  gid!: number;

  @Column({ type: 'varchar', length: 128 })
  name!: string;

  @InstantColumn()
  time!: number;

  /** JSON. */
  @Column({ type: 'text', nullable: true })
  value!: string | null;

  /** A JSON object. */
  @Column({ type: 'text', nullable: true })
  attributes!: string | null;
}

/** How often a user did something, ever. */
@Entity('profile_event_count')
export class ProfileEventCountEntity {
  @PrimaryColumn({ name: 'project_id', type: 'int' })
  projectId!: number;

  @PrimaryColumn({ type: 'bigint', transformer: { to: (gid: number) => gid, from: Number } })
  gid!: number;

  @PrimaryColumn({ type: 'varchar', length: 128 })
  name!: string;

  @Column({ type: 'int' })
  count!: number;

  @InstantColumn({ name: 'last_at' })
  lastAt!: number;
}
