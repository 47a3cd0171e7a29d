import { sign, type KeyObject } from 'node:crypto';
import type { HmacKey } from './hmac-key.js';

/** `X-FeatureProbe-Sign`: base64(HMAC-SHA1(secret, body)), over the body's exact bytes. */
export function featureProbeSignature(secret: HmacKey, body: Buffer): string {
  return secret.sign('sha1', '', body);
}

/**
 * `webhook-signature` of the Standard Webhooks specification: `v1,` base64(HMAC-SHA256(secret, `id.timestamp.body`)).
 * The key is the secret's bytes as they are, which its libraries call the format `raw`; the timestamp is in seconds.
 */
export function standardWebhooksSignature(
  secret: HmacKey,
  id: string,
  timestamp: number,
  body: Buffer,
): string {
  return `v1,${secret.sign('sha256', `${id}.${timestamp}.`, body)}`;
}

/** The asymmetric scheme of the same specification: `v1a,` base64(Ed25519(private key, `id.timestamp.body`)). */
export function asymmetricSignature(key: KeyObject, id: string, timestamp: number, body: Buffer): string {
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return `v1a,${sign(null, content, key).toString('base64')}`;
}
