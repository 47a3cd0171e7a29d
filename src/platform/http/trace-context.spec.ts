import { describe, expect, it } from 'vitest';
import { traceparentOf } from './trace-context.js';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparentOf', () => {
  it('goes on with the trace of the caller', () => {
    expect(traceparentOf(GIVEN)).toBe(GIVEN);
    expect(traceparentOf(GIVEN.replace(/01$/, '00'))).toMatch(/-00$/);
  });

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['two headers', [GIVEN, GIVEN]],
    ['upper case', GIVEN.toUpperCase()],
    ['a trace id of zeros', GIVEN.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32))],
    ['a parent id of zeros', GIVEN.replace('00f067aa0ba902b7', '0'.repeat(16))],
    ['an unknown version', GIVEN.replace(/^00/, 'ff')],
    ['more after it', `${GIVEN}-x`],
    ['a line break', `${GIVEN}\n`],
  ])('begins a new, sampled trace for %s', (_what, header) => {
    const [first, second] = [traceparentOf(header), traceparentOf(header)];
    expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(first).not.toBe(GIVEN);
    expect(second).not.toBe(first);
  });
});
