import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HmacKey, type HmacAlgorithm } from './hmac-key.js';

const ALGORITHMS: HmacAlgorithm[] = ['sha1', 'sha256'];

function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + length) % 256));
}

describe.each(ALGORITHMS)('an HMAC of %s', (algorithm) => {
  it.each([0, 1, 20, 63, 64, 65, 200])('is what Node makes of it, with a secret of %i bytes', (length) => {
    const secret = bytes(length);
    for (const size of [0, 1, 55, 56, 63, 64, 65, 1000, 16_320, 16_384, 16_385, 100_000]) {
      for (const head of ['', '01890a5d-ac96-774b-bcce-b302099a8058.1795000000.']) {
        const body = bytes(size);
        const expected = createHmac(algorithm, secret).update(head).update(body).digest('base64');
        expect(new HmacKey(secret).sign(algorithm, head, body)).toBe(expected);
      }
    }
  });

  it('has nothing in it of one made before, of a longer text or with another secret', () => {
    const [one, other] = [new HmacKey('one secret that is longer'), new HmacKey('other')];
    const before = other.sign(algorithm, 'head', bytes(10));
    one.sign(algorithm, 'a longer head', bytes(1000));
    expect(other.sign(algorithm, 'head', bytes(10))).toBe(before);
  });

  it('takes a secret as UTF-8', () => {
    const expected = createHmac(algorithm, 'Schlüssel: 鍵').update('text').digest('base64');
    expect(new HmacKey('Schlüssel: 鍵').sign(algorithm, '', Buffer.from('text'))).toBe(expected);
  });
});
