import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packHeaders, unpackHeaders, type TryFacts } from './header-codec.js';

const FACTS: TryFacts = {
  deliveryId: '01890a5d-ac96-774b-bcce-b302099a8057',
  number: 3,
  startedAt: 1_795_000_000_123,
  eventId: '01890a5d-ac96-774b-bcce-b302099a8058',
  eventName: 'TOGGLE.PUBLISH',
  contentType: 'application/json; charset=utf-8',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

const SENT = {
  'Content-Type': FACTS.contentType,
  'User-Agent': 'FeatureProbe-Webhook/1.0',
  'X-FeatureProbe-Event': 'TOGGLE.PUBLISH',
  'X-FeatureProbe-Delivery': FACTS.deliveryId,
  'X-FeatureProbe-Attempt': '3',
  'webhook-id': FACTS.eventId,
  'webhook-timestamp': '1795000000',
  'X-FeatureProbe-Sign': '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  traceparent: FACTS.traceparent ?? '',
  Authorization: '***',
};

describe('kept headers', () => {
  it('come back as they were, in their order, and much smaller', () => {
    const packed = packHeaders(SENT, FACTS);
    expect(Object.entries(unpackHeaders(packed, FACTS))).toEqual(Object.entries(SENT));
    expect(packed.length).toBeLessThan(JSON.stringify(SENT).length / 3);
  });

  it('come back whatever they are', () => {
    const text = fc.stringMatching(/^[\t -~\u00a0-\u00ff]{0,40}$/);
    const name = fc.stringMatching(/^[A-Za-z0-9_!#$%&'*+.^`|~-]{1,20}$/);
    fc.assert(
      fc.property(fc.dictionary(name, text), (headers) => {
        expect(unpackHeaders(packHeaders(headers, FACTS), FACTS)).toEqual({ ...headers });
        expect(unpackHeaders(packHeaders(headers))).toEqual({ ...headers });
      }),
    );
  });

  it('keep what differs from what is known of the try', () => {
    const odd = { 'webhook-timestamp': '1795000001', 'X-FeatureProbe-Attempt': '4', traceparent: 'another' };
    expect(unpackHeaders(packHeaders(odd, { ...FACTS, traceparent: null }), FACTS)).toEqual(odd);
  });

  it('are read in the form of older rows, too', () => {
    expect(unpackHeaders('{"a":"b"}', FACTS)).toEqual({ a: 'b' });
    expect(unpackHeaders('')).toEqual({});
    const unfit = { 'X-Line': 'a\nb', 'X-Mark': '\u0001x' };
    expect(unpackHeaders(packHeaders(unfit, FACTS), FACTS)).toEqual(unfit);
  });
});
