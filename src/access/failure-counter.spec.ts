import { describe, expect, it } from 'vitest';
import { FailureCounter } from './failure-counter.js';

describe('FailureCounter', () => {
  it('holds no more keys than it may, and drops the oldest', () => {
    const counter = new FailureCounter(1, 1000, 3);
    for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) counter.count(key, index);
    expect(['a', 'b', 'c', 'd'].map((key) => counter.lockedFor(key, 10) > 0)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('drops what has ended before what still counts', () => {
    const counter = new FailureCounter(1, 1000, 2);
    counter.count('ended', 0);
    counter.count('counts', 900);
    counter.count('new', 1100);
    expect(counter.lockedFor('counts', 1100)).toBe(800);
    expect(counter.lockedFor('new', 1100)).toBe(1000);
  });
});
