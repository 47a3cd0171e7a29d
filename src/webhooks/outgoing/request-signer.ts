import type { KeyObject } from 'node:crypto';
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
  constructor(private readonly material: SigningMaterial) {}

  /** Adds the signature headers; none where there is nothing to sign with. */
  addTo(headers: Record<string, string>, request: SignedRequest): void {
    const { secret } = this.material;
    if (secret !== '') headers['X-FeatureProbe-Sign'] = featureProbeSignature(secret, request.body);
    const signatures = this.#standardWebhooks(request);
    if (signatures !== '') headers['webhook-signature'] = signatures;
  }

  /** The present secret's comes first, then the one that is still good, then the asymmetric one; a blank between. */
  #standardWebhooks({ id, at, body }: SignedRequest): string {
    const { secret, previous, privateKey } = this.material;
    const seconds = Math.floor(at / 1000);
    let signatures = secret === '' ? '' : standardWebhooksSignature(secret, id, seconds, body);
    if (previous && at < previous.until && previous.secret !== '')
      signatures += ` ${standardWebhooksSignature(previous.secret, id, seconds, body)}`;
    if (privateKey) signatures += ` ${asymmetricSignature(privateKey, id, seconds, body)}`;
    return signatures.trimStart();
  }
}
