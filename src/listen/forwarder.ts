import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import axios from 'axios';
import { toWireJson } from '../events/wire-json.js';
import { bodyFormOf, formatBody, type FormSource } from '../webhooks/formats/body-form.js';
import type { FormattedBody, FormattedEvent } from '../webhooks/formats/formatted-event.js';
import { HmacKey } from '../webhooks/outgoing/hmac-key.js';
import { featureProbeSignature, standardWebhooksSignature } from '../webhooks/outgoing/signatures.js';
import type { FeedEvent } from './api.js';
import { reasonOf } from './reason.js';

/** As long as a webhook's default. */
const TIMEOUT_MS = 10_000;

export interface ForwardOptions {
  readonly url: string;
  /** Undefined or empty: nothing is signed. */
  readonly secret: string | undefined;
  /** The webhook's form of bodies. */
  readonly form: FormSource;
}

/** Posts events as a webhook would send them: the same bytes, headers and signatures. One try each, since someone is watching. */
export class Forwarder {
  constructor(private readonly options: ForwardOptions) {}

  /** What came of it, in a word or two; never fails. */
  async forward(event: FeedEvent): Promise<string> {
    const startedAt = performance.now();
    try {
      const { contentType, body } = this.#body(toFormatted(event));
      const bytes = Buffer.from(body);
      const response = await axios.post<Readable>(this.options.url, bytes, {
        headers: { 'Content-Type': contentType, ...this.#headers(event, bytes) },
        maxRedirects: 0,
        proxy: false,
        responseType: 'stream',
        timeout: TIMEOUT_MS,
        validateStatus: null,
      });
      response.data.destroy();
      return `${response.status} in ${Math.round(performance.now() - startedAt)} ms`;
    } catch (error) {
      return `failed: ${reasonOf(error)}`;
    }
  }

  /** A template that fails for this event says so in place of the answer. */
  #body(event: FormattedEvent): FormattedBody {
    return formatBody(event, bodyFormOf(this.options.form, event));
  }

  #headers({ id, resource, action }: FeedEvent, body: Buffer): Record<string, string> {
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      'User-Agent': 'FeatureProbe-Webhook/1.0',
      'X-FeatureProbe-Event': `${resource}.${action}`,
      'X-FeatureProbe-Delivery': randomUUID(),
      'X-FeatureProbe-Attempt': '1',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
    };
    if (!this.options.secret) return headers;
    const secret = new HmacKey(this.options.secret);
    return {
      ...headers,
      'X-FeatureProbe-Sign': featureProbeSignature(secret, body),
      'webhook-signature': standardWebhooksSignature(secret, id, timestamp, body),
    };
  }
}

/** The feed has everything that a body is made of. */
function toFormatted(event: FeedEvent): FormattedEvent {
  const { resource, action, operator, timestamp, projectKey, environmentKey, toggleKey, segmentKey } = event;
  return {
    id: event.id,
    changes: event.changes,
    resource: resource as FormattedEvent['resource'],
    action: action as FormattedEvent['action'],
    operator,
    timestamp,
    keys: { projectKey, environmentKey, toggleKey, segmentKey },
    dataJson: toWireJson(event.data),
  };
}
