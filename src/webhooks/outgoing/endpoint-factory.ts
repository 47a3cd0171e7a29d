import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import { newEd25519Pair, readPrivateKey } from '../signing/ed25519-keys.js';
import { SigningKeys } from '../signing/signing-keys.js';
import type { WebhookTarget } from '../webhook-target.js';
import { WebhookSecrets } from '../webhook-secrets.js';
import type { SigningMaterial } from './request-signer.js';
import { WebhookEndpoint } from './webhook-endpoint.js';

/** Length of a secret that nobody knows. */
const WRONG_SECRET_BYTES = 20;

/** Makes endpoints of webhooks: opens what they are signed with. */
@Injectable()
export class EndpointFactory {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly signingKeys: SigningKeys,
    private readonly ids: IdGenerator,
  ) {}

  /** One statement at the most, whatever the number of webhooks. */
  async endpointsOf(targets: readonly WebhookTarget[]): Promise<WebhookEndpoint[]> {
    const asymmetric = targets.filter((target) => target.asymmetricSignature);
    const organizations = new Set(asymmetric.map(({ organizationId }) => organizationId));
    const privateKeys = await this.signingKeys.privateKeysOf([...organizations]);
    return targets.map((target) => this.#make(target, this.#materialOf(target, privateKeys)));
  }

  /** The endpoint of one webhook, whatever its status. */
  async endpointOf(target: WebhookTarget): Promise<WebhookEndpoint> {
    const [endpoint] = await this.endpointsOf([target]);
    return endpoint as WebhookEndpoint;
  }

  /** The same, but signed with keys that nobody knows, by the schemes that the webhook signs with. */
  wronglySigning(target: WebhookTarget): WebhookEndpoint {
    return this.#make(target, {
      secret: target.sealedSecret === null ? '' : this.ids.hex(WRONG_SECRET_BYTES),
      privateKey: target.asymmetricSignature ? readPrivateKey(newEd25519Pair().privateKey) : undefined,
    });
  }

  #make(target: WebhookTarget, signing: SigningMaterial): WebhookEndpoint {
    return new WebhookEndpoint(target, signing, this.secrets.openHeaders(target.sealedHeaders));
  }

  #materialOf(target: WebhookTarget, privateKeys: ReadonlyMap<number, KeyObject>): SigningMaterial {
    const { sealedSecret, sealedPreviousSecret, previousSecretUntil: until } = target;
    return {
      secret: this.secrets.open(sealedSecret),
      previous: until === null ? undefined : { secret: this.secrets.open(sealedPreviousSecret), until },
      privateKey: target.asymmetricSignature ? privateKeys.get(target.organizationId) : undefined,
    };
  }
}
