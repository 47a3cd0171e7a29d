import { describe, expect, it } from 'vitest';
import { expectType, notInitialized } from './evaluation.js';
import type { Value } from './repository.js';

describe('expectType', () => {
  it.each<[Value, 'boolean' | 'number' | 'string' | 'json', boolean]>([
    [true, 'boolean', true],
    [1.5, 'number', true],
    ['1', 'string', true],
    [{}, 'json', true],
    [[], 'json', true],
    ['true', 'boolean', false],
    ['1', 'number', false],
    [1, 'string', false],
    ['{}', 'json', false],
  ])('%j as %s: %s', (value, type, fits) => {
    const evaluation = { value, variationIndex: 1, ruleIndex: 0, version: 7, reason: 'rule 0' };
    const result = expectType(evaluation, type, 'mine');
    if (fits) expect(result).toBe(evaluation);
    else
      expect(result).toEqual({
        value: 'mine',
        variationIndex: null,
        ruleIndex: null,
        version: 7,
        reason: `type mismatch: the value is no ${type}.`,
      });
  });

  it("leaves the caller's default alone", () => {
    expect(expectType(notInitialized('mine'), 'boolean', 'mine').reason).toBe('not initialized.');
  });
});
