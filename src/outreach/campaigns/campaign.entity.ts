import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../../platform/database/index.js';

export const CAMPAIGN_STATUSES = [
  'DRAFT',
  'IN_APPROVAL',
  'TO_PUBLISH',
  'NOT_STARTED',
  'RUNNING',
  'PAUSED',
  'FINISHED',
  'CLOSED',
] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** While a campaign is in one of these, its touchpoints can't be disabled. */
export const HOLDING_STATUSES: readonly CampaignStatus[] = [
  'IN_APPROVAL',
  'TO_PUBLISH',
  'NOT_STARTED',
  'RUNNING',
  'PAUSED',
];

/**
 * "Send this audience through that touchpoint, with these template values, at that time."
 *
 * ```
 *   DRAFT ── publish: everything is valid ──▶ NOT_STARTED ── its time has come ──▶ RUNNING ── all is done ──▶ FINISHED
 *                                                  │ ▲                              │ ▲
 *                                            pause │ │ resume                 pause │ │ resume
 *                                                  ▼ │                              ▼ │
 *                                                PAUSED ◀───────────────────────── PAUSED
 *   any but DRAFT, FINISHED ── close ──▶ CLOSED: what was not sent is canceled
 * ```
 *
 * It resumes to `RUNNING` where a run of it has begun (`startedAt`), else to `NOT_STARTED`; where nothing is left to do by then, it is
 * `FINISHED` at once. Edited while `DRAFT` or `PAUSED`; deleted while `DRAFT`, `FINISHED` or `CLOSED`. See `campaign-machine.ts`.
 *
 * `IN_APPROVAL` and `TO_PUBLISH` are kept for projects that demand an approval of campaigns; none can, so far.
 */
@Entity('campaign')
@Index('ix_campaign_project', ['projectId', 'id'])
@Index('ix_campaign_due', ['status', 'nextRunAt'])
@Index('ix_campaign_trigger', ['projectId', 'triggerEvent'])
export class CampaignEntity extends AuditedEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ name: 'project_id', type: 'int' })
  projectId!: number;

  @Column({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: 16 })
  status!: CampaignStatus;

  /** A `DraftContent` as JSON, from publishing on a `CampaignContent`: only ever read as a whole. */
  @Column({ type: 'text' })
  content!: string;

  /** Name of the event that triggers it; null for other triggers, for drafts and for what has ended. */
  @Column({ name: 'trigger_event', type: 'varchar', length: 128, nullable: true })
  triggerEvent!: string | null;

  /** When the next run is due; null: no further one. */
  @InstantColumn({ name: 'next_run_at', nullable: true })
  nextRunAt!: number | null;

  /** When a `TRIGGERED` one takes no more users. */
  @InstantColumn({ name: 'ends_at', nullable: true })
  endsAt!: number | null;

  @InstantColumn({ name: 'published_at', nullable: true })
  publishedAt!: number | null;

  /** When its first run began. */
  @InstantColumn({ name: 'started_at', nullable: true })
  startedAt!: number | null;
}

/** Which campaigns use a touchpoint, whatever their status. Kept in step with the campaign's steps. */
@Entity('campaign_touchpoint')
@Index('ix_campaign_touchpoint', ['touchpointId'])
export class CampaignTouchpointEntity {
  @PrimaryColumn({ name: 'campaign_id', type: 'int' })
  campaignId!: number;

  @PrimaryColumn({ name: 'touchpoint_id', type: 'int' })
  touchpointId!: number;
}
