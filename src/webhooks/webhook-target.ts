import type { WebhookEntity } from './webhook.entity.js';

/** What sending to a webhook needs to know of it. */
export type WebhookTarget = Pick<
  WebhookEntity,
  | 'id'
  | 'organizationId'
  | 'url'
  | 'timeoutMs'
  | 'maxInFlight'
  | 'maxPerSecond'
  | 'ordering'
  | 'sealedSecret'
  | 'sealedPreviousSecret'
  | 'previousSecretUntil'
  | 'asymmetricSignature'
  | 'sealedHeaders'
>;

export const TARGET_COLUMNS =
  'id, organization_id, url, timeout_ms, max_in_flight, max_per_second, ordering, sealed_secret, sealed_previous_secret, previous_secret_until, asymmetric_signature, sealed_headers';

/** These columns as the database answers them. */
export interface TargetRow {
  readonly id: number;
  readonly organization_id: number;
  readonly url: string;
  readonly timeout_ms: number;
  readonly max_in_flight: number;
  readonly max_per_second: number | null;
  readonly ordering: WebhookTarget['ordering'];
  readonly sealed_secret: string | null;
  readonly sealed_previous_secret: string | null;
  readonly previous_secret_until: number | string | null;
  readonly asymmetric_signature: number | boolean;
  readonly sealed_headers: string | null;
}

export function toTarget(row: TargetRow): WebhookTarget {
  return {
    id: row.id,
    organizationId: row.organization_id,
    url: row.url,
    timeoutMs: row.timeout_ms,
    maxInFlight: row.max_in_flight,
    maxPerSecond: row.max_per_second,
    ordering: row.ordering,
    sealedSecret: row.sealed_secret,
    sealedPreviousSecret: row.sealed_previous_secret,
    previousSecretUntil: row.previous_secret_until === null ? null : Number(row.previous_secret_until),
    asymmetricSignature: Boolean(row.asymmetric_signature),
    sealedHeaders: row.sealed_headers,
  };
}
