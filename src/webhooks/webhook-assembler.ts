import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { invalidField } from '../platform/errors/index.js';
import { AuditStamps } from '../platform/http/index.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import { mergeExtraHeaders } from './rules/extra-headers.js';
import { checkTemplateUse } from './templates/template-check.js';
import { DEFAULT_OVERLAP_HOURS, WEBHOOK_DEFAULTS } from './webhook-defaults.js';
import { WebhookEntity } from './webhook.entity.js';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './webhook-input.dto.js';
import type { RotateSecretRequest } from './webhook-requests.dto.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { SigningKeys } from './signing/signing-keys.js';

const HOUR_MS = 3_600_000;

/** Bytes of a secret that is made here; FeatureProbe's have as many. */
const SECRET_BYTES = 20;

/** Where a null says "the same as before"; the filters, the flow limits and the headers it unsets. */
const PLAIN_FIELDS = [
  'name',
  'url',
  'status',
  'description',
  'events',
  'format',
  'timeoutMs',
  'retryForHours',
  'ordering',
  'maskSdkKeys',
  'asymmetricSignature',
] as const;

const EMPTY_SECRET = {
  en: 'must not be empty: leave it out, and one is made',
  zh: '不能为空：不填则自动生成',
};

const SAME_SECRET = {
  en: 'must differ from the present secret',
  zh: '必须与当前密钥不同',
};

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
    private readonly clock: Clock,
    private readonly signingKeys: SigningKeys,
  ) {}

  /** A random secret, 40 hexadecimal digits. */
  newSecret(): string {
    return this.ids.hex(SECRET_BYTES);
  }

  /**
   * A new webhook: FeatureProbe's and our defaults where the request says nothing.
   * @throws DomainError `field_invalid` for a header or a template that won't do
   */
  async assemble(id: number, organizationId: number, request: CreateWebhookRequest): Promise<WebhookEntity> {
    const webhook = Object.assign(new WebhookEntity(), WEBHOOK_DEFAULTS, this.stamps.created(), {
      id,
      organizationId,
      sealedSecret: this.secrets.seal(request.secretKey ?? this.newSecret()),
      sealedPreviousSecret: null,
      previousSecretUntil: null,
      sealedHeaders: null,
      projectKeys: null,
      environmentKeys: null,
      toggleKeys: null,
      template: null,
      templateContentType: null,
      maxPerSecond: null,
    });
    await this.#apply(webhook, request);
    checkTemplateUse(webhook);
    return webhook;
  }

  /**
   * Changes what the request names, and marks the webhook as modified now by the caller.
   * @throws DomainError `field_invalid` for a header or a template that won't do
   */
  async change(webhook: WebhookEntity, request: UpdateWebhookRequest): Promise<void> {
    const before = templateUseOf(webhook);
    await this.#apply(webhook, request);
    // Only then: whatever else of a webhook is edited, disabling it above all, must not fail for its template.
    if (templateUseOf(webhook) !== before) checkTemplateUse(webhook);
    this.stamps.modified(webhook);
  }

  /**
   * Replaces the secret, and lets the one before sign beside it for a while. Of an earlier rotation's secret nothing is left: two
   * at the most sign at once.
   * @throws DomainError `field_invalid` for an empty secret, and for the one that there is already
   */
  rotateSecret(webhook: WebhookEntity, { secretKey, overlapHours }: RotateSecretRequest): void {
    const before = webhook.sealedSecret;
    const secret = secretKey ?? this.newSecret();
    if (secret === '') throw invalidField('secretKey', EMPTY_SECRET);
    if (secret === this.secrets.open(before)) throw invalidField('secretKey', SAME_SECRET);
    this.#replaceSecret(webhook, secret);
    const overlapMs = (overlapHours ?? DEFAULT_OVERLAP_HOURS) * HOUR_MS;
    if (before !== null && overlapMs > 0) {
      webhook.sealedPreviousSecret = before;
      webhook.previousSecretUntil = this.clock.now() + overlapMs;
    }
    this.stamps.modified(webhook);
  }

  async #apply(webhook: WebhookEntity, request: UpdateWebhookRequest): Promise<void> {
    for (const field of PLAIN_FIELDS) {
      const value = request[field];
      if (value !== undefined && value !== null) Object.assign(webhook, { [field]: value });
    }
    for (const filter of KEY_FILTERS) {
      const keys = request[filter];
      if (keys !== undefined) webhook[filter] = keys === null || keys.length === 0 ? null : keys;
    }
    if (request.maxPerSecond !== undefined) webhook.maxPerSecond = request.maxPerSecond;
    if (request.maxInFlight !== undefined)
      webhook.maxInFlight = request.maxInFlight ?? WEBHOOK_DEFAULTS.maxInFlight;
    for (const field of TEMPLATE_FIELDS) {
      const text = request[field];
      if (text !== undefined) webhook[field] = text === '' ? null : text;
    }
    this.#applySecrets(webhook, request);
    if (webhook.asymmetricSignature) await this.signingKeys.ensure(webhook.organizationId);
  }

  #applySecrets(webhook: WebhookEntity, { secretKey, headers }: UpdateWebhookRequest): void {
    // `??`: validation lets a null through, which keeps the secret.
    const secret = secretKey ?? undefined;
    if (secret !== undefined && secret !== this.secrets.open(webhook.sealedSecret))
      this.#replaceSecret(webhook, secret);
    if (headers !== undefined) {
      const stored = this.secrets.openHeaders(webhook.sealedHeaders);
      webhook.sealedHeaders = this.secrets.sealHeaders(mergeExtraHeaders(headers ?? {}, stored));
    }
  }

  /** At once: what signed beside the old secret ends with it. */
  #replaceSecret(webhook: WebhookEntity, secret: string): void {
    webhook.sealedSecret = this.secrets.seal(secret);
    webhook.sealedPreviousSecret = null;
    webhook.previousSecretUntil = null;
  }
}

/** What a template has to fit, for comparison. */
function templateUseOf(webhook: WebhookEntity): string {
  const { format, template, templateContentType, maskSdkKeys, events } = webhook;
  const filters = KEY_FILTERS.map((name) => webhook[name]);
  return JSON.stringify([format, template, templateContentType, maskSdkKeys, events, filters]);
}
