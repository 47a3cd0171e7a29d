import { describe, expect, it } from 'vitest';
import type { ToggleReturnType } from './targeting-content.js';
import { type TargetingContext, validateTargeting } from './validate-targeting.js';

const city = { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] };
const content = {
  rules: [{ name: 'r1', conditions: [city], serve: { select: 1 } }],
  disabledServe: { select: 0 },
  defaultServe: { split: [2500, 7500] },
  variations: [
    { value: 'a', name: 'A', description: '' },
    { value: 'b', name: 'B', description: '' },
  ],
  prerequisites: [{ key: 'other_toggle', value: 'true', type: 'boolean' }],
};
const enabled: TargetingContext = { returnType: 'string', toggleKey: 'checkout', disabled: false };

/** Problems of the content above with some members replaced, as `field key`. */
function problems(changes: object, context: TargetingContext = enabled): string[] {
  return validateTargeting({ ...content, ...changes }, context).map(({ field, key }) => `${field} ${key}`);
}

describe('the content as a whole', () => {
  it('takes the example of the contract and what a toggle is created with', () => {
    expect(problems({})).toEqual([]);
    const initial = { rules: [], disabledServe: { select: 0 }, defaultServe: {}, prerequisites: [] };
    expect(problems(initial, { ...enabled, disabled: true })).toEqual([]);
  });

  it('takes null and absent rules and prerequisites, and further fields anywhere', () => {
    expect(problems({ rules: null, prerequisites: null })).toEqual([]);
    expect(problems({ rules: undefined, prerequisites: undefined })).toEqual([]);
    expect(
      problems({ extra: [1], defaultServe: { select: 0, note: {} }, variations: [{ value: 'a', x: null }] }),
    ).toEqual(['content.rules[0].serve.select select_not_index']);
  });

  it.each([
    [null, 'required'],
    [undefined, 'required'],
    [[], 'not_object'],
    ['{}', 'not_object'],
    [5, 'not_object'],
  ])('refuses %j', (value, key) => {
    expect(validateTargeting(value, enabled)).toEqual([{ field: 'content', key }]);
  });

  it('refuses what is too long or nested too deep, without looking further', () => {
    expect(problems({ note: 'x'.repeat(1_048_576), variations: null })).toEqual([
      'content content_over_limit',
    ]);
    let deep: unknown = null;
    for (let level = 0; level < 200_000; level++) deep = { deep };
    expect(problems({ deep, variations: null })).toEqual(['content nested_too_deep']);
    expect(problems({ note: JSON.parse('['.repeat(99) + ']'.repeat(99)) })).toEqual([]);
  });

  it('collects problems of all parts, and names the rule', () => {
    const found = validateTargeting({ rules: [{ name: 'paris', conditions: [], serve: {} }] }, enabled);
    expect(found).toEqual([
      { field: 'content.variations', key: 'required' },
      { field: 'content.disabledServe', key: 'required' },
      { field: 'content.defaultServe', key: 'required' },
      { field: 'content.rules[0].conditions', key: 'empty_list', params: { rule: '"paris"' } },
      { field: 'content.rules[0].serve', key: 'serve_choice', params: { rule: '"paris"' } },
    ]);
  });
});

describe('rules of toggles', () => {
  it('may refer to segments, with or without a subject', () => {
    const segment = { type: 'segment', predicate: 'is in', objects: ['vip'] };
    const rule = {
      conditions: [segment, { ...segment, subject: '', predicate: 'is not in' }],
      serve: { select: 0 },
    };
    expect(problems({ rules: [rule] })).toEqual([]);
  });

  it.each([
    [{ objects: [' '] }, 'objects[0] blank'],
    [{ objects: [] }, 'objects empty_list'],
    [{ subject: 5 }, 'subject not_text'],
    [{ predicate: 'is one of' }, 'predicate unknown_predicate'],
  ])('refuse a segment condition with %j', (change, expected) => {
    const condition = { type: 'segment', predicate: 'is in', objects: ['vip'], ...change };
    const rules = [{ conditions: [condition], serve: { select: 0 } }];
    expect(problems({ rules })).toEqual([`content.rules[0].conditions[0].${expected}`]);
  });

  it('need a serve', () => {
    expect(problems({ rules: [{ conditions: [city] }] })).toEqual(['content.rules[0].serve required']);
  });
});

