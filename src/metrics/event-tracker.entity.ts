import { Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../platform/database/index.js';

/** Until when the SDKs of an environment report each evaluation by itself. */
@Entity('event_tracker')
export class EventTrackerEntity {
  @PrimaryColumn({ name: 'environment_id', type: 'int' })
  environmentId!: number;

  /** 0: not at all. */
  @InstantColumn({ name: 'debug_until' })
  debugUntil!: number;
}
