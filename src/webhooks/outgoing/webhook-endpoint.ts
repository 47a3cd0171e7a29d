import type { Endpoint, OutgoingTry } from '../../delivery/index.js';
import { featureProbeSignature, standardWebhooksSignature } from './signatures.js';
import { SECRET_MASK } from '../webhook-defaults.js';
import type { WebhookTarget } from '../webhook.repository.js';
import type { HeaderValues } from '../webhook-secrets.js';

/** FeatureProbe's own, since receivers may tell its requests by it. */
const USER_AGENT = 'FeatureProbe-Webhook/1.0';

/**
 * A webhook as the delivery engine sends to it: adds FeatureProbe's headers and those of Standard Webhooks, and signs at the time
 * of each try, so that a changed secret counts at once.
 */
export class WebhookEndpoint implements Endpoint {
  readonly id: number;
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxInFlight: number;
  readonly maxPerSecond: number | undefined;
  readonly latestOnly: boolean;
  readonly #secret: Buffer | undefined;

  /** @param secret empty: nothing is signed */
  constructor(
    target: WebhookTarget,
    secret: string,
    private readonly extraHeaders: HeaderValues,
  ) {
    this.id = target.id;
    this.url = target.url;
    this.timeoutMs = target.timeoutMs;
    this.maxInFlight = target.maxInFlight;
    this.maxPerSecond = target.maxPerSecond ?? undefined;
    this.latestOnly = target.ordering === 'LATEST';
    this.#secret = secret === '' ? undefined : Buffer.from(secret);
  }

  headersFor({ deliveryId, number, at, message }: OutgoingTry): Record<string, string> {
    const timestamp = Math.floor(at / 1000);
    const headers: Record<string, string> = {
      'Content-Type': message.contentType,
      'User-Agent': USER_AGENT,
      'X-FeatureProbe-Event': message.eventName,
      'X-FeatureProbe-Delivery': deliveryId,
      'X-FeatureProbe-Attempt': String(number),
      'webhook-id': message.eventId,
      'webhook-timestamp': String(timestamp),
    };
    if (this.#secret) {
      const body = Buffer.from(message.body);
      headers['X-FeatureProbe-Sign'] = featureProbeSignature(this.#secret, body);
      headers['webhook-signature'] = standardWebhooksSignature(
        this.#secret,
        message.eventId,
        timestamp,
        body,
      );
    }
    if (message.traceparent !== null) headers['traceparent'] = message.traceparent;
    return Object.assign(headers, this.extraHeaders);
  }

  withoutSecrets(headers: Record<string, string>): Record<string, string> {
    const shown = { ...headers };
    for (const name of Object.keys(this.extraHeaders)) {
      if (name in shown) shown[name] = SECRET_MASK;
    }
    return shown;
  }
}
