import { describe, expect, it } from 'vitest';
import type { TestResult } from '../../../delivery/index.js';
import type { Reading, UserResult } from '../../requests/answers.js';
import { verdictOf } from './trial-verdict.js';

const RESULT: TestResult = { success: true, durationMs: 1, request: { headers: {}, body: '' } };
const SUCCEEDED: UserResult = { status: 'SUCCEEDED' };
const failed = (reason: string): UserResult => ({ status: 'FAILED', reason });

const verdict = (reading: Reading, count = 2): ReturnType<typeof verdictOf> =>
  verdictOf(RESULT, reading, new Set(Array.from({ length: count }, (_, index) => index + 1)));

describe('the verdict on a test', () => {
  it('is success where all is well', () => {
    expect(verdict({ kind: 'all', result: SUCCEEDED })).toEqual({ success: true });
    expect(verdict({ kind: 'accepted' })).toEqual({ success: true });
    const results = new Map([1, 2].map((gid) => [gid, SUCCEEDED]));
    expect(verdict({ kind: 'each', results })).toEqual({ success: true });
  });

  it('is failure where the request failed, whatever its answer says', () => {
    const request = { ...RESULT, success: false, error: 'answered 500' };
    const reading: Reading = { kind: 'all', result: SUCCEEDED };
    expect(verdictOf(request, reading, new Set([1]))).toEqual({ success: false, error: 'answered 500' });
  });

  it('says why users failed, and which have no result', () => {
    expect(verdict({ kind: 'all', result: failed('code 7') })).toEqual({ success: false, error: 'code 7' });
    const results = new Map([[1, failed('no stock')]]);
    expect(verdict({ kind: 'each', results, missing: 'was left out' })).toEqual({
      success: false,
      error: 'gid 1: no stock; gid 2: was left out',
    });
    expect(verdict({ kind: 'each', results: new Map() }, 5).error).toBe(
      'gid 1: no result; gid 2: no result; gid 3: no result; and 2 more',
    );
  });

  it('tells what else was odd, be it success or not', () => {
    const results = new Map([[1, SUCCEEDED]]);
    const reading: Reading = { kind: 'each', results, note: 'gid 9 was not sent' };
    expect(verdict(reading, 1)).toEqual({ success: true, error: 'gid 9 was not sent' });
    expect(verdict(reading)).toEqual({ success: false, error: 'gid 2: no result; gid 9 was not sent' });
  });
});
