import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../platform/database/index.js';

/** What one worker process has on its way to one endpoint, so that all of them together keep the endpoint's `maxInFlight`. */
@Entity('endpoint_flight')
export class EndpointFlightEntity {
  @PrimaryColumn({ name: 'endpoint_id', type: 'int' })
  endpointId!: number;

  /** Of the process, made at its start; empty: the endpoint's gate, see `EndpointFlights`. */
  @PrimaryColumn({ name: 'worker_id', type: 'varchar', length: 36 })
  workerId!: string;

  /** Requests it may have on the way. */
  @Column({ name: 'in_flight', type: 'int' })
  inFlight!: number;

  /** Requests it could have had on the way, at its last look for work. */
  @Column({ type: 'int' })
  wanted!: number;

  /** Of that look, epoch milliseconds. */
  @InstantColumn({ name: 'seen_at' })
  seenAt!: number;

  /** When its last lease ends: a process that died has nothing on the way after that. Epoch milliseconds. */
  @InstantColumn({ name: 'valid_until' })
  validUntil!: number;
}
