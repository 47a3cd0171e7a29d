import type { KeyObject } from 'node:crypto';
import { HmacKey } from './hmac-key.js';
import { asymmetricSignature, featureProbeSignature, standardWebhooksSignature } from './signatures.js';

/** What the requests of a webhook are signed with. */
export interface SigningMaterial {
  /** Empty: nothing is signed with it. */
  readonly secret: string;
  /** The secret before the latest rotation, good before `until`, epoch milliseconds. */
  readonly previous?: { readonly secret: string; readonly until: number };
  readonly privateKey?: KeyObject;
}

/** The request to be signed. */
export interface SignedRequest {
  readonly id: string;
  /** When it is made, epoch milliseconds. */
  readonly at: number;
  readonly body: Buffer;
}

/** Signs requests by every scheme there is material for. */
export class RequestSigner {
  readonly #secret: HmacKey | undefined;
  readonly #previous: { readonly secret: HmacKey; readonly until: number } | undefined;
  readonly #privateKey: KeyObject | undefined;

  constructor({ secret, previous, privateKey }: SigningMaterial) {
    this.#secret = secret === '' ? undefined : new HmacKey(secret);
    if (previous && previous.secret !== '')
      this.#previous = { secret: new HmacKey(previous.secret), until: previous.until };
    this.#privateKey = privateKey;
  }

  /** Adds the signature headers; none where there is nothing to sign with. */
  addTo(headers: Record<string, string>, request: SignedRequest): void {
    if (this.#secret) headers['X-FeatureProbe-Sign'] = featureProbeSignature(this.#secret, request.body);
    const signatures = this.#standardWebhooks(request);
    if (signatures !== '') headers['webhook-signature'] = signatures;
  }

  /** The present secret's comes first, then the one that is still good, then the asymmetric one; a blank between. */
  #standardWebhooks({ id, at, body }: SignedRequest): string {
    const seconds = Math.floor(at / 1000);
    let signatures = this.#secret ? standardWebhooksSignature(this.#secret, id, seconds, body) : '';
    if (this.#previous && at < this.#previous.until)
      signatures += ` ${standardWebhooksSignature(this.#previous.secret, id, seconds, body)}`;
    if (this.#privateKey) signatures += ` ${asymmetricSignature(this.#privateKey, id, seconds, body)}`;
    return signatures.trimStart();
  }
}
