import type { WebhookEntity } from './webhook.entity.js';

/** What planning needs to know of a webhook: which events it wants, and in which form. */
export type WebhookSubscriber = Pick<
  WebhookEntity,
  | 'id'
  | 'events'
  | 'projectKeys'
  | 'environmentKeys'
  | 'toggleKeys'
  | 'format'
  | 'template'
  | 'templateContentType'
  | 'maskSdkKeys'
  | 'ordering'
  | 'retryForHours'
>;

export const SUBSCRIBER_COLUMNS =
  'id, events, project_keys, environment_keys, toggle_keys, format, template, template_content_type, mask_sdk_keys, ordering, retry_for_hours';

/** These columns as the database answers them. */
export interface SubscriberRow {
  readonly id: number;
  readonly events: string;
  readonly project_keys: string | null;
  readonly environment_keys: string | null;
  readonly toggle_keys: string | null;
  readonly format: WebhookSubscriber['format'];
  readonly template: string | null;
  readonly template_content_type: string | null;
  readonly mask_sdk_keys: number | boolean;
  readonly ordering: WebhookSubscriber['ordering'];
  readonly retry_for_hours: number;
}

export function toSubscriber(row: SubscriberRow): WebhookSubscriber {
  return {
    id: row.id,
    events: JSON.parse(row.events) as string[],
    projectKeys: listOf(row.project_keys),
    environmentKeys: listOf(row.environment_keys),
    toggleKeys: listOf(row.toggle_keys),
    format: row.format,
    template: row.template,
    templateContentType: row.template_content_type,
    maskSdkKeys: Boolean(row.mask_sdk_keys),
    ordering: row.ordering,
    retryForHours: row.retry_for_hours,
  };
}

function listOf(text: string | null): string[] | null {
  return text === null ? null : (JSON.parse(text) as string[]);
}
