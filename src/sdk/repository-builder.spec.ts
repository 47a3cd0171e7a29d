import { describe, expect, it } from 'vitest';
import type { SdkSplit } from './repository-document.js';
import { RepositoryBuilder, type RepositorySource, type SourceToggle } from './repository-builder.js';

const CONTENT = {
  rules: [],
  disabledServe: { select: 0 },
  defaultServe: { select: 1 },
  variations: [
    { value: 'false', name: 'off' },
    { value: 'true', name: 'on' },
  ],
  prerequisites: [],
};

function toggle({
  content = {},
  ...more
}: Partial<Omit<SourceToggle, 'content'>> & { content?: object } = {}): SourceToggle {
  return {
    key: 'campaign',
    returnType: 'boolean',
    clientAvailability: true,
    disabled: false,
    trackAccessEvents: false,
    version: 3,
    publishedAt: 1_795_313_730_110,
    content: JSON.stringify({ ...CONTENT, ...content }),
    ...more,
  };
}

const build = (source: Partial<RepositorySource>) =>
  new RepositoryBuilder({
    projectKey: 'Shop',
    version: 42,
    debugUntil: 0,
    toggles: [],
    segments: [],
    events: [],
    ...source,
  }).build();

/** The one toggle of a document with these members of its content. */
const built = (content: object, more: Partial<SourceToggle> = {}) =>
  build({ toggles: [{ ...toggle({ content }), ...more }] }).document.toggles['campaign'];

const conditionsOf = (condition: object) =>
  built({ rules: [{ name: 'r', conditions: [condition], serve: { select: 1 } }] })?.rules[0]?.conditions;

const omittedBecause = (content: object, more: Partial<SourceToggle> = {}): string | undefined => {
  const { document, omissions } = build({
    toggles: [{ ...toggle({ content }), ...more }, toggle({ key: 'other' })],
  });
  expect(Object.keys(document.toggles)).toEqual(['other']);
  expect(omissions).toEqual([{ kind: 'toggle', key: 'campaign', reason: expect.any(String) }]);
  return omissions[0]?.reason;
};

