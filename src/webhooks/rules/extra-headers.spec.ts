import { describe, expect, it } from 'vitest';
import { mergeExtraHeaders } from './extra-headers.js';

describe(mergeExtraHeaders.name, () => {
  it('takes what HTTP allows', () => {
    const headers = { Authorization: 'Bearer a.b-c', 'X_1.~': 'café\tau lait', 'x-empty': '' };
    expect(mergeExtraHeaders(headers, {})).toEqual(headers);
  });

  it('keeps the stored value of a masked header, whatever the case of its name', () => {
    const stored = { 'X-Token': 'secret', 'X-Gone': 'old' };
    expect(mergeExtraHeaders({ 'x-token': '***', 'X-New': 'b' }, stored)).toEqual({
      'x-token': 'secret',
      'X-New': 'b',
    });
  });

  it.each([
    'Content-Type',
    'user-agent',
    'X-FEATUREPROBE-SIGN',
    'X-FeatureProbe-Event',
    'X-FeatureProbe-Delivery',
    'X-FeatureProbe-Attempt',
    'webhook-id',
    'Webhook-Timestamp',
    'webhook-signature',
    'TraceParent',
    'Host',
    'content-length',
    'Transfer-Encoding',
    'connection',
    'Keep-Alive',
  ])('refuses %s', (name) => {
    expect(() => mergeExtraHeaders({ [name]: 'x' }, {})).toThrow(`headers.${name} is set by Flagpost`);
  });

  it.each(['', 'with blank', 'colon:', 'Ümlaut', 'line\r\nX: y', 'x'.repeat(129)])(
    'refuses the name %j',
    (name) => {
      expect(() => mergeExtraHeaders({ [name]: 'x' }, {})).toThrow(
        'headers must have names that HTTP allows',
      );
    },
  );

  it.each([
    ['a\r\nX-Evil: 1', 'must be Latin-1 text'],
    ['a\nb', 'must be Latin-1 text'],
    ['a\0b', 'must be Latin-1 text'],
    ['鍵', 'must be Latin-1 text'],
    ['x'.repeat(4097), 'must have at most 4096 characters'],
    [5, 'must be text'],
    [null, 'must be text'],
    ['***', 'needs a value'],
  ])('refuses the value %j without repeating it', (value, problem) => {
    expect(() => mergeExtraHeaders({ 'X-A': value }, {})).toThrow(`headers.X-A ${problem}`);
  });

  it('refuses a header that is there twice, and more than 20', () => {
    expect(() => mergeExtraHeaders({ 'X-A': '1', 'x-a': '2' }, {})).toThrow('headers.x-a is there twice');
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, 'v']));
    expect(() => mergeExtraHeaders(many, {})).toThrow('headers must have at most 20 entries');
  });
});
