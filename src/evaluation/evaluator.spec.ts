import { describe, expect, it } from 'vitest';
import { repositoryOf, toggle } from '../../test/support/sample-toggles.js';
import type { Evaluation } from './evaluation.js';
import { Evaluator } from './evaluator.js';
import type { Condition, Rule, Serve, Toggle, Value } from './repository.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const condition = (type: string, subject: string, predicate: string, ...objects: string[]): Condition => ({
  type,
  subject,
  predicate,
  objects,
});
const is = (subject: string, object: string): Condition => condition('string', subject, 'is one of', object);
const rule = (serve: Serve, ...conditions: Condition[]): Rule => ({ serve, conditions });

function evaluate(tested: Toggle, attrs: Record<string, string> = {}, fallback?: Value): Evaluation {
  return new Evaluator(repositoryOf(tested)).evaluate(
    tested.key,
    { user: { key: 'u', attrs }, now: NOW },
    fallback,
  );
}

describe('the order of evaluation', () => {
  it('ends with an unknown toggle, whatever the name', () => {
    for (const key of ['T', 'constructor', '__proto__']) {
      const result = new Evaluator(repositoryOf()).evaluate(
        key,
        { user: { key: 'u', attrs: {} }, now: NOW },
        'mine',
      );
      expect(result).toEqual({
        value: 'mine',
        variationIndex: null,
        ruleIndex: null,
        version: null,
        reason: `toggle not exist: ${key}.`,
      });
    }
  });

  it('serves the disabled variation without looking at anything else', () => {
    const tested = toggle('T', {
      enabled: false,
      rules: [rule({ select: 2 })],
      prerequisites: [{ key: 'missing', value: true }],
    });
    expect(evaluate(tested)).toEqual({
      value: 'off',
      variationIndex: 0,
      ruleIndex: null,
      version: 7,
      reason: 'disabled.',
    });
  });

  it('lets the first rule that holds decide', () => {
    const tested = toggle('T', { rules: [rule({ select: 2 }, is('a', '1')), rule({ select: 3 })] });
    expect(evaluate(tested, { a: '1' })).toEqual({
      value: 'x',
      variationIndex: 2,
      ruleIndex: 0,
      version: 7,
      reason: 'rule 0',
    });
    expect(evaluate(tested, { a: '2' })).toMatchObject({ value: 'y', ruleIndex: 1, reason: 'rule 1' });
  });

  it('falls back to the default variation', () => {
    expect(evaluate(toggle('T'))).toEqual({
      value: 'default',
      variationIndex: 1,
      ruleIndex: null,
      version: 7,
      reason: 'default.',
    });
  });

  it('takes what a toggle lacks as the contract says', () => {
    const bare: Toggle = {
      key: 'T',
      disabledServe: { select: 0 },
      defaultServe: { select: 1 },
      variations: [1, 2],
    };
    expect(evaluate(bare)).toMatchObject({ value: 1, version: 1, reason: 'disabled.' });
    const nulls = { ...bare, enabled: true, version: null, rules: null, prerequisites: null };
    expect(evaluate(nulls)).toMatchObject({ value: 2, version: 1, reason: 'default.' });
  });
});

describe('warnings', () => {
  const missing = (name: string): string =>
    `warning: user with key 'u' does not have attribute name '${name}'`;

  it('name the attribute, also for negated predicates', () => {
    const tested = toggle('T', { rules: [rule({ select: 2 }, condition('number', 'a', '!=', '1'))] });
    expect(evaluate(tested).reason).toBe(`default. ${missing('a')}`);
  });

  it('come from the first condition that lacks its attribute', () => {
    const rules = [rule({ select: 2 }, is('a', '1'), is('b', '1'), is('c', '1'))];
    expect(evaluate(toggle('T', { rules }), { a: '1' }).reason).toBe(`default. ${missing('b')}`);
    expect(evaluate(toggle('T', { rules }), { a: '2' }).reason).toBe('default.');
  });

  it('are those of the last rule, or none', () => {
    const [a, b] = [rule({ select: 2 }, is('a', '1')), rule({ select: 3 }, is('b', '1'))];
    const tested = toggle('T', { rules: [a, b] });
    expect(evaluate(tested).reason).toBe(`default. ${missing('b')}`);
    expect(evaluate(tested, { b: '2' }).reason).toBe('default.');
    expect(evaluate(tested, { a: '2' }).reason).toBe(`default. ${missing('b')}`);
    expect(evaluate(tested, { b: '1' }).reason).toBe('rule 1');
  });

  it('are not given by segments, nor for types that do not exist', () => {
    const segments = { S: { uniqueId: 'S', rules: [{ conditions: [is('a', '1')] }] } };
    const inS = { type: 'segment', predicate: 'is in', objects: ['S'] };
    const tested = toggle('T', { rules: [rule({ select: 2 }, inS)] });
    const evaluator = new Evaluator({ ...repositoryOf(tested), segments });
    const context = { user: { key: 'u', attrs: {} }, now: NOW };
    expect(evaluator.evaluate('T', context).reason).toBe('default.');
    const unknown = toggle('T', { rules: [rule({ select: 2 }, condition('colour', 'a', '=', '1'))] });
    expect(evaluate(unknown).reason).toBe('default.');
  });
});