describe('a toggle in the document of SDKs', () => {
  it('has every member the strict parser needs, and nothing else', () => {
    const rule = {
      name: 'vips',
      conditions: [
        { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'], note: 'x' },
      ],
      serve: { select: 1, split: null },
    };
    expect(build({ toggles: [toggle({ content: { rules: [rule], note: 1 } })] })).toEqual({
      omissions: [],
      document: {
        version: 42,
        segments: {},
        events: {},
        toggles: {
          campaign: {
            key: 'campaign',
            enabled: true,
            trackAccessEvents: false,
            lastModified: 1_795_313_730_110,
            version: 3,
            forClient: true,
            disabledServe: { select: 0 },
            defaultServe: { select: 1 },
            rules: [
              {
                serve: { select: 1 },
                conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
              },
            ],
            variations: [false, true],
            prerequisites: [],
          },
        },
      },
    });
  });

  it('has its weights as consecutive ranges', () => {
    const serve = { split: [2500, 0, 7500], select: null };
    const variations = ['a', 'b', 'c'].map((value) => ({ value }));
    const { defaultServe } = built({ defaultServe: serve, variations }, { returnType: 'string' }) ?? {};
    expect(defaultServe).toEqual({
      split: { distribution: [[[0, 2500]], [[2500, 2500]], [[2500, 10_000]]] } satisfies SdkSplit,
    });
  });

  it.each([
    ['boolean', ['true', 'false'], [true, false]],
    ['number', ['1', '-2.50', '1e3', '+.5'], [1, -2.5, 1000, 0.5]],
    ['string', ['', '1', ' a '], ['', '1', ' a ']],
    ['json', ['{}', '{"a":[1],"__proto__":{"b":2}}'], [{}, JSON.parse('{"a":[1],"__proto__":{"b":2}}')]],
  ] as const)('has %s values of that type', (returnType, texts, values) => {
    const variations = texts.map((value) => ({ value }));
    expect(built({ variations, defaultServe: { select: 0 } }, { returnType })?.variations).toEqual(values);
  });

  it('has the values of its prerequisites in their own types', () => {
    const prerequisites = [
      { key: 'a', value: '2', type: 'number', extra: 1 },
      { key: 'b', value: '2', type: 'string' },
      { key: 'c', value: 'true', type: 'boolean' },
      { key: 'd', value: '{"x":1}', type: 'json' },
    ];
    expect(built({ prerequisites })?.prerequisites).toEqual([
      { key: 'a', value: 2 },
      { key: 'b', value: '2' },
      { key: 'c', value: true },
      { key: 'd', value: { x: 1 } },
    ]);
  });

  it('that was never published serves by default what it serves disabled; enabled, it is left out', () => {
    expect(built({ defaultServe: {} }, { disabled: true })).toMatchObject({
      enabled: false,
      defaultServe: { select: 0 },
    });
    expect(built({ defaultServe: { select: null } }, { disabled: true })?.defaultServe).toEqual({
      select: 0,
    });
    expect(omittedBecause({ defaultServe: {} })).toContain('default serve');
  });

  it('may lack rules and prerequisites', () => {
    expect(built({ rules: null, prerequisites: null })).toMatchObject({ rules: [], prerequisites: [] });
  });

  it.each([
    ['a value that is no number', { variations: [{ value: 'x' }] }, { returnType: 'number' }],
    ['a number beyond all', { variations: [{ value: '1e999' }] }, { returnType: 'number' }],
    ['a list for a JSON value', { variations: [{ value: '[]' }] }, { returnType: 'json' }],
    ['no JSON', { variations: [{ value: '{' }] }, { returnType: 'json' }],
    ['an unknown type', {}, { returnType: 'toString' }],
    ['no variations', { variations: undefined }, {}],
    ['a serve out of range', { defaultServe: { select: 2 } }, {}],
    ['a negative serve', { disabledServe: { select: -1 } }, {}],
    ['no disabled serve', { disabledServe: {} }, {}],
    ['a broken weight', { defaultServe: { split: [0.5, 9999.5] } }, {}],
    ['a rule without serve', { rules: [{ conditions: [] }] }, {}],
    ['a rule without conditions', { rules: [{ serve: { select: 0 } }] }, {}],
    ['a prerequisite of no type', { prerequisites: [{ key: 'a', value: '1' }] }, {}],
  ])('with %s is left out, and the others are delivered', (_what, content, more) => {
    expect(omittedBecause(content, more as Partial<SourceToggle>)).not.toBe('');
  });

  it.each([
    { type: 'number', subject: 'n', objects: ['1'] },
    { type: 'number', subject: 'n', predicate: '=', objects: null },
    { type: 'string', subject: 's', predicate: '=', objects: [1] },
    { type: 'bogus', subject: 's', predicate: '=', objects: ['1'] },
    { type: 'datetime', subject: 's', predicate: 'after', objects: ['yesterday'] },
    { type: 'datetime', subject: 's', predicate: 'constructor', objects: ['2022-01-01T00:00:00Z'] },
    { type: 'number', subject: 's', predicate: 'between', leftPredicate: '>', objects: ['1'] },
    null,
  ])('with the condition %j is left out', (condition) => {
    expect(omittedBecause({ rules: [{ conditions: [condition], serve: { select: 0 } }] })).not.toBe('');
  });

  it('and its content may be broken JSON', () => {
    expect(omittedBecause({}, { content: '{' })).not.toBe('');
  });
});

describe('a condition in the document of SDKs', () => {
  it('names segments by their unique ids, and has no subject then', () => {
    expect(
      conditionsOf({ type: 'segment', subject: '', predicate: 'is in', objects: ['vip', 'beta'] }),
    ).toEqual([{ type: 'segment', predicate: 'is in', objects: ['Shop$vip', 'Shop$beta'] }]);
  });

  it('is two for a between', () => {
    const between = {
      predicate: 'between',
      leftPredicate: '>=',
      rightPredicate: '<',
      objects: ['18'],
      rightObjects: ['65'],
    };
    expect(conditionsOf({ type: 'number', subject: 'age', ...between })).toEqual([
      { type: 'number', subject: 'age', predicate: '>=', objects: ['18'] },
      { type: 'number', subject: 'age', predicate: '<', objects: ['65'] },
    ]);
  });

  it('has datetimes in unix seconds, whatever their offset', () => {
    const objects = ['2022-06-27T16:01:30+08:00', '2022-06-27T13:31:30+05:30', '2022-06-27T08:01:30Z'];
    expect(conditionsOf({ type: 'datetime', subject: 'now', predicate: 'after', objects })).toEqual([
      { type: 'datetime', subject: 'now', predicate: 'after', objects: Array(3).fill('1656316890') },
    ]);
  });

  it.each([
    ['after', '>=', ['after', '1656316890'], ['after', '1656316890']],
    ['>', '<=', ['after', '1656316891'], ['before', '1656316891']],
    ['<', 'before', ['before', '1656316890'], ['before', '1656316890']],
  ])('knows only after and before: %s and %s', (leftPredicate, rightPredicate, left, right) => {
    const at = ['2022-06-27T08:01:30Z'];
    const between = { predicate: 'between', leftPredicate, rightPredicate, objects: at, rightObjects: at };
    const sides = conditionsOf({ type: 'datetime', subject: 'now', ...between });
    expect(sides?.map(({ predicate, objects }) => [predicate, ...objects])).toEqual([left, right]);
  });
});

describe('the document of SDKs', () => {
  it('has the segments by unique id, their rules without names', () => {
    const conditions = [
      { type: 'datetime', subject: 'since', predicate: 'before', objects: ['1970-01-01T00:00:01Z'] },
    ];
    const segments = [
      { key: 'vip', version: 2, rules: JSON.stringify([{ name: 'r', conditions }]) },
      { key: 'none', version: 1, rules: '[]' },
      { key: 'bad', version: 1, rules: '[{"conditions":[{}]}]' },
    ];
    const { document, omissions } = build({ segments });
    expect(document.segments).toEqual({
      Shop$vip: {
        uniqueId: 'Shop$vip',
        version: 2,
        rules: [
          { conditions: [{ type: 'datetime', subject: 'since', predicate: 'before', objects: ['1'] }] },
        ],
      },
      Shop$none: { uniqueId: 'Shop$none', version: 1, rules: [] },
    });
    expect(omissions).toMatchObject([{ kind: 'segment', key: 'bad' }]);
  });

  it('has page views and clicks, no custom events', () => {
    const page = { name: 'p', type: 'PAGE_VIEW', matcher: 'EXACT', url: 'https://a.example' } as const;
    const click = { ...page, name: 'c', type: 'CLICK', selector: '#buy' } as const;
    const { document } = build({ events: [page, click, { name: 'checkout', type: 'CUSTOM' }] });
    expect(document.events).toEqual({ p: page, c: click });
  });

  it('says until when SDKs report only while they do', () => {
    expect(build({ debugUntil: 5 }).document.debugUntilTime).toBe(5);
    expect('debugUntilTime' in build({ debugUntil: 0 }).document).toBe(false);
  });

  it('holds a toggle of any key', () => {
    const { document } = build({ toggles: [toggle({ key: '__proto__' })] });
    expect(Object.keys(document.toggles)).toEqual(['__proto__']);
    expect(JSON.stringify(document.toggles)).toContain('{"__proto__":{"key":"__proto__"');
  });
});
