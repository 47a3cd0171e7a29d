import { expect, it } from 'vitest';
import { sweepPauseMs } from './sweep-pace.js';
import { SWEEP_MS } from './work-spread.js';

const sweep = (tookMs: number): { found: number; tookMs: number } => ({ found: 0, tookMs });

it('takes its time where signals come in, and after a sweep that failed', () => {
  expect(sweepPauseMs(sweep(1), true)).toBe(SWEEP_MS);
  expect(sweepPauseMs(undefined, false)).toBe(SWEEP_MS);
});

it('is quick where no signal can come, and takes a tenth of the time at most', () => {
  expect(sweepPauseMs(sweep(0), false)).toBe(50);
  expect(sweepPauseMs(sweep(12), false)).toBe(120);
  expect(sweepPauseMs(sweep(3_000), false)).toBe(SWEEP_MS);
});
