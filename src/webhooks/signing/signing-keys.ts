import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { MasterKey } from '../../platform/config/index.js';
import { newEd25519Pair, readPrivateKey } from './ed25519-keys.js';
import { SigningKeyRepository } from './signing-key.repository.js';

/** The key pairs for asymmetric signatures, one an organization, made when its first webhook asks for them. */
@Injectable()
export class SigningKeys {
  /** Private keys by organization: a key pair never changes. */
  readonly #private = new Map<number, KeyObject>();

  constructor(
    private readonly keys: SigningKeyRepository,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
  ) {}

  /** Sees to it that the organization has a key pair. To be called in the unit of work that comes to need it. */
  async ensure(organizationId: number): Promise<void> {
    if (await this.keys.find(organizationId)) return;
    const { publicKey, privateKey } = newEd25519Pair();
    await this.keys.insertIfMissing({
      organizationId,
      publicKey,
      sealedPrivateKey: this.masterKey.seal(privateKey),
      createdAt: this.clock.now(),
    });
  }

  /** The public key, 32 bytes in base64; undefined where none was needed so far. */
  async publicKeyOf(organizationId: number): Promise<string | undefined> {
    return (await this.keys.find(organizationId))?.publicKey;
  }

  /** The private keys of those organizations that have one. No statement when all are known already. */
  async privateKeysOf(organizationIds: readonly number[]): Promise<ReadonlyMap<number, KeyObject>> {
    const unknown = organizationIds.filter((id) => !this.#private.has(id));
    const found = unknown.length === 0 ? [] : await this.keys.listOf(unknown);
    for (const { organizationId, sealedPrivateKey } of found)
      this.#private.set(organizationId, readPrivateKey(this.masterKey.open(sealedPrivateKey)));
    return this.#private;
  }
}
