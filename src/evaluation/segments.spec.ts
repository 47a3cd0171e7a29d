import { describe, expect, it } from 'vitest';
import type { SegmentRule as StoredRule } from '../targeting-rules/index.js';
import { publishedRule } from './published-conditions.js';
import type { Condition, SegmentRule } from './repository.js';
import { compileSegment, isUserInSegment, SegmentTests } from './segments.js';
import type { User } from './user.js';

const is = (subject: string, ...objects: string[]): Condition => ({
  type: 'string',
  subject,
  predicate: 'is one of',
  objects,
});
const rule = (...conditions: Condition[]): SegmentRule => ({ conditions });
const user = (attrs: Record<string, string>): User => ({ key: 'u', attrs });

describe('compileSegment', () => {
  const parisOrGold = compileSegment([
    rule(is('city', 'Paris')),
    rule(is('tier', 'gold'), is('city', 'Rome', 'Oslo')),
  ]);

  it.each([
    [{ city: 'Paris' }, true],
    [{ city: 'Rome', tier: 'gold' }, true],
    [{ city: 'Rome', tier: 'free' }, false],
    [{ city: 'Rome' }, false],
    [{ tier: 'gold' }, false],
    [{}, false],
  ])('needs all conditions of any rule: %j: %s', (attrs, expected) => {
    expect(parisOrGold(user(attrs as Record<string, string>))).toBe(expected);
  });

  it('has nobody in it without rules, and everybody for a rule without conditions', () => {
    expect(compileSegment([])(user({}))).toBe(false);
    expect(compileSegment([rule()])(user({}))).toBe(true);
    expect(compileSegment([rule(is('city', 'Paris')), rule()])(user({}))).toBe(true);
  });

  it.each([
    ['string', 'is not any of', 'x'],
    ['number', '!=', '1'],
    ['semver', '!=', '1.0.0'],
    ['datetime', 'after', '0'],
    ['datetime', 'before', '99999999999'],
  ])('leaves out who lacks the attribute of a %s %s', (type, predicate, object) => {
    const test = compileSegment([rule({ type, subject: 'a', predicate, objects: [object] })]);
    expect(test(user({ b: '1' }))).toBe(false);
  });

  it('lets no segment refer to others', () => {
    for (const predicate of ['is in', 'is not in'])
      expect(compileSegment([rule({ type: 'segment', predicate, objects: ['S$other'] })])(user({}))).toBe(
        false,
      );
  });

  it('asks for attributes alone, neither the key nor what objects inherit', () => {
    const keyed = compileSegment([rule(is('key', 'u'))]);
    expect(keyed(user({}))).toBe(false);
    expect(keyed(user({ key: 'u' }))).toBe(true);
    for (const subject of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const test = compileSegment([
        rule({ type: 'string', subject, predicate: 'is not any of', objects: [] }),
      ]);
      expect(test(user({}))).toBe(false);
      expect(test(user(JSON.parse(`{"${subject}":"x"}`) as Record<string, string>))).toBe(true);
    }
  });

  it('takes stored rules by way of their published form', () => {
    const born: StoredRule = {
      name: 'born in the nineties',
      conditions: [
        {
          type: 'datetime',
          subject: 'birthday',
          predicate: 'between',
          objects: ['1990-01-01T00:00:00+00:00'],
          leftPredicate: '>=',
          rightPredicate: '<',
          rightObjects: ['2000-01-01T00:00:00+00:00'],
        },
      ],
    };
    const test = compileSegment([publishedRule(born, 'shop')]);
    const bornOn = (date: string): User => user({ birthday: String(Date.parse(date) / 1000) });
    expect(test(bornOn('1990-01-01'))).toBe(true);
    expect(test(bornOn('1999-12-31'))).toBe(true);
    expect(test(bornOn('1989-12-31'))).toBe(false);
    expect(test(bornOn('2000-01-01'))).toBe(false);
  });
});

describe('isUserInSegment', () => {
  it('is the same for one user', () => {
    expect(isUserInSegment(user({ city: 'Paris' }), [rule(is('city', 'Paris'))])).toBe(true);
    expect(isUserInSegment(user({ city: 'Rome' }), [rule(is('city', 'Paris'))])).toBe(false);
  });
});

describe('SegmentTests', () => {
  const tests = new SegmentTests({ S$a: { uniqueId: 'S$a', rules: [rule(is('city', 'Paris'))] } });

  it('finds segments by their exact id', () => {
    expect(tests.get('S$a')(user({ city: 'Paris' }))).toBe(true);
    expect(tests.get('s$a')(user({ city: 'Paris' }))).toBe(false);
  });

  it('has nobody in a segment that is not there', () => {
    for (const id of ['S$b', 'constructor', '__proto__']) expect(tests.get(id)(user({}))).toBe(false);
  });

  it('compiles each once', () => expect(tests.get('S$a')).toBe(tests.get('S$a')));
});