describe('serves', () => {
  it.each([
    { select: 0 },
    { select: 1, split: null },
    { split: [0, 10000] },
    { split: [3333, 6667], select: null },
  ])('take %j', (serve) => {
    expect(problems({ disabledServe: serve, defaultServe: serve })).toEqual([]);
  });

  it.each([
    [null, ' required'],
    [[], ' not_object'],
    [0, ' not_object'],
    [{}, ' serve_choice'],
    [{ select: 0, split: [5000, 5000] }, ' serve_choice'],
    [{ select: 2 }, '.select select_not_index'],
    [{ select: -1 }, '.select select_not_index'],
    [{ select: 0.5 }, '.select select_not_index'],
    [{ select: '0' }, '.select select_not_index'],
    [{ split: {} }, '.split not_list'],
    [{ split: [] }, '.split split_length'],
    [{ split: [10000] }, '.split split_length'],
    [{ split: [1, 2, 9997] }, '.split split_length'],
    [{ split: [5000, 4999] }, '.split split_total'],
    [{ split: [5000, 5001] }, '.split split_total'],
    [{ split: [0, 0] }, '.split split_total'],
    [{ split: [-1, 10000] }, '.split[0] split_weight'],
    [{ split: [10000, 0.5] }, '.split[1] split_weight'],
    [{ split: [10000, null] }, '.split[1] split_weight'],
    [{ split: ['5000', 5000] }, '.split[0] split_weight'],
  ])('refuse %j', (serve, expected) => {
    expect(problems({ disabledServe: serve })).toEqual([`content.disabledServe${expected}`]);
    expect(problems({ rules: [{ conditions: [city], serve }] })).toEqual([
      `content.rules[0].serve${expected}`,
    ]);
  });

  it.each([{}, { select: null }, { note: 'x' }])(
    'as a default may be unset (%j) only while disabled',
    (defaultServe) => {
      expect(problems({ defaultServe }, { ...enabled, disabled: true })).toEqual([]);
      expect(problems({ defaultServe })).toEqual(['content.defaultServe default_serve_unset']);
    },
  );

  it('as a default are checked for a disabled toggle too, when set', () => {
    expect(problems({ defaultServe: { select: 9 } }, { ...enabled, disabled: true })).toEqual([
      'content.defaultServe.select select_not_index',
    ]);
  });

  it('are not blamed for variations that are missing', () => {
    expect(problems({ variations: [] })).toEqual(['content.variations empty_list']);
    expect(problems({ variations: {} })).toEqual(['content.variations not_list']);
  });
});

describe('variations', () => {
  const one = { rules: [], disabledServe: { select: 0 }, defaultServe: { select: 0 } };
  const of = (value: unknown, returnType: ToggleReturnType): string[] =>
    problems({ ...one, variations: [{ value }] }, { ...enabled, returnType });

  it.each<[ToggleReturnType, string]>([
    ['boolean', 'true'],
    ['boolean', 'false'],
    ['number', '-1.5e3'],
    ['string', ''],
    ['string', '\u0000\ud800'],
    ['json', '{"a":[]}'],
  ])('of type %s may be %j', (type, value) => expect(of(value, type)).toEqual([]));

  it.each<[ToggleReturnType, unknown, string]>([
    ['boolean', 'TRUE', 'value_not_boolean'],
    ['boolean', true, 'not_text'],
    ['number', '', 'value_not_number'],
    ['number', '0x1', 'value_not_number'],
    ['number', '1e999', 'value_not_number'],
    ['number', 1, 'not_text'],
    ['string', null, 'required'],
    ['json', '[]', 'value_not_json_object'],
    ['json', '{', 'value_not_json_object'],
    ['json', {}, 'not_text'],
  ])('of type %s may not be %j', (type, value, key) => {
    expect(of(value, type)).toEqual([`content.variations[0].value ${key}`]);
  });

  it('are 1 to 20 objects, whose names and descriptions are texts', () => {
    const some = (count: number) => ({
      ...one,
      variations: Array.from({ length: count }, () => ({ value: 'a' })),
    });
    expect([problems(some(1)), problems(some(20))]).toEqual([[], []]);
    expect(problems(some(21))).toEqual(['content.variations too_many']);
    expect(problems({ variations: [null, []] })).toEqual([
      'content.variations[0] required',
      'content.variations[1] not_object',
    ]);
    expect(
      problems({
        variations: [
          { value: 'a', name: 1 },
          { value: 'b', description: [] },
        ],
      }),
    ).toEqual(['content.variations[0].name not_text', 'content.variations[1].description not_text']);
  });
});

describe('prerequisites', () => {
  const good = { key: 'other', value: '1', type: 'number' };

  it.each([
    [{}, ' not_list'],
    [[null], '[0] required'],
    [[{ ...good, key: undefined }], '[0].key required'],
    [[{ ...good, key: ' ' }], '[0].key blank'],
    [[{ ...good, key: 'checkout' }], '[0].key own_prerequisite'],
    [[{ ...good, key: 'Checkout' }], '[0].key own_prerequisite'],
    [[good, { ...good, value: '2' }], '[1].key duplicate_prerequisite'],
    [[good, { ...good, key: 'OTHER' }], '[1].key duplicate_prerequisite'],
    [[{ ...good, type: 'int' }], '[0].type not_one_of'],
    [[{ ...good, type: undefined }], '[0].type required'],
    [[{ ...good, value: 1 }], '[0].value not_text'],
    [[{ ...good, value: 'one' }], '[0].value value_not_number'],
  ])('refuse %j', (prerequisites, expected) => {
    expect(problems({ prerequisites })).toEqual([`content.prerequisites${expected}`]);
  });

  it('may name any toggle when the own key is not known', () => {
    const context: TargetingContext = { returnType: 'string', disabled: false };
    expect(problems({ prerequisites: [{ ...good, key: 'checkout' }] }, context)).toEqual([]);
  });
});
