import { Injectable } from '@nestjs/common';
import { AuditStamps } from '../platform/http/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { mergeExtraHeaders } from './rules/extra-headers.js';
import { checkTemplateUse } from './templates/template-check.js';
import { WEBHOOK_DEFAULTS } from './webhook-defaults.js';
import { WebhookEntity } from './webhook.entity.js';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './webhook-input.dto.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** Bytes of a secret that is made here; FeatureProbe's have as many. */
const SECRET_BYTES = 20;

/** Where a null says "the same as before"; the filters, the rate limit and the headers it unsets. */
const PLAIN_FIELDS = [
  'name',
  'url',
  'status',
  'description',
  'events',
  'format',
  'timeoutMs',
  'retryForHours',
  'maxInFlight',
  'ordering',
  'maskSdkKeys',
] as const;

const KEY_FILTERS = ['projectKeys', 'environmentKeys', 'toggleKeys'] as const;

/** Here, too, a null unsets, and so does an empty text. */
const TEMPLATE_FIELDS = ['template', 'templateContentType'] as const;

/** Makes webhooks from what callers say, and changes them by it. */
@Injectable()
export class WebhookAssembler {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly stamps: AuditStamps,
    private readonly ids: IdGenerator,
  ) {}

  /** A random secret, 40 hexadecimal digits. */
  newSecret(): string {
    return this.ids.hex(SECRET_BYTES);
  }

  /**
   * A new webhook: FeatureProbe's and our defaults where the request says nothing.
   * @throws DomainError `field_invalid` for a header or a template that won't do
   */
  assemble(id: number, organizationId: number, request: CreateWebhookRequest): WebhookEntity {
    const webhook = Object.assign(new WebhookEntity(), WEBHOOK_DEFAULTS, this.stamps.created(), {
      id,
      organizationId,
      sealedSecret: this.secrets.seal(request.secretKey ?? this.newSecret()),
      sealedHeaders: null,
      projectKeys: null,
      environmentKeys: null,
      toggleKeys: null,
      template: null,
      templateContentType: null,
      maxPerSecond: null,
    });
    this.#apply(webhook, request);
    checkTemplateUse(webhook);
    return webhook;
  }

  /**
   * Changes what the request names, and marks the webhook as modified now by the caller.
   * @throws DomainError `field_invalid` for a header or a template that won't do
   */
  change(webhook: WebhookEntity, request: UpdateWebhookRequest): void {
    const before = templateUseOf(webhook);
    this.#apply(webhook, request);
    // Only then: whatever else of a webhook is edited, disabling it above all, must not fail for its template.
    if (templateUseOf(webhook) !== before) checkTemplateUse(webhook);
    this.stamps.modified(webhook);
  }

  #apply(webhook: WebhookEntity, request: UpdateWebhookRequest): void {
    for (const field of PLAIN_FIELDS) {
      const value = request[field];
      if (value !== undefined && value !== null) Object.assign(webhook, { [field]: value });
    }
    for (const filter of KEY_FILTERS) {
      const keys = request[filter];
      if (keys !== undefined) webhook[filter] = keys === null || keys.length === 0 ? null : keys;
    }
    if (request.maxPerSecond !== undefined) webhook.maxPerSecond = request.maxPerSecond;
    for (const field of TEMPLATE_FIELDS) {
      const text = request[field];
      if (text !== undefined) webhook[field] = text === '' ? null : text;
    }
    this.#applySecrets(webhook, request);
  }

  #applySecrets(webhook: WebhookEntity, { secretKey, headers }: UpdateWebhookRequest): void {
    // `??`: validation lets a null through, which keeps the secret.
    const secret = secretKey ?? undefined;
    if (secret !== undefined && secret !== this.secrets.open(webhook.sealedSecret))
      webhook.sealedSecret = this.secrets.seal(secret);
    if (headers !== undefined) {
      const stored = this.secrets.openHeaders(webhook.sealedHeaders);
      webhook.sealedHeaders = this.secrets.sealHeaders(mergeExtraHeaders(headers ?? {}, stored));
    }
  }
}

/** What a template has to fit, for comparison. */
function templateUseOf(webhook: WebhookEntity): string {
  const { format, template, templateContentType, maskSdkKeys, events } = webhook;
  const filters = KEY_FILTERS.map((name) => webhook[name]);
  return JSON.stringify([format, template, templateContentType, maskSdkKeys, events, filters]);
}
