import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { InstantColumn, ZeroAsNullColumn } from '../../platform/database/index.js';

/**
 * The deliveries of one endpoint that go one after the other.
 *
 * ```
 *            plan                     claim                      settle: more waiting
 *   idle ───────────▶ due (due_at) ──────────▶ leased ───────────────────────────▶ due (now)
 *    ▲                     ▲                    │ │ └───── settle: try again ────▶ due (later)
 *    │                     ├── lease runs out ──┘ └─────── settle: nothing left ─▶ idle
 *    │                     └── given back, unsent                                   │
 *    └──────────────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * `due_at` says when the lane may be claimed, 0: nothing is waiting. It stays as it is under a lease, so that a claim moves nothing in
 * the index; who looks for work passes by what is leased, which is no more than is on its way. A result is taken only with
 * the token of the claim it belongs to, so a worker that comes late can't overwrite a newer one.
 *
 * All columns that change have a fixed width: a lane is written twice for each try.
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

  @ZeroAsNullColumn({ name: 'due_at' })
  dueAt!: number | null;

  /** Of the claim that has the lane; empty: nobody has. */
  @Column({ name: 'lease_token', type: 'character', length: 36 })
  leaseToken!: string;

  /** Until when it is the claim's, epoch milliseconds; 0: nobody's. */
  @InstantColumn({ name: 'lease_until' })
  leaseUntil!: number;
}
