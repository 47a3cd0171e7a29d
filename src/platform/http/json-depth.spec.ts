import { describe, expect, it } from 'vitest';
import { nestsDeeperThan } from './json-depth.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe(nestsDeeperThan.name, () => {
  it.each([
    ['[[[]]]', 3, false],
    ['[[[[]]]]', 3, true],
    ['{"a":{"b":[1]}}', 3, false],
    ['{"a":{"b":[{}]}}', 3, true],
    ['[[],[],[[]]]', 3, false],
    ['"[[[[[["', 1, false],
    ['["\\"[[[[[[",[]]', 2, false],
    ['["\\\\",[[[]]]]', 3, true],
    ['', 0, false],
  ])('judges %s against %i', (text, limit, expected) => {
    expect(nestsDeeperThan(limit, bytes(text))).toBe(expected);
  });

  it('takes no time and no stack over a megabyte of brackets', () => {
    expect(nestsDeeperThan(200, bytes('['.repeat(1_000_000)))).toBe(true);
  });
});
