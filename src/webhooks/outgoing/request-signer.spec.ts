import { createHmac, createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newEd25519Pair, readPrivateKey } from '../signing/ed25519-keys.js';
import { RequestSigner, type SigningMaterial } from './request-signer.js';

const BODY = Buffer.from('{"name":"灰度"}');
const AT = Date.now();
const REQUEST = { id: 'event-1', at: AT, body: BODY };

const sha1 = (secret: string): string => createHmac('sha1', secret).update(BODY).digest('base64');

function signed(material: SigningMaterial): Record<string, string> {
  const headers = {};
  new RequestSigner(material).addTo(headers, REQUEST);
  return headers;
}

/** Which of the secrets a receiver could know one of the signatures is made with. */
function fitting(headers: Record<string, string>, secrets: string[]): string[] {
  const all = {
    'webhook-id': 'event-1',
    'webhook-timestamp': String(Math.floor(AT / 1000)),
    ...headers,
  };
  return secrets.filter((secret) => {
    try {
      new Webhook(secret, { format: 'raw' }).verify(BODY, all);
      return true;
    } catch {
      return false;
    }
  });
}

describe(RequestSigner.name, () => {
  it('signs with the previous secret beside the new one until that moment, the new one first', () => {
    const headers = signed({ secret: 'new', previous: { secret: 'old', until: AT + 1 } });
    expect(fitting(headers, ['new', 'old', 'other'])).toEqual(['new', 'old']);
    const [first, second, ...rest] = headers['webhook-signature']!.split(' ');
    expect(rest).toEqual([]);
    expect(fitting({ 'webhook-signature': first! }, ['new', 'old'])).toEqual(['new']);
    expect(fitting({ 'webhook-signature': second! }, ['new', 'old'])).toEqual(['old']);
    expect(headers['X-FeatureProbe-Sign']).toBe(sha1('new'));
  });

  it('leaves the previous secret out from that moment on', () => {
    const headers = signed({ secret: 'new', previous: { secret: 'old', until: AT } });
    expect(fitting(headers, ['new', 'old'])).toEqual(['new']);
    expect(headers['webhook-signature']).not.toContain(' ');
  });

  it('signs with the private key, without a secret too', () => {
    const { publicKey, privateKey } = newEd25519Pair();
    for (const secret of ['', 'secret']) {
      const headers = signed({ secret, privateKey: readPrivateKey(privateKey) });
      expect('X-FeatureProbe-Sign' in headers).toBe(secret !== '');
      const signatures = headers['webhook-signature']!.split(' ');
      expect(signatures).toHaveLength(secret === '' ? 1 : 2);
      const last = signatures.at(-1)!;
      expect(last).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
      const key = createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey, 'base64').toString('base64url') },
        format: 'jwk',
      });
      const content = `event-1.${Math.floor(AT / 1000)}.${BODY.toString()}`;
      const signature = Buffer.from(last.slice('v1a,'.length), 'base64');
      expect(verify(null, Buffer.from(content), key, signature)).toBe(true);
      expect(verify(null, Buffer.from(`${content} `), key, signature)).toBe(false);
    }
  });

  it('sends no header where there is nothing to sign with', () => {
    expect(signed({ secret: '' })).toEqual({});
  });
});
