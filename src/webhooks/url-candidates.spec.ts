import { describe, expect, it } from 'vitest';
import { urlCandidates } from './url-candidates.js';

const ROUTE = '/api/webhooks/checkUrl?';

describe(urlCandidates.name, () => {
  it('takes the parsed value, and all that came after url=', () => {
    expect(urlCandidates('http://a/?b=1', `${ROUTE}url=http://a/?b=1&c=2`)).toEqual([
      'http://a/?b=1',
      'http://a/?b=1&c=2',
    ]);
  });

  it('takes a plain value once', () => {
    expect(urlCandidates('http://a/', `${ROUTE}url=http://a/`)).toEqual(['http://a/']);
  });

  it('takes the parsed value where another parameter comes first', () => {
    expect(urlCandidates('http://a/', `${ROUTE}x=1&url=http%3A%2F%2Fa%2F`)).toEqual(['http://a/']);
  });
});
