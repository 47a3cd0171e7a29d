import { bytesOf, type Endpoint, type OutgoingTry } from '../../delivery/index.js';
import { RequestSigner, type SigningMaterial } from './request-signer.js';
import { SECRET_MASK } from '../webhook-defaults.js';
import type { WebhookTarget } from '../webhook-target.js';
import type { HeaderValues } from '../webhook-secrets.js';

/** FeatureProbe's own, since receivers may tell its requests by it. */
const USER_AGENT = 'FeatureProbe-Webhook/1.0';

/**
 * A webhook as the delivery engine sends to it: adds FeatureProbe's headers and those of Standard Webhooks, and signs at the time
 * of each try, so that a changed secret counts at once and one that was replaced ends in time.
 */
export class WebhookEndpoint implements Endpoint {
  readonly id: number;
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxInFlight: number;
  readonly maxPerSecond: number | undefined;
  readonly latestOnly: boolean;
  readonly #signer: RequestSigner;
  readonly #hasExtraHeaders: boolean;

  constructor(
    target: WebhookTarget,
    signing: SigningMaterial,
    private readonly extraHeaders: HeaderValues,
  ) {
    this.id = target.id;
    this.url = target.url;
    this.timeoutMs = target.timeoutMs;
    this.maxInFlight = target.maxInFlight;
    this.maxPerSecond = target.maxPerSecond ?? undefined;
    this.latestOnly = target.ordering === 'LATEST';
    this.#signer = new RequestSigner(signing);
    this.#hasExtraHeaders = Object.keys(extraHeaders).length > 0;
  }

  headersFor({ deliveryId, number, at, message }: OutgoingTry): Record<string, string> {
    const headers: Record<string, string> = {
      'Content-Type': message.contentType,
      'User-Agent': USER_AGENT,
      'X-FeatureProbe-Event': message.eventName,
      'X-FeatureProbe-Delivery': deliveryId,
      'X-FeatureProbe-Attempt': String(number),
      'webhook-id': message.eventId,
      'webhook-timestamp': String(Math.floor(at / 1000)),
    };
    this.#signer.addTo(headers, { id: message.eventId, at, body: bytesOf(message) });
    if (message.traceparent !== null) headers['traceparent'] = message.traceparent;
    return this.#hasExtraHeaders ? Object.assign(headers, this.extraHeaders) : headers;
  }

  withoutSecrets(headers: Record<string, string>): Record<string, string> {
    if (!this.#hasExtraHeaders) return headers;
    const shown = { ...headers };
    for (const name of Object.keys(this.extraHeaders)) {
      if (name in shown) shown[name] = SECRET_MASK;
    }
    return shown;
  }
}
