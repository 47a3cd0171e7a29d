import { describe, expect, it } from 'vitest';
import { ORDER_NO } from '../../../test/support/sample-touchpoints.js';
import type { Answer, Exchange } from '../../delivery/index.js';
import { judgeChannel, judgeTouchpoint } from './judgement.js';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

const answer = (statusCode: number, body = '', headers: Record<string, string> = {}): Answer => ({
  kind: 'answer',
  statusCode,
  headers,
  body: Buffer.from(body),
  durationMs: 1,
});

const GOOD = JSON.stringify({ code: 0, orderNo: ORDER_NO, sendStatusList: [] });

const JUDGES: [string, (exchange: Exchange) => unknown][] = [
  ['channel', (exchange) => judgeChannel(exchange, NOW)],
  ['touchpoint', (exchange) => judgeTouchpoint(exchange, NOW, ORDER_NO)],
];

describe.each(JUDGES)('a %s', (_kind, judge) => {
  it.each([
    [408, 'Request Timeout', 'client_error'],
    [425, 'Too Early', 'client_error'],
    [429, 'Too Many Requests', 'rate_limited'],
    [500, 'Internal Server Error', 'server_error'],
    [503, 'Service Unavailable', 'server_error'],
    [599, '', 'server_error'],
  ])('is tried again after %i', (status, words, failureClass) => {
    expect(judge(answer(status, GOOD))).toEqual({
      kind: 'retry',
      reason: `answered ${status} ${words}`.trim(),
      failureClass,
      pauseMs: undefined,
    });
  });

  it.each([
    [302, 'answered 302 Found; redirects are not followed', 'redirect'],
    [400, 'answered 400 Bad Request', 'client_error'],
    [404, 'answered 404 Not Found', 'client_error'],
    [410, 'answered 410 Gone', 'refused_for_good'],
    [418, "answered 418 I'm a Teapot", 'client_error'],
  ])('has failed for good after %i, without being disabled', (status, reason, failureClass) => {
    expect(judge(answer(status, GOOD, { 'webhook-delivery': 'disable' }))).toEqual({
      kind: 'failed',
      reason,
      failureClass,
      disablesEndpoint: false,
    });
  });

  it('is left alone for as long as it asks with 429 and 503', () => {
    for (const status of [429, 503])
      expect(judge(answer(status, '', { 'retry-after': '7' }))).toMatchObject({ pauseMs: 7000 });
    expect(judge(answer(500, '', { 'retry-after': '7' }))).toMatchObject({ pauseMs: undefined });
  });

  it('is tried again where no answer came, or half of one', () => {
    const failure = {
      kind: 'failure',
      reason: 'timeout',
      message: 'no answer within 5 ms',
      durationMs: 5,
    } as const;
    const outcome = { kind: 'retry', reason: 'no answer within 5 ms', failureClass: 'timeout' };
    expect(judge(failure)).toEqual(outcome);
    expect(judge({ ...failure, statusCode: 200, headers: {}, body: Buffer.from(GOOD) })).toEqual(outcome);
  });
});

describe(judgeChannel.name, () => {
  it('takes 200 alone, whatever the body', () => {
    expect(judgeChannel(answer(200, '<html>'), NOW)).toEqual({ kind: 'delivered' });
    for (const [status, words] of [
      [201, 'Created'],
      [204, 'No Content'],
    ] as const) {
      expect(judgeChannel(answer(status, GOOD), NOW)).toEqual({
        kind: 'failed',
        reason: `answered ${status} ${words}, where only 200 counts as success`,
        failureClass: 'unexpected_status',
        disablesEndpoint: false,
      });
    }
  });
});

describe(judgeTouchpoint.name, () => {
  const judge = (body: string, status = 200): unknown => judgeTouchpoint(answer(status, body), NOW, ORDER_NO);

  it.each([200, 201, 299])('takes %i with code 0 and the right orderNo', (status) => {
    expect(judge(GOOD, status)).toEqual({ kind: 'delivered' });
  });

  it.each([
    [{ code: 17, message: ' out of  stock ' }, 'code 17: out of stock'],
    [{ code: -1, orderNo: ORDER_NO }, 'code -1'],
  ])('has failed for good with %j, by an endpoint that works', (body, reason) => {
    expect(judge(JSON.stringify(body))).toEqual({
      kind: 'failed',
      reason,
      failureClass: 'refused_for_good',
      disablesEndpoint: false,
      isHealthy: true,
    });
  });

  it.each([
    [{ code: 0 }, 'the answer has no "orderNo"', 'malformed'],
    [{ code: '0', orderNo: ORDER_NO }, 'the answer has no "code" that is an integer', 'malformed'],
  ])('has failed for good with %j', (body, reason, failureClass) => {
    expect(judge(JSON.stringify(body))).toEqual({
      kind: 'failed',
      reason,
      failureClass,
      disablesEndpoint: false,
    });
  });
});
