import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/index.js';

/**
 * The deliveries of one endpoint that go one after the other.
 *
 * ```
 *            plan                      claim                     settle: more waiting
 *   idle ───────────▶ due (due_at) ───────────▶ leased ───────────────────────────▶ due (now)
 *    ▲                     ▲                     │ │ └──── settle: try again ─────▶ due (later)
 *    │                     └── lease runs out ───┘ └────── settle: nothing left ──▶ idle
 *    └───────────────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * `due_at` says when the lane may be claimed; a claim moves it to the end of the lease, so a lane whose worker died is simply
 * due again. Null: nothing is waiting. `lease_token` is the claim's; a result is taken only with the token of the
 * claim it belongs to, so a worker that comes late can't overwrite a newer one.
 */
@Entity('lane')
@Index('uq_lane_key', ['endpointId', 'orderingKey'], { unique: true })
@Index('ix_lane_due', ['endpointId', 'dueAt'])
export class LaneEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'endpoint_id', type: 'int' })
  endpointId!: number;

  @Column({ name: 'ordering_key', type: 'varchar', length: 300 })
  orderingKey!: string;

  /** Made for one delivery, and removed with its end. */
  @Column({ type: 'boolean' })
  ephemeral!: boolean;

  @InstantColumn({ name: 'due_at', nullable: true })
  dueAt!: number | null;

  @Column({ name: 'lease_token', type: 'varchar', length: 36, nullable: true })
  leaseToken!: string | null;
}
