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

/** The request to be signed, at `at`, epoch milliseconds. */
export interface SignedRequest {
  readonly id: string;
  readonly at: number;
  readonly body: Buffer;
}

/** Signs requests by every scheme there is material for. */
export class RequestSigner {
  constructor(private readonly material: SigningMaterial) {}

  /** The signature headers; none where there is nothing to sign with. */
  headersFor(request: SignedRequest): Record<string, string> {
    const { secret } = this.material;
    const signatures = this.#standardWebhooks(request);
    return {
      ...(secret === '' ? {} : { 'X-FeatureProbe-Sign': featureProbeSignature(secret, request.body) }),
      ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
    };
  }

  /** The present secret's comes first, then the one that is still good, then the asymmetric one. */
  #standardWebhooks({ id, at, body }: SignedRequest): string[] {
    const { secret, previous, privateKey } = this.material;
    const timestamp = Math.floor(at / 1000);
    const stillGood = previous && at < previous.until ? [previous.secret] : [];
    const signatures = [secret, ...stillGood]
      .filter((one) => one !== '')
      .map((one) => standardWebhooksSignature(one, id, timestamp, body));
    if (privateKey) signatures.push(asymmetricSignature(privateKey, id, timestamp, body));
    return signatures;
  }
}
