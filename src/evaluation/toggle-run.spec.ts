import { describe, expect, it } from 'vitest';
import { repositoryOf, toggle } from '../../test/support/sample-toggles.js';
import type { Evaluation } from './evaluation.js';
import { Evaluator } from './evaluator.js';
import type { Prerequisite, Toggle, Value } from './repository.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('prerequisites', () => {
  const needs = (key: string, value: Value): Prerequisite => ({ key, value });

  function outcome(...toggles: Toggle[]): Pick<Evaluation, 'value' | 'reason'> {
    const { value, reason, ruleIndex, version } = new Evaluator(repositoryOf(...toggles)).evaluate('A', {
      user: { key: 'u', attrs: {} },
      now: NOW,
    });
    expect([ruleIndex, version]).toEqual([null, 7]);
    return { value, reason };
  }

  it('all have to match', () => {
    const a = toggle('A', { prerequisites: [needs('B', 'default'), needs('C', 'off')] });
    expect(outcome(a, toggle('B'), toggle('C', { enabled: false }))).toEqual({
      value: 'default',
      reason: 'default.',
    });
    expect(outcome(a, toggle('B'), toggle('C'))).toEqual({
      value: 'off',
      reason: 'disabled. prerequisite not match: C.',
    });
    expect(outcome(a, toggle('B'))).toEqual({ value: 'off', reason: 'disabled. prerequisite not exist: C.' });
  });

  it.each<[Value, Value, boolean]>([
    [2, '2', false],
    [2, 2, true],
    [-0, 0, true],
    [true, 'true', false],
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, b: 2 }, { a: 1 }, false],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: undefined }, { b: undefined }, false],
    [{ 0: 1 }, [1], false],
    [{}, { toString: 1 }, false],
  ])('compare values and types: %j and %j: %s', (served, wanted, matches) => {
    const b = toggle('B', { variations: ['off', served] });
    const { reason } = outcome(toggle('A', { prerequisites: [needs('B', wanted)] }), b);
    expect(reason).toBe(matches ? 'default.' : 'disabled. prerequisite not match: B.');
  });

  it('do not match a toggle that chooses no variation', () => {
    const b = toggle('B', { defaultServe: {} });
    expect(outcome(toggle('A', { prerequisites: [needs('B', {})] }), b).reason).toContain('not match: B');
  });

  it('of prerequisites change what those yield', () => {
    const b = toggle('B', { prerequisites: [needs('C', 'nothing')] });
    const a = (wanted: string): Toggle => toggle('A', { prerequisites: [needs('B', wanted)] });
    expect(outcome(a('default'), b, toggle('C')).reason).toBe('disabled. prerequisite not match: B.');
    expect(outcome(a('off'), b, toggle('C')).reason).toBe('default.');
  });

  it('that do not exist fail all that build on them', () => {
    const b = toggle('B', { prerequisites: [needs('C', 'nothing')] });
    const a = toggle('A', { prerequisites: [needs('B', 'off')] });
    expect(outcome(a, b)).toEqual({ value: 'off', reason: 'disabled. prerequisite not exist: C.' });
    const disabled = { ...b, enabled: false };
    expect(outcome(a, disabled).reason).toBe('default.');
  });

  const chain = (length: number, members: Partial<Toggle> = {}): Toggle[] => [
    ...Array.from({ length }, (_, index) =>
      toggle(index === 0 ? 'A' : `T${index}`, { prerequisites: [needs(`T${index + 1}`, 'default')] }),
    ),
    toggle(`T${length}`, members),
  ];

  it('may be 19 levels deep', () => {
    expect(outcome(...chain(19)).reason).toBe('default.');
    expect(outcome(...chain(20))).toEqual({
      value: 'off',
      reason: 'disabled. prerequisite depth overflow.',
    });
    // A disabled one needs no more levels.
    const last = { enabled: false, disabledServe: { select: 1 } };
    expect(outcome(...chain(20, last)).reason).toBe('default.');
  });

  it('may be as deep as the evaluator is told', () => {
    const reasonAt = (depth: number): string =>
      new Evaluator(repositoryOf(...chain(2)), depth).evaluate('A', {
        user: { key: 'u', attrs: {} },
        now: NOW,
      }).reason;
    expect(reasonAt(3)).toBe('default.');
    expect(reasonAt(2)).toContain('depth overflow');
  });

  it('may not go round', () => {
    const a = toggle('A', { prerequisites: [needs('B', 'default')] });
    const b = toggle('B', { prerequisites: [needs('A', 'default')] });
    expect(outcome(a, b).reason).toBe('disabled. prerequisite depth overflow.');
  });

  it('that share prerequisites at every level are evaluated once for each', () => {
    // There are 5^18 paths from the first toggle to the last level.
    const level = (depth: number): Toggle[] =>
      [0, 1, 2, 3, 4].map((at) =>
        toggle(`L${depth}-${at}`, {
          prerequisites:
            depth === 18 ? [] : [0, 1, 2, 3, 4].map((next) => needs(`L${depth + 1}-${next}`, 'default')),
        }),
      );
    const toggles = Array.from({ length: 19 }, (_, depth) => level(depth)).flat();
    expect(outcome(toggle('A', { prerequisites: [needs('L0-0', 'default')] }), ...toggles).reason).toBe(
      'default.',
    );
  });
});
