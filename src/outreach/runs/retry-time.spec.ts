import { describe, expect, it } from 'vitest';
import { defaultRetryForMs, retryForMs } from './retry-time.js';

const DEFAULTS = [5, 30, 120, 600, 1800, 7200, 18_000].map((seconds) => seconds * 1000);

describe('defaultRetryForMs', () => {
  it('is about 45 minutes with the default waits', () => {
    const minutes = defaultRetryForMs(DEFAULTS) / 60_000;
    expect(minutes).toBeGreaterThan(42);
    expect(minutes).toBeLessThan(52);
  });

  it('leaves room for five retries, whatever is added to their waits', () => {
    expect(defaultRetryForMs([1000, 2000])).toBe(10_800);
    expect(defaultRetryForMs([50])).toBe(300);
  });
});

describe('retryForMs', () => {
  it('is what the touchpoint says', () => {
    expect(retryForMs({ retryForMinutes: 3 }, DEFAULTS)).toBe(180_000);
    expect(retryForMs({ retryForMinutes: 0 }, DEFAULTS)).toBe(0);
    expect(retryForMs({}, DEFAULTS)).toBe(defaultRetryForMs(DEFAULTS));
  });
});
