import { Injectable } from '@nestjs/common';
import { EventRecorder, type RecordedChange } from '../events/index.js';
import { SECRET_MASK, WEBHOOK_DEFAULTS } from './webhook-defaults.js';
import type { WebhookEntity } from './webhook.entity.js';
import { WebhookSecrets, type HeaderValues } from './webhook-secrets.js';

/**
 * A webhook as its events show it: FeatureProbe's fields, and of ours those that differ from their defaults, so that a webhook
 * made by a FeatureProbe client looks as it did there. Never the secret, and of the extra headers the names alone.
 */
export type WebhookEventData = Readonly<Record<string, unknown>>;

/** A webhook before a change: what its event compares with. */
export interface WebhookBefore {
  readonly data: WebhookEventData;
  readonly sealedSecret: string | null;
  readonly sealedHeaders: string | null;
}

/** Records what happens to webhooks. To be called after the row was written: who is enabled by then gets the event. */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly recorder: EventRecorder,
    private readonly secrets: WebhookSecrets,
  ) {}

  async created(webhook: WebhookEntity): Promise<void> {
    await this.recorder.record(this.#change('CREATE', webhook));
  }

  async updated(webhook: WebhookEntity, before: WebhookBefore): Promise<void> {
    await this.recorder.record(this.#change('UPDATE', webhook, before));
  }

  /** The platform's own doing: the operator is `system`. */
  async updatedBySystem(webhook: WebhookEntity, before: WebhookBefore): Promise<void> {
    await this.recorder.recordAsSystem(webhook.organizationId, this.#change('UPDATE', webhook, before));
  }

  async deleted(webhook: WebhookEntity): Promise<void> {
    await this.recorder.record(this.#change('DELETE', webhook));
  }

  /** To be taken before the change is made. */
  snapshot(webhook: WebhookEntity): WebhookBefore {
    const { sealedSecret, sealedHeaders } = webhook;
    return { data: this.#dataOf(webhook), sealedSecret, sealedHeaders };
  }

  #change(action: RecordedChange['action'], webhook: WebhookEntity, before?: WebhookBefore): RecordedChange {
    return {
      resource: 'WEBHOOK',
      action,
      subject: String(webhook.id),
      data: this.#dataOf(webhook),
      before: before?.data,
      secretChanges: before && this.#secretChanges(webhook, before),
    };
  }

  #secretChanges(webhook: WebhookEntity, before: WebhookBefore): string[] {
    const then = this.secrets.openHeaders(before.sealedHeaders);
    const now = this.secrets.openHeaders(webhook.sealedHeaders);
    // Names that came or went show in the data; of those that stayed, only their values can have changed.
    const headers = Object.keys(now).filter((name) => then[name] !== undefined && then[name] !== now[name]);
    return [
      ...(this.secrets.open(webhook.sealedSecret) === this.secrets.open(before.sealedSecret)
        ? []
        : ['/secretKey']),
      ...headers.map((name) => `/headers/${name.replace(/~/g, '~0')}`),
    ];
  }

  #dataOf(webhook: WebhookEntity): WebhookEventData {
    return {
      createdBy: webhook.createdBy,
      createdTime: webhook.createdAt,
      description: webhook.description,
      id: webhook.id,
      modifiedBy: webhook.modifiedBy,
      modifiedTime: webhook.modifiedAt,
      name: webhook.name,
      status: webhook.status,
      url: webhook.url,
      ...settingsApartFromDefaults(webhook),
      headers: maskedOrNone(this.secrets.openHeaders(webhook.sealedHeaders)),
    };
  }
}

const SETTINGS = [
  'events',
  'projectKeys',
  'environmentKeys',
  'toggleKeys',
  'format',
  'template',
  'templateContentType',
  'timeoutMs',
  'retryForHours',
  'maxInFlight',
  'maxPerSecond',
  'ordering',
  'maskSdkKeys',
  'asymmetricSignature',
] as const;

function settingsApartFromDefaults(webhook: WebhookEntity): WebhookEventData {
  const defaults: WebhookEventData = {
    ...WEBHOOK_DEFAULTS,
    maxPerSecond: null,
    projectKeys: null,
    environmentKeys: null,
    toggleKeys: null,
    template: null,
    templateContentType: null,
  };
  const changed = SETTINGS.filter((name) => JSON.stringify(webhook[name]) !== JSON.stringify(defaults[name]));
  return Object.fromEntries(changed.map((name) => [name, webhook[name]]));
}

function maskedOrNone(headers: HeaderValues): HeaderValues | undefined {
  const names = Object.keys(headers);
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, SECRET_MASK]));
}
