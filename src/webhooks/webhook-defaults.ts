import type { WebhookFormat, WebhookOrdering, WebhookStatus } from './webhook.entity.js';

/** The pattern that takes every event. */
export const ALL_EVENTS = '*';

/** What stands in place of a secret wherever it must not be shown; sent back in a PATCH it keeps the stored value. */
export const SECRET_MASK = '***';

/** How long a replaced secret goes on signing unless its owner says otherwise. */
export const DEFAULT_OVERLAP_HOURS = 24;

/** What a webhook has where its maker said nothing. */
export const WEBHOOK_DEFAULTS = {
  status: 'ENABLE' as WebhookStatus,
  description: '',
  events: [ALL_EVENTS] as readonly string[],
  format: 'FEATUREPROBE' as WebhookFormat,
  timeoutMs: 10_000,
  retryForHours: 72,
  maxInFlight: 10,
  ordering: 'RESOURCE' as WebhookOrdering,
  maskSdkKeys: false,
  asymmetricSignature: false,
} as const;
