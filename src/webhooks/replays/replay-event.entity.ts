import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event that a replay has yet to plan by itself; removed when it is planned. */
@Entity('replay_event')
@Index('ix_replay_event_key', ['replayId', 'orderingKey', 'sequence'])
export class ReplayEventEntity {
  @PrimaryColumn({ name: 'replay_id', type: 'varchar', length: 36 })
  replayId!: string;

  @PrimaryColumn({ type: 'bigint' })
  sequence!: number;

  @Column({ name: 'ordering_key', type: 'varchar', length: 300 })
  orderingKey!: string;

  /** It happened while the replay ran and waits for older ones of its resource; not counted in `done`. */
  @Column({ type: 'boolean' })
  live!: boolean;
}