describe('serves that choose nothing', () => {
  const byName: Serve = { split: { distribution: [[[0, 10_000]]], bucketBy: 'name' } };

  it('let the next rule decide, with a warning', () => {
    const tested = toggle('T', { rules: [rule(byName), rule({ select: 3 }, is('a', '1'))] });
    expect(evaluate(tested, { a: '1' }).reason).toBe('rule 1');
    expect(evaluate(toggle('T', { rules: [rule(byName)] }))).toMatchObject({
      value: 'default',
      reason: "default. Warning: User with key 'u' does not have attribute name 'name'",
    });
    expect(evaluate(toggle('T', { rules: [rule({ select: 9 })] })).reason).toBe('default.');
  });

  it("leave the caller's default elsewhere", () => {
    const nothing = { value: 'mine', variationIndex: null, ruleIndex: null, version: 7 };
    expect(evaluate(toggle('T', { defaultServe: byName }), {}, 'mine')).toEqual({
      ...nothing,
      reason: 'default.',
    });
    expect(evaluate(toggle('T', { enabled: false, disabledServe: byName }), {}, 'mine')).toEqual({
      ...nothing,
      reason: 'disabled.',
    });
    expect(evaluate(toggle('T', { defaultServe: byName })).value).toBeNull();
  });

  it('are reported as -1 where a split has a gap', () => {
    const gap: Serve = { split: { distribution: [] } };
    expect(evaluate(toggle('T', { rules: [rule(gap)] }), {}, 'mine')).toEqual({
      value: 'mine',
      variationIndex: -1,
      ruleIndex: 0,
      version: 7,
      reason: 'rule 0',
    });
  });
});

describe('conditions of toggles', () => {
  it('take the present for a datetime that the user lacks', () => {
    const seconds = NOW / 1000;
    const at = (predicate: string, object: number): string =>
      evaluate(
        toggle('T', {
          rules: [rule({ select: 2 }, condition('datetime', 'now', predicate, String(object)))],
        }),
      ).reason;
    expect(at('after', seconds)).toBe('rule 0');
    expect(at('after', seconds + 1)).toBe('default.');
    expect(at('before', seconds)).toBe('default.');
    expect(at('before', seconds + 1)).toBe('rule 0');
    const rules = [rule({ select: 2 }, condition('datetime', 'now', 'after', '5'))];
    expect(evaluate(toggle('T', { rules }), { now: '4' }).reason).toBe('default.');
    expect(evaluate(toggle('T', { rules }), { now: 'noon' }).reason).toBe('default.');
  });

  it.each([
    ['is in', ['S', 'missing'], 'member', true],
    ['is in', ['S', 'missing'], 'stranger', false],
    ['is in', ['missing'], 'member', false],
    ['is in', [], 'member', false],
    ['is not in', ['missing', 'S'], 'member', false],
    ['is not in', ['missing', 'S'], 'stranger', true],
    ['is not in', ['missing'], 'member', true],
    ['is not in', [], 'member', true],
    ['within', ['S'], 'member', false],
  ])('%s %j holds for a %s: %s', (predicate, objects, who, expected) => {
    const segments = { S: { uniqueId: 'S', rules: [{ conditions: [is('who', 'member')] }] } };
    const tested = toggle('T', { rules: [rule({ select: 2 }, { type: 'segment', predicate, objects })] });
    const evaluator = new Evaluator({ ...repositoryOf(tested), segments });
    const { ruleIndex } = evaluator.evaluate('T', { user: { key: 'u', attrs: { who } }, now: NOW });
    expect(ruleIndex).toBe(expected ? 0 : null);
  });

  it('fail in segments for a datetime that the user lacks', () => {
    const rules = [{ conditions: [condition('datetime', 'now', 'after', '0')] }];
    const segments = { S: { uniqueId: 'S', rules } };
    const inS = { type: 'segment', predicate: 'is in', objects: ['S'] };
    const tested = toggle('T', { rules: [rule({ select: 2 }, inS)] });
    const evaluator = new Evaluator({ ...repositoryOf(tested), segments });
    expect(evaluator.evaluate('T', { user: { key: 'u', attrs: {} }, now: NOW }).reason).toBe('default.');
  });
});

describe('evaluateForClient', () => {
  it('answers what clients may see, with what they need to report it', () => {
    const shown = toggle('shown', {
      forClient: true,
      trackAccessEvents: true,
      lastModified: 5,
      prerequisites: [{ key: 'hidden', value: 'default' }],
    });
    const proto = toggle('__proto__', { forClient: true, defaultServe: {} });
    const repository = { ...repositoryOf(shown, toggle('hidden'), proto), debugUntilTime: 99 };
    const context = { user: { key: 'u', attrs: {} }, now: NOW };
    const result = new Evaluator(repository).evaluateForClient(context);
    expect(Object.entries(result)).toEqual([
      [
        'shown',
        {
          value: 'default',
          variationIndex: 1,
          ruleIndex: null,
          version: 7,
          reason: 'default.',
          trackAccessEvents: true,
          lastModified: 5,
          debugUntilTime: 99,
        },
      ],
      [
        '__proto__',
        {
          value: null,
          variationIndex: null,
          ruleIndex: null,
          version: 7,
          reason: 'default.',
          trackAccessEvents: false,
          lastModified: null,
          debugUntilTime: 99,
        },
      ],
    ]);
    const [undebugged] = Object.values(new Evaluator(repositoryOf(proto)).evaluateForClient(context));
    expect(undebugged?.debugUntilTime).toBeNull();
  });
});
