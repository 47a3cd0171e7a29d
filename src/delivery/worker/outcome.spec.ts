import { describe, expect, it } from 'vitest';
import type { Answer } from '../http/exchange.js';
import { judge, retryAfterMs } from './outcome.js';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

const answer = (statusCode: number, headers: Record<string, string> = {}): Answer => ({
  kind: 'answer',
  statusCode,
  headers,
  body: Buffer.alloc(0),
  durationMs: 1,
});

const HTML = 'the answer is an HTML page: a proxy, a login page or a website answers there, no receiver';

describe('judge', () => {
  it.each([200, 201, 204, 299])('takes %i for delivered', (status) => {
    expect(judge(answer(status), NOW)).toEqual({ kind: 'delivered' });
    expect(judge(answer(status, { 'content-type': 'text/html' }), NOW)).toEqual({ kind: 'delivered' });
  });

  it.each<[number, Record<string, string>, string, string]>([
    [
      400,
      {},
      'client_error',
      'answered 400 Bad Request: the receiver could not read the delivery, its log may say why',
    ],
    [
      401,
      {},
      'client_error',
      'answered 401 Unauthorized: the receiver wants credentials, check the secret and the extra headers',
    ],
    [
      403,
      {},
      'client_error',
      'answered 403 Forbidden: the receiver or a firewall in front of it lets nothing through, check its rules and the secret',
    ],
    [
      404,
      {},
      'client_error',
      'answered 404 Not Found: the receiver has nothing at this address, check the path of the URL',
    ],
    [
      413,
      {},
      'client_error',
      'answered 413 Content Too Large: the body is over a limit of the receiver or of a proxy in front of it, raise that',
    ],
    [418, {}, 'client_error', 'answered 418: the receiver refuses the request'],
    [429, {}, 'rate_limited', 'answered 429 Too Many Requests: the receiver wants fewer, lower the limits'],
    [500, {}, 'server_error', 'answered 500 Internal Server Error: the receiver failed, its log may say why'],
    [
      502,
      {},
      'server_error',
      'answered 502 Bad Gateway: a proxy in front of the receiver got no valid answer from it, it may be down',
    ],
    [503, {}, 'server_error', 'answered 503 Service Unavailable: the receiver takes no requests for now'],
    [
      504,
      {},
      'server_error',
      'answered 504 Gateway Timeout: a proxy in front of the receiver got no answer from it in time',
    ],
    [522, {}, 'server_error', 'answered 522: the receiver or a proxy in front of it failed'],
    [300, {}, 'redirect', 'answered 300, where only 200 to 299 count as taken'],
    [304, {}, 'redirect', 'answered 304 Not Modified, which no delivery can be answered with'],
    [999, {}, 'server_error', 'answered 999: the receiver or a proxy in front of it failed'],
    [
      302,
      { location: 'https://user:hush@login.example.com/in?token=hush#hush' },
      'redirect',
      'answered 302, a redirect to https://login.example.com/in; redirects are not followed, so give the address that answers',
    ],
    [
      307,
      { location: '/login?next=hush', 'content-type': 'text/html' },
      'redirect',
      `answered 307, a redirect to /login; redirects are not followed, so give the address that answers; ${HTML}`,
    ],
    [
      502,
      { 'content-type': 'Text/HTML; charset=x' },
      'server_error',
      `answered 502 Bad Gateway: a proxy in front of the receiver got no valid answer from it, it may be down; ${HTML}`,
    ],
    [
      404,
      { 'content-type': 'text/html-sandboxed' },
      'client_error',
      `answered 404 Not Found: the receiver has nothing at this address, check the path of the URL; ${HTML}`,
    ],
  ])('tells %i %j in words', (status, headers, failureClass, reason) => {
    expect(judge(answer(status, headers), NOW)).toEqual({
      kind: 'retry',
      reason,
      failureClass,
      pauseMs: undefined,
    });
    expect(reason).not.toContain('hush');
  });

  it('hands over what broke on the way', () => {
    const failure = {
      kind: 'failure',
      reason: 'dns',
      message: 'name a.test not found',
      durationMs: 1,
    } as const;
    expect(judge(failure, NOW)).toEqual({
      kind: 'retry',
      reason: 'name a.test not found',
      failureClass: 'dns',
    });
  });

  it('obeys what the receiver says for good, whatever the status', () => {
    const said = (headers: Record<string, string>, status = 200): unknown =>
      judge(answer(status, headers), NOW);
    expect(said({ 'webhook-delivery': ' Disable ' })).toMatchObject({
      kind: 'failed',
      disablesEndpoint: true,
    });
    expect(said({ 'webhook-delivery': 'abort-message' }, 500)).toMatchObject({
      kind: 'failed',
      disablesEndpoint: false,
    });
    expect(said({}, 410)).toMatchObject({
      kind: 'failed',
      disablesEndpoint: true,
      failureClass: 'refused_for_good',
    });
  });

  it('pauses for Retry-After with 429 and 503 alone', () => {
    for (const status of [429, 503]) {
      expect(judge(answer(status, { 'retry-after': '7' }), NOW)).toMatchObject({ pauseMs: 7_000 });
    }
    expect(judge(answer(500, { 'retry-after': '7' }), NOW)).toMatchObject({ pauseMs: undefined });
  });
});

describe('retryAfterMs', () => {
  it.each<[string | undefined, number | undefined]>([
    ['120', 120_000],
    [' 1 ', 1_000],
    ['0', undefined],
    ['Sun, 22 Nov 2026 12:01:30 GMT', 90_000],
    ['Sunday, 22-Nov-26 12:00:10 GMT', 10_000],
    ['Sun, 22 Nov 2026 11:59:59 GMT', undefined],
    ['999999999', 24 * 3_600_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 24 * 3_600_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['2026-11-22T12:01:30Z', undefined],
    ['soon', undefined],
    ['Monday', undefined],
    [undefined, undefined],
  ])('%s', (header, milliseconds) => {
    expect(retryAfterMs(header, NOW)).toBe(milliseconds);
  });
});
