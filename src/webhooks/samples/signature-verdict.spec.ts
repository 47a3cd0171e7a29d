import { describe, expect, it } from 'vitest';
import type { TestResult } from '../../delivery/index.js';
import { judgeSignatureCheck } from './signature-verdict.js';

const answered = (statusCode?: number): TestResult => ({
  success: statusCode === 200,
  statusCode,
  durationMs: 1,
  error: statusCode === 200 ? undefined : 'no luck',
  request: { headers: {}, body: '' },
});
const verdictOf = (wrong?: number): string => judgeSignatureCheck(answered(wrong)).signatureCheck;
const verdictBeside = (right: number | undefined, wrong: number): string =>
  judgeSignatureCheck(answered(wrong), answered(right)).signatureCheck;

describe(judgeSignatureCheck, () => {
  it.each([
    ['REFUSED', [400, 401, 403, 410, 422]],
    ['ACCEPTED', [200, 202, 204, 299]],
    ['UNKNOWN', [undefined, 302, 404, 408, 429, 500, 503]],
  ])('says %s of a wrong signature alone', (verdict, statuses) => {
    for (const status of statuses) expect([status, verdictOf(status)]).toEqual([status, verdict]);
  });

  it('takes any other answer for a refusal when the right signature was taken', () => {
    for (const status of [302, 400, 401, 500]) expect(verdictBeside(200, status)).toBe('REFUSED');
    for (const status of [404, 429, 503]) expect(verdictBeside(200, status)).toBe('UNKNOWN');
    expect(verdictBeside(204, 200)).toBe('ACCEPTED');
  });

  it('can tell nothing of a receiver that refuses right signatures too', () => {
    expect(verdictBeside(401, 401)).toBe('UNKNOWN');
    expect(verdictBeside(500, 200)).toBe('ACCEPTED');
    const { signatureCheckMessage } = judgeSignatureCheck(answered(401), answered(403));
    expect(signatureCheckMessage).toMatch(/answered 403 to a right signature/);
  });

  it('says why there was no answer', () => {
    expect(judgeSignatureCheck(answered()).signatureCheckMessage).toBe('There was no answer: no luck.');
  });
});
