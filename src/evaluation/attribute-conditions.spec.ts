import { describe, expect, it } from 'vitest';
import { compileAttributeCondition } from './attribute-conditions.js';

function holds(type: string, text: string, predicate: string, objects: string[]): boolean | undefined {
  return compileAttributeCondition({ type, subject: 'a', predicate, objects })?.test(text);
}

/** Text, predicate, objects, whether it holds. */
type Row = [text: string, predicate: string, objects: string[], expected: boolean];

describe('string', () => {
  it.each<Row>([
    ['b', 'is one of', ['a', 'b'], true],
    ['B', 'is one of', ['a', 'b'], false],
    [' b', 'is one of', ['b'], false],
    ['c', 'is not any of', ['a', 'b'], true],
    ['b', 'is not any of', ['a', 'b'], false],
    ['abc', 'starts with', ['x', 'ab'], true],
    ['abc', 'starts with', ['bc'], false],
    ['abc', 'does not start with', ['x', 'ab'], false],
    ['abc', 'does not start with', ['x', 'bc'], true],
    ['abc', 'ends with', ['bc'], true],
    ['abc', 'ends with', ['ab'], false],
    ['abc', 'does not end with', ['x', 'bc'], false],
    ['abc', 'does not end with', ['ab'], true],
    ['abc', 'contains', ['x', 'b'], true],
    ['abc', 'contains', ['ac'], false],
    ['abc', 'does not contain', ['x', 'b'], false],
    ['abc', 'does not contain', ['ac'], true],
    ['some 666 word', 'matches regex', ['x', '\\d{3}'], true],
    ['abc', 'matches regex', ['^b'], false],
    ['abc', 'does not match regex', ['^b'], true],
    ['abc', 'does not match regex', ['^b', 'c$'], false],
  ])('%j %s %j: %s', (text, predicate, objects, expected) => {
    expect(holds('string', text, predicate, objects)).toBe(expected);
  });

  it.each<Row>([
    ['', 'is one of', ['a'], false],
    ['', 'is one of', [''], true],
    ['', 'is not any of', ['a'], true],
    ['', 'does not contain', ['a'], true],
    ['', 'matches regex', ['^$'], true],
  ])('takes an empty text for one like any other: %j %s %j: %s', (text, predicate, objects, expected) => {
    expect(holds('string', text, predicate, objects)).toBe(expected);
  });

  it.each(['(', '(a)\\1'])('holds for nobody where one regex is %s, negated or not', (regex) => {
    for (const predicate of ['matches regex', 'does not match regex'])
      for (const objects of [[regex], ['a', regex]])
        expect(holds('string', 'a', predicate, objects)).toBe(false);
  });

  it('holds for nobody whose text takes too long, negated or not', () => {
    for (const predicate of ['matches regex', 'does not match regex'])
      expect(holds('string', 'a'.repeat(200_000), predicate, ['(a|aa)+$'])).toBe(false);
  });
});

describe('number', () => {
  it.each<Row>([
    ['1.0', '=', ['1'], true],
    ['1', '=', ['2', '1e0'], true],
    ['-0', '=', ['0'], true],
    ['.5', '=', ['0.50'], true],
    ['1', '=', ['2'], false],
    ['1', '!=', ['2', '3'], true],
    ['1', '!=', ['2', '1.00'], false],
    ['3', '>', ['5', '2'], true],
    ['2', '>', ['2'], false],
    ['2', '>=', ['2'], true],
    ['1', '>=', ['2'], false],
    ['3', '<', ['2', '5'], true],
    ['5', '<', ['5'], false],
    ['5', '<=', ['5'], true],
    ['6', '<=', ['5'], false],
    ['10', '>', ['9'], true],
    ['-1e300', '<', ['1e300'], true],
  ])('%s %s %j: %s', (text, predicate, objects, expected) => {
    expect(holds('number', text, predicate, objects)).toBe(expected);
  });

  it.each(['', ' 5', '5abc', 'five', 'NaN', 'Infinity', '0x5', '1e999', '1,5'])(
    'holds for nobody whose attribute is %j, nor with that as an object',
    (text) => {
      for (const predicate of ['=', '!=', '>', '>=', '<', '<=']) {
        expect(holds('number', text, predicate, ['5'])).toBe(false);
        expect(holds('number', '5', predicate, ['5', '4', '6', text])).toBe(false);
      }
    },
  );
});

describe('datetime', () => {
  it.each<Row>([
    ['100', 'after', ['100'], true],
    ['99', 'after', ['100'], false],
    ['99', 'after', ['100', '50'], true],
    ['99', 'before', ['100'], true],
    ['100', 'before', ['100'], false],
    ['100', 'before', ['50', '101'], true],
    ['99.5', 'before', ['100'], true],
    ['2026-01-01T00:00:00Z', 'after', ['1'], false],
    ['2026-01-01T00:00:00Z', 'before', ['9999999999'], false],
    ['100', 'after', ['soon'], false],
    ['', 'before', ['100'], false],
  ])('%s %s %j: %s', (text, predicate, objects, expected) => {
    expect(holds('datetime', text, predicate, objects)).toBe(expected);
  });
});

describe('semver', () => {
  it.each<Row>([
    ['1.0.0+a', '=', ['1.0.0+b'], true],
    ['1.0.0-rc.1', '=', ['1.0.0'], false],
    ['1.0.0', '!=', ['1.0.1', '2.0.0'], true],
    ['1.0.0', '!=', ['1.0.1', '1.0.0'], false],
    ['1.10.0', '>', ['1.9.0'], true],
    ['1.0.0', '>', ['1.0.0-rc.1'], true],
    ['1.0.0', '>=', ['1.0.0'], true],
    ['1.0.0-rc.1', '<', ['1.0.0'], true],
    ['1.0.0', '<=', ['0.9.0', '1.0.0'], true],
    ['1.0.1', '<=', ['1.0.0'], false],
  ])('%s %s %j: %s', (text, predicate, objects, expected) => {
    expect(holds('semver', text, predicate, objects)).toBe(expected);
  });

  it.each(['', '1.0', 'v1.0.0', '1.0.0.0', '01.0.0'])(
    'holds for nobody whose attribute is %j, nor with that as an object',
    (text) => {
      for (const predicate of ['=', '!=', '>', '>=', '<', '<=']) {
        expect(holds('semver', text, predicate, ['1.0.0'])).toBe(false);
        expect(holds('semver', '1.0.0', predicate, ['1.0.0', '0.1.0', '2.0.0', text])).toBe(false);
      }
    },
  );
});

describe('every type', () => {
  it.each([
    ['string', 'is one of', false],
    ['string', 'matches regex', false],
    ['string', 'is not any of', true],
    ['string', 'does not start with', true],
    ['string', 'does not match regex', true],
    ['number', '=', false],
    ['number', '>=', false],
    ['number', '!=', true],
    ['semver', '<', false],
    ['semver', '!=', true],
    ['datetime', 'after', false],
  ])('%s %s without objects: %s', (type, predicate, expected) => {
    expect(holds(type, type === 'semver' ? '1.0.0' : '1', predicate, [])).toBe(expected);
  });

  it.each(['string', 'number', 'datetime', 'semver'])('%s knows no other predicates', (type) => {
    for (const predicate of ['', 'is', 'between', 'IS ONE OF', 'constructor', '__proto__', '=='])
      expect(holds(type, '1', predicate, ['1'])).toBe(false);
  });

  it.each(['segment', 'date', '', 'constructor', '__proto__'])('%j is none', (type) => {
    expect(compileAttributeCondition({ type, predicate: 'is in', objects: [] })).toBeUndefined();
  });
});
