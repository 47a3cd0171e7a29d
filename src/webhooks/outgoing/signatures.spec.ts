import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { HmacKey } from './hmac-key.js';
import { featureProbeSignature, standardWebhooksSignature } from './signatures.js';

const BODY = '{"action":"PUBLISH","operator":"日本語"}';

describe(featureProbeSignature.name, () => {
  it('is the HMAC-SHA1 of RFC 2202, test case 2', () => {
    const expected = Buffer.from('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', 'hex').toString('base64');
    const text = Buffer.from('what do ya want for nothing?');
    expect(featureProbeSignature(new HmacKey('Jefe'), text)).toBe(expected);
  });
});

describe(standardWebhooksSignature.name, () => {
  it('gives the signature that the Standard Webhooks specification shows', () => {
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    expect(
      standardWebhooksSignature(
        new HmacKey(secret),
        'msg_p5jXN8AQM9LWM0D4loKWxJek',
        1614265330,
        Buffer.from('{"test": 2432232314}'),
      ),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each(['3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706', 'Schlüssel: 鍵', 'x'.repeat(1024)])(
    'is verified by the library of that specification, with the secret %s',
    (secret) => {
      const timestamp = Math.floor(Date.now() / 1000);
      const headers = {
        'webhook-id': 'evt-1',
        'webhook-timestamp': String(timestamp),
        'webhook-signature': standardWebhooksSignature(
          new HmacKey(secret),
          'evt-1',
          timestamp,
          Buffer.from(BODY),
        ),
      };
      const verifier = new Webhook(new TextEncoder().encode(secret), { format: 'raw' });
      expect(verifier.verify(BODY, headers)).toEqual(JSON.parse(BODY));
    },
  );
});
