import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AuditedEntity, InstantColumn } from '../platform/database/index.js';

export const WEBHOOK_STATUSES = ['ENABLE', 'DISABLE'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

export const WEBHOOK_FORMATS = ['FEATUREPROBE', 'CLOUDEVENTS', 'TEMPLATE'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export const WEBHOOK_ORDERINGS = ['RESOURCE', 'LATEST', 'NONE'] as const;
export type WebhookOrdering = (typeof WEBHOOK_ORDERINGS)[number];

/** A list of texts, kept as JSON text: it is only ever read as a whole. */
const jsonList = {
  to: (list: readonly string[] | null | undefined): string | null | undefined =>
    list ? JSON.stringify(list) : list,
  from: (text: string | null): string[] | null => (text === null ? null : (JSON.parse(text) as string[])),
};

/** A receiver of events and what it wants of them. Its id is that of the delivery engine's endpoint. */
@Entity('webhook')
@Index('uq_webhook_name', ['organizationId', 'name'], { unique: true })
export class WebhookEntity extends AuditedEntity {
  @PrimaryColumn({ type: 'int' })
  id!: number;

  @Column({ name: 'organization_id', type: 'int' })
  organizationId!: number;

  /** Unique in the organization whatever its case. */
  @Column({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: 2048 })
  url!: string;

  @Column({ type: 'varchar', length: 8 })
  status!: WebhookStatus;

  @Column({ type: 'varchar', length: 1024 })
  description!: string;

  /** See `WebhookSecrets`; null: nothing is signed. */
  @Column({ name: 'sealed_secret', type: 'text', nullable: true })
  sealedSecret!: string | null;

  /** Signs beside the secret until the instant below; both null: there is none. */
  @Column({ name: 'sealed_previous_secret', type: 'text', nullable: true })
  sealedPreviousSecret!: string | null;

  @InstantColumn({ name: 'previous_secret_until', nullable: true })
  previousSecretUntil!: number | null;

  /** Whether requests are signed with the organization's Ed25519 key, too. */
  @Column({ name: 'asymmetric_signature', type: 'boolean', default: false })
  asymmetricSignature!: boolean;

  /** Extra request headers, see `WebhookSecrets`; null: none. */
  @Column({ name: 'sealed_headers', type: 'text', nullable: true })
  sealedHeaders!: string | null;

  @Column({ type: 'text', transformer: jsonList })
  events!: readonly string[];

  /** Null in this and the two below: all. */
  @Column({ name: 'project_keys', type: 'text', nullable: true, transformer: jsonList })
  projectKeys!: readonly string[] | null;

  @Column({ name: 'environment_keys', type: 'text', nullable: true, transformer: jsonList })
  environmentKeys!: readonly string[] | null;

  @Column({ name: 'toggle_keys', type: 'text', nullable: true, transformer: jsonList })
  toggleKeys!: readonly string[] | null;

  @Column({ type: 'varchar', length: 16 })
  format!: WebhookFormat;

  /** With format TEMPLATE: the name of a ready template, or the text of one. */
  @Column({ type: 'text', nullable: true })
  template!: string | null;

  /** What a template's text is sent as; null: see `DEFAULT_TEMPLATE_CONTENT_TYPE`. */
  @Column({ name: 'template_content_type', type: 'varchar', length: 128, nullable: true })
  templateContentType!: string | null;

  @Column({ name: 'timeout_ms', type: 'int' })
  timeoutMs!: number;

  @Column({ name: 'retry_for_hours', type: 'int' })
  retryForHours!: number;

  /** Null: no limit. */
  @Column({ name: 'max_per_second', type: 'int', nullable: true })
  maxPerSecond!: number | null;

  @Column({ name: 'max_in_flight', type: 'int' })
  maxInFlight!: number;

  @Column({ type: 'varchar', length: 16 })
  ordering!: WebhookOrdering;

  @Column({ name: 'mask_sdk_keys', type: 'boolean' })
  maskSdkKeys!: boolean;
}
