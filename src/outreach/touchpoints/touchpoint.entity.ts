import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AuditedEntity } from '../../platform/database/index.js';

export const TOUCHPOINT_KINDS = ['CHANNEL', 'TOUCHPOINT'] as const;
/** The two generations: `CHANNEL` is the webhook channel, `TOUCHPOINT` the custom touchpoint. */
export type TouchpointKind = (typeof TOUCHPOINT_KINDS)[number];

export const TOUCHPOINT_TYPES = ['NOTICE', 'BENEFIT', 'OTHER'] as const;
export type TouchpointType = (typeof TOUCHPOINT_TYPES)[number];

export const TOUCHPOINT_STATUSES = ['ENABLED', 'DISABLED'] as const;
export type TouchpointStatus = (typeof TOUCHPOINT_STATUSES)[number];

/**
 * An endpoint of the customer's that reaches users. Its id is that of the delivery engine's endpoint.
 *
 * ```
 *   create ─▶ ENABLED ──── disable: no campaign may be using it ───▶ DISABLED ── delete ─▶ gone
 *               ▲                                                       │ edited only here
 *               └──────────────────────── enable ───────────────────────┘
 * ```
 *
 * Campaigns of a project can pick it once it is authorised for that project (`TouchpointSpaceEntity`).
 */
@Entity('touchpoint')
@Index('ix_touchpoint_organization', ['organizationId', 'id'])
@Index('ix_touchpoint_receipts', ['receiptEndpointId'])
export class TouchpointEntity extends AuditedEntity {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  @Column({ type: 'varchar', length: 16 })
  kind!: TouchpointKind;

  /** Of a `TOUCHPOINT`; never changes. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  type!: TouchpointType | null;

  @Column({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: 2048 })
  url!: string;

  @Column({ type: 'varchar', length: 8 })
  status!: TouchpointStatus;

  /** The channel's secret or password, or the touchpoint's token, sealed by the master key; null: there is none. */
  @Column({ name: 'sealed_secret', type: 'text', nullable: true })
  sealedSecret!: string | null;

  /** A `TouchpointConfig` as JSON: only ever read as a whole. */
  @Column({ type: 'text' })
  config!: string;

  /** The engine's endpoint that receipts are asked for at; null where they come with the answer. */
  @Column({ name: 'receipt_endpoint_id', type: 'int', nullable: true })
  receiptEndpointId!: number | null;
}

/** That campaigns of a project may use a touchpoint. */
@Entity('touchpoint_space')
@Index('ix_touchpoint_space_project', ['projectId'])
export class TouchpointSpaceEntity {
  @PrimaryColumn({ name: 'touchpoint_id', type: 'int' })
  touchpointId!: number;

  @PrimaryColumn({ name: 'project_id', type: 'int' })
  projectId!: number;
}
