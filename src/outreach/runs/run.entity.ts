import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BigintColumn, InstantColumn } from '../../platform/database/index.js';

/** `SNAPSHOT`: the audience is being taken down. `OPEN`: triggered users come in. `SENDING`: no more users come. `DONE`. */
export type RunPhase = 'SNAPSHOT' | 'OPEN' | 'SENDING' | 'DONE';

/**
 * One sending of a campaign: of everyone in the audience at a moment, or of those whom events trigger.
 *
 * ```
 *   ONCE, RECURRING ─▶ SNAPSHOT ── every profile was looked at ──▶ SENDING ── every batch has ended ──▶ DONE
 *   TRIGGERED ───────▶ OPEN ────── the campaign's end has come ──────▶ │
 * ```
 *
 * The snapshot is written in pieces; `cursorGid` moves in the unit that writes a piece, so a run goes on where it was when a process was
 * killed. Sending begins with the first piece.
 */
@Entity('campaign_run')
@Index('ix_campaign_run_campaign', ['campaignId', 'id'])
@Index('ix_campaign_run_phase', ['phase', 'id'])
export class CampaignRunEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ name: 'campaign_id', type: 'int' })
  campaignId!: number;

  @Column({ type: 'varchar', length: 8 })
  phase!: RunPhase;

  /** When the trigger wanted it. */
  @InstantColumn({ name: 'scheduled_at' })
  scheduledAt!: number;

  @InstantColumn({ name: 'started_at' })
  startedAt!: number;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt!: number | null;

  /** Profiles made later have higher gids and are not of this run. */
  @BigintColumn({ name: 'through_gid' })
  throughGid!: number;

  /** Profiles up to this one have been looked at. */
  @BigintColumn({ name: 'cursor_gid' })
  cursorGid!: number;

  /** Users taken down. */
  @Column({ type: 'int' })
  audience!: number;

  @Column({ name: 'next_batch', type: 'int' })
  nextBatch!: number;

  /** JSON: for each step the number of the batch that its next users join while it is `PENDING` and not full; 0: none. */
  @Column({ type: 'text' })
  filling!: string;

  /** Why it could not do what it was to do, or was closed. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  problem!: string | null;

  /** The `Totals` of a run that is `DONE`, as JSON: it has no batch any more that could change them. */
  @Column({ type: 'text', nullable: true })
  totals!: string | null;
}

/**
 * What becomes of a batch, and of all its recipients but those that have their own status.
 *
 * ```
 *   PENDING ── handed to the engine ──▶ SENT ── the touchpoint took it ──▶ WAITING for receipts
 *      │                                 │                                   │
 *      └─────────────────────────────────┴───────────────┬───────────────────┘
 *                                                        ▼
 *            SUCCEEDED, FAILED, CANCELED, or PASSED: failed here, handed on to the next touchpoint
 * ```
 */
export type BatchStatus = 'PENDING' | 'SENT' | 'WAITING' | 'SUCCEEDED' | 'FAILED' | 'PASSED' | 'CANCELED';

/** Users that go out in one request. */
@Entity('reach_batch')
@Index('uq_reach_batch_order', ['orderId'], { unique: true })
@Index('ix_reach_batch_status', ['runId', 'status', 'touchpointId', 'number'])
@Index('ix_reach_batch_touchpoint', ['touchpointId', 'status'])
@Index('ix_reach_batch_poll', ['pollAt'])
export class ReachBatchEntity {
  @PrimaryColumn({ name: 'run_id', type: 'int' })
  runId!: number;

  /** Counts the run's batches from 1. */
  @PrimaryColumn({ type: 'int' })
  number!: number;

  @Column({ name: 'touchpoint_id', type: 'int' })
  touchpointId!: number;

  /** Index of the campaign's step, from 0. */
  @Column({ type: 'int' })
  step!: number;

  /** How many recipients it has. */
  @Column({ type: 'int' })
  size!: number;

  @Column({ type: 'character', length: 9 })
  status!: BatchStatus;

  /** UUIDv7; without its dashes the request's `orderNo`. Given when it is handed to the engine; the `eventId` of its messages. */
  @Column({ name: 'order_id', type: 'varchar', length: 36, nullable: true })
  orderId!: string | null;

  @Column({ name: 'delivery_id', type: 'varchar', length: 36, nullable: true })
  deliveryId!: string | null;

  /** Recipients of each final status, whether it is their own or the batch's; the rest of `size` is still open. */
  @Column({ type: 'int' })
  succeeded!: number;

  @Column({ type: 'int' })
  failed!: number;

  @Column({ type: 'int' })
  passed!: number;

  @Column({ type: 'int' })
  canceled!: number;

  /** Why it failed or was canceled, for recipients that have no reason of their own. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;

  /** JSON: how many failed for which reason of their own; null: nobody did. */
  @Column({ type: 'text', nullable: true })
  failures!: string | null;

  @InstantColumn({ name: 'sent_at', nullable: true })
  sentAt!: number | null;

  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt!: number | null;

  /** When it is next looked at for receipts: to ask for them, or to give up once `pollUntil` has come. Null: not waiting for any. */
  @InstantColumn({ name: 'poll_at', nullable: true })
  pollAt!: number | null;

  /** A recipient without a result by then has failed. */
  @InstantColumn({ name: 'poll_until', nullable: true })
  pollUntil!: number | null;
}

/** `''`: as its batch. */
export type OwnStatus = '' | 'SUCCEEDED' | 'FAILED' | 'PASSED' | 'CANCELED';

/** A user in a batch. Its row is written once, and once more only where it fares differently from its batch. */
@Entity('recipient', { withoutRowid: true })
@Index('ix_recipient_profile', ['projectId', 'gid', 'runId'])
export class RecipientEntity {
  @PrimaryColumn({ name: 'run_id', type: 'int' })
  runId!: number;

  @PrimaryColumn({ type: 'int' })
  batch!: number;

  @PrimaryColumn({ type: 'bigint', transformer: { to: (gid: number) => gid, from: Number } })
  gid!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ type: 'character', length: 9 })
  status!: OwnStatus;

  @Column({ type: 'varchar', length: 255, nullable: true })
  reason!: string | null;

  /** Null: when its batch did. */
  @InstantColumn({ name: 'finished_at', nullable: true })
  finishedAt!: number | null;
}

/** How many events of a `TRIGGERED` campaign's name a user had since it began. */
@Entity('trigger_count')
export class TriggerCountEntity {
  @PrimaryColumn({ name: 'campaign_id', type: 'int' })
  campaignId!: number;

  @PrimaryColumn({ type: 'bigint', transformer: { to: (gid: number) => gid, from: Number } })
  gid!: number;

  @Column({ type: 'int' })
  count!: number;
}
