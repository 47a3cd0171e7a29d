import { Entity, PrimaryColumn } from 'typeorm';
import { BigintColumn } from '../../platform/database/index.js';

/** Events that passed a webhook by while it was disabled, by their numbers. */
@Entity('webhook_gap')
export class WebhookGapEntity {
  @PrimaryColumn({ name: 'webhook_id', type: 'int' })
  webhookId!: number;

  @BigintColumn({ name: 'after_sequence' })
  afterSequence!: number;

  /** Null while the webhook is disabled. */
  @BigintColumn({ name: 'through_sequence', nullable: true })
  throughSequence!: number | null;
}
