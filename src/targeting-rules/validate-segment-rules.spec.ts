import { describe, expect, it } from 'vitest';
import type { Problem } from './problem.js';
import { CONDITION_TYPES, PREDICATES } from './targeting-content.js';
import { validateSegmentRules } from './validate-segment-rules.js';

const city = { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] };
const age = {
  type: 'number',
  subject: 'age',
  predicate: 'between',
  leftPredicate: '>=',
  objects: ['18'],
  rightPredicate: '<',
  rightObjects: ['65'],
};
const OBJECTS = {
  string: 'a',
  number: '1.5',
  datetime: '2026-01-31T18:30:00-05:30',
  semver: '1.2.3',
  segment: 'vip',
};

function check(...conditions: unknown[]): Problem[] {
  return validateSegmentRules([{ conditions }]);
}

/** Problems as `field key`, with the part of the path that all share left out. */
function brief(problems: Problem[]): string[] {
  return problems.map(({ field, key }) => `${field.replace('rules[0].conditions', '')} ${key}`);
}

describe('the list of rules', () => {
  it.each([
    [undefined],
    [null],
    [[]],
    [[{ name: 'paris', conditions: [city] }]],
    [[{ conditions: [city, age] }]],
  ])('takes %j', (rules) => expect(validateSegmentRules(rules)).toEqual([]));

  it.each([
    [{}, 'rules not_list'],
    ['x', 'rules not_list'],
    [[null], 'rules[0] required'],
    [[[]], 'rules[0] not_object'],
    [[{}], 'rules[0].conditions required'],
    [[{ conditions: [] }], 'rules[0].conditions empty_list'],
    [[{ conditions: {} }], 'rules[0].conditions not_list'],
    [[{ name: 5, conditions: [city] }], 'rules[0].name not_text'],
    [[{ conditions: [city] }, { conditions: [null] }], 'rules[1].conditions[0] required'],
    [[{ conditions: [[]] }], 'rules[0].conditions[0] not_object'],
  ])('refuses %j: %s', (rules, expected) => {
    expect(validateSegmentRules(rules).map(({ field, key }) => `${field} ${key}`)).toEqual([expected]);
  });

  it('ignores a serve and keeps what it is given untouched', () => {
    const rules = Object.freeze([
      Object.freeze({ conditions: Object.freeze([city]), serve: 5, note: { a: 1 } }),
    ]);
    expect(validateSegmentRules(rules)).toEqual([]);
  });

  it('names the rule of a problem, whatever its name is made of', () => {
    const rules = [{ name: `a"\u0000\ud800 ${'😀'.repeat(100)}`, conditions: [] }];
    const rule = validateSegmentRules(rules)[0]?.params?.rule;
    expect(rule).toMatch(/^"a\\"\\u0000\\ud800 (😀)+…"$/u);
  });
});

describe('conditions', () => {
  it.each(
    CONDITION_TYPES.filter((type) => type !== 'segment').flatMap((type) =>
      PREDICATES[type]
        .filter((predicate) => predicate !== 'between')
        .map((predicate) => [type, predicate] as const),
    ),
  )('%s takes %s', (type, predicate) => {
    expect(check({ type, subject: 'x', predicate, objects: [OBJECTS[type], OBJECTS[type]] })).toEqual([]);
  });

  it.each([
    ['no type', { ...city, type: undefined }, '[0].type required'],
    ['an unknown type', { ...city, type: 'boolean' }, '[0].type not_one_of'],
    ['a type every object has', { ...city, type: 'constructor' }, '[0].type not_one_of'],
    ['a type in capitals', { ...city, type: 'STRING' }, '[0].type not_one_of'],
    [
      'a segment in a segment',
      { type: 'segment', predicate: 'is in', objects: ['v'] },
      '[0].type segment_in_segment',
    ],
    ['no subject', { ...city, subject: null }, '[0].subject required'],
    ['a blank subject', { ...city, subject: ' \t' }, '[0].subject blank'],
    ['a subject that is no text', { ...city, subject: {} }, '[0].subject not_text'],
    ['no predicate', { ...city, predicate: undefined }, '[0].predicate required'],
    ["another type's predicate", { ...city, predicate: '=' }, '[0].predicate unknown_predicate'],
    ['between for texts', { ...age, type: 'string' }, '[0].predicate unknown_predicate'],
    ['no objects', { ...city, objects: undefined }, '[0].objects required'],
    ['empty objects', { ...city, objects: [] }, '[0].objects empty_list'],
    ['objects as one text', { ...city, objects: 'Paris' }, '[0].objects not_list'],
    ['an object that is no text', { ...city, objects: ['a', 5] }, '[0].objects[1] not_text'],
    ['an object that is null', { ...city, objects: [null] }, '[0].objects[0] required'],
    ['a blank object', { ...city, objects: ['a', 'b', ' '] }, '[0].objects[2] blank'],
    ['no number', { ...age, predicate: '=', objects: ['1', '0x1'] }, '[0].objects[1] number_format'],
    [
      'no datetime',
      { type: 'datetime', subject: 't', predicate: 'after', objects: ['1795313700'] },
      '[0].objects[0] datetime_format',
    ],
    [
      'no version',
      { type: 'semver', subject: 'v', predicate: '>', objects: ['v1'] },
      '[0].objects[0] version_format',
    ],
    ['no regex', { ...city, predicate: 'matches regex', objects: ['('] }, '[0].objects[0] regex_format'],
    [
      'no negated regex',
      { ...city, predicate: 'does not match regex', objects: ['a', '['] },
      '[0].objects[1] regex_format',
    ],
  ])('refuses %s', (_name, condition, expected) => {
    expect(brief(check(condition))).toEqual([expected]);
  });

  it('takes any text as an object of a predicate that is no regex', () => {
    expect(check({ ...city, objects: ['(', '\u0000', '\ud800'] })).toEqual([]);
  });
});

describe('between', () => {
  const time = OBJECTS.datetime;
  it.each([
    ['numbers', age],
    ['bounds the other way round', { ...age, leftPredicate: '<=', rightPredicate: '>' }],
    ['versions', { ...age, type: 'semver', objects: ['1.0.0'], rightObjects: ['2.0.0'] }],
    ['datetimes compared', { ...age, type: 'datetime', objects: [time], rightObjects: [time] }],
    [
      'datetimes after and before',
      {
        ...age,
        type: 'datetime',
        leftPredicate: 'after',
        rightPredicate: 'before',
        objects: [time],
        rightObjects: [time],
      },
    ],
  ])('takes %s', (_name, condition) => expect(check(condition)).toEqual([]));

  it.each([
    ['no left predicate', { ...age, leftPredicate: undefined }, '[0].leftPredicate required'],
    ['an unordered left predicate', { ...age, leftPredicate: '=' }, '[0].leftPredicate not_one_of'],
    ['a word for numbers', { ...age, leftPredicate: 'after' }, '[0].leftPredicate not_one_of'],
    ['no right predicate', { ...age, rightPredicate: null }, '[0].rightPredicate required'],
    ['between in between', { ...age, rightPredicate: 'between' }, '[0].rightPredicate not_one_of'],
    ['no right objects', { ...age, rightObjects: undefined }, '[0].rightObjects required'],
    ['empty right objects', { ...age, rightObjects: [] }, '[0].rightObjects empty_list'],
    ['a blank right object', { ...age, rightObjects: [''] }, '[0].rightObjects[0] blank'],
    [
      'a right object that is no number',
      { ...age, rightObjects: ['65 '] },
      '[0].rightObjects[0] number_format',
    ],
    ['a left object that is no number', { ...age, objects: ['x'] }, '[0].objects[0] number_format'],
  ])('refuses %s', (_name, condition, expected) => {
    expect(brief(check(condition))).toEqual([expected]);
  });

  it('leaves the right side alone for other predicates: the UI keeps it there when the predicate is changed', () => {
    expect(check({ ...age, predicate: '=', rightPredicate: '', rightObjects: [''] })).toEqual([]);
  });
});

describe('size', () => {
  it('takes 1 MiB, and not a byte more', () => {
    const rulesOf = (length: number) => [{ conditions: [{ ...city, objects: ['x'.repeat(length)] }] }];
    const room = 1_048_576 - JSON.stringify(rulesOf(0)).length;
    expect(validateSegmentRules(rulesOf(room))).toEqual([]);
    expect(validateSegmentRules(rulesOf(room + 1))).toEqual([{ field: 'rules', key: 'content_over_limit' }]);
  });

  it('counts bytes, not characters', () => {
    const rules = [{ conditions: [{ ...city, objects: ['é'.repeat(524_288)] }] }];
    expect(validateSegmentRules(rules)).toEqual([{ field: 'rules', key: 'content_over_limit' }]);
  });

  it('reports at most 20 problems', () => {
    expect(validateSegmentRules(Array.from({ length: 50 }, () => null))).toHaveLength(20);
  });
});
