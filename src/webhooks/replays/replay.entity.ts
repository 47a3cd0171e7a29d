import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigintColumn, InstantColumn } from '../../platform/database/index.js';

export const REPLAY_STATUSES = ['RUNNING', 'DONE', 'CANCELED'] as const;
export type ReplayStatus = (typeof REPLAY_STATUSES)[number];

const patterns = {
  to: (list: readonly string[] | null | undefined): string | null | undefined =>
    list ? JSON.stringify(list) : list,
  from: (text: string | null): string[] | null => (text === null ? null : (JSON.parse(text) as string[])),
};

/**
 * A job that plans deliveries of past events to one webhook.
 *
 * ```
 *               all is planned
 *   RUNNING ──────────────────────▶ DONE
 *      └── canceled, or the webhook is disabled or deleted ──▶ CANCELED
 * ```
 *
 * It goes through the events in two stretches, both in the order of their numbers: all events after `plannedThrough` up to
 * `lastSequence` that match, then those listed in `replay_event`. A job that has its events listed from the start has nothing in
 * the first stretch. `plannedThrough` moves in the unit of work that writes the deliveries.
 */
@Entity('replay')
@Index('ix_replay_status', ['status', 'organizationId'])
export class ReplayEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'webhook_id', type: 'int' })
  webhookId!: number;

  /** This and `until`: the events' time, both included. */
  @InstantColumn()
  since!: number;

  @InstantColumn({ nullable: true })
  until!: number | null;

  /** Patterns that narrow the webhook's own; null: none. */
  @Column({ type: 'text', nullable: true, transformer: patterns })
  events!: readonly string[] | null;

  @BigintColumn({ name: 'planned_through' })
  plannedThrough!: number;

  @BigintColumn({ name: 'last_sequence' })
  lastSequence!: number;

  /** Events that matched when it was made. */
  @Column({ type: 'int' })
  matched!: number;

  /** Of these, how many are planned. */
  @Column({ type: 'int' })
  done!: number;

  @Column({ type: 'varchar', length: 8 })
  status!: ReplayStatus;

  @InstantColumn({ name: 'created_at' })
  createdAt!: number;

  @Column({ name: 'created_by', type: 'varchar', length: 128 })
  createdBy!: string;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt!: number | null;
}
