import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Evaluator } from '../evaluation/index.js';
import {
  BETWEEN,
  BETWEEN_SIDES,
  CONDITION_TYPES,
  type ConditionType,
  PREDICATES,
  type TargetingContent,
  TOGGLE_RETURN_TYPES,
  type ToggleReturnType,
  validateTargeting,
} from '../targeting-rules/index.js';
import { RepositoryBuilder } from './repository-builder.js';
import type { SdkCondition, SdkServe } from './repository-document.js';

const text = fc.string({ unit: 'grapheme', maxLength: 6 }).map((tail) => `t${tail}`);
const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
const datetime = fc
  .date({ min: new Date('1970-01-01T12:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}+05:30`);

const objectOf: Record<ConditionType, fc.Arbitrary<string>> = {
  string: text,
  number: decimal,
  datetime,
  semver: fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => parts.join('.')),
  segment: text,
};
const valueOf: Record<ToggleReturnType, fc.Arbitrary<string>> = {
  boolean: fc.constantFrom('true', 'false'),
  number: decimal,
  string: fc.string(),
  json: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })).map((value) => JSON.stringify(value)),
};

const condition = fc.constantFrom(...CONDITION_TYPES).chain((type) => {
  const objects = fc.array(objectOf[type], { minLength: 1, maxLength: 2 });
  const words: readonly string[] = PREDICATES[type];
  const side = fc.constantFrom(...(type === 'string' || type === 'segment' ? ['='] : BETWEEN_SIDES[type]));
  return fc.record({
    type: fc.constant(type),
    subject: text,
    predicate: fc.constantFrom(...words.filter((word) => !word.includes('regex'))),
    objects,
    leftPredicate: side,
    rightPredicate: side,
    rightObjects: objects,
  });
});

function serve(variations: number): fc.Arbitrary<object> {
  const rest = Array<number>(variations - 1).fill(0);
  return fc.oneof(
    fc.record({ select: fc.nat(variations - 1) }),
    fc
      .nat(10_000)
      .map((first) => ({ split: variations === 1 ? [10_000] : [first, 10_000 - first, ...rest.slice(1)] })),
  );
}

function contentOf(type: ToggleReturnType, variations: number): fc.Arbitrary<TargetingContent> {
  const rule = fc.record(
    { name: text, conditions: fc.array(condition, { minLength: 1, maxLength: 3 }), serve: serve(variations) },
    { requiredKeys: ['conditions', 'serve'] },
  );
  const prerequisite = fc
    .constantFrom(...TOGGLE_RETURN_TYPES)
    .chain((type) => fc.record({ key: text, value: valueOf[type], type: fc.constant(type) }));
  return fc.record(
    {
      rules: fc.option(fc.array(rule, { maxLength: 3 })),
      disabledServe: serve(variations),
      defaultServe: serve(variations),
      variations: fc.array(fc.record({ value: valueOf[type], name: text }), {
        minLength: variations,
        maxLength: variations,
      }),
      prerequisites: fc.option(
        fc.uniqueArray(prerequisite, { maxLength: 2, selector: ({ key }) => key.toLowerCase() }),
      ),
    },
    { requiredKeys: ['disabledServe', 'defaultServe', 'variations'] },
  ) as unknown as fc.Arbitrary<TargetingContent>;
}

const generated = fc
  .tuple(fc.constantFrom(...TOGGLE_RETURN_TYPES), fc.integer({ min: 1, max: 6 }), fc.boolean(), fc.boolean())
  .chain(([returnType, variations, disabled, unset]) =>
    contentOf(returnType, variations).map((content) => ({
      returnType,
      disabled,
      content: disabled && unset ? { ...content, defaultServe: {} } : content,
    })),
  );

/** The Rust server's parser, as far as it is known: what it needs, and of which types. */
function parseStrictly(toggle: Record<string, unknown>): void {
  expect(Object.keys(toggle).toSorted()).toEqual([
    'defaultServe',
    'disabledServe',
    'enabled',
    'forClient',
    'key',
    'lastModified',
    'prerequisites',
    'rules',
    'trackAccessEvents',
    'variations',
    'version',
  ]);
  for (const flag of ['enabled', 'forClient', 'trackAccessEvents'])
    expect(typeof toggle[flag]).toBe('boolean');
  for (const count of ['lastModified', 'version']) expect(Number.isSafeInteger(toggle[count])).toBe(true);
  parseServe(toggle['disabledServe'] as SdkServe);
  parseServe(toggle['defaultServe'] as SdkServe);
  for (const rule of toggle['rules'] as { serve: SdkServe; conditions: SdkCondition[] }[]) {
    expect(Object.keys(rule).toSorted()).toEqual(['conditions', 'serve']);
    parseServe(rule.serve);
    rule.conditions.forEach(parseCondition);
  }
}

function parseServe(serve: SdkServe): void {
  expect(Object.keys(serve)).toHaveLength(1);
  if ('select' in serve) {
    expect(Number.isInteger(serve.select)).toBe(true);
    return;
  }
  const ranges = serve.split.distribution.flat();
  expect([ranges[0]?.[0], ranges.at(-1)?.[1]]).toEqual([0, 10_000]);
  ranges.slice(1).forEach(([from], index) => expect(from).toBe(ranges[index]?.[1]));
}

function parseCondition({ type, predicate, objects, subject }: SdkCondition): void {
  expect(CONDITION_TYPES).toContain(type);
  expect(PREDICATES[type]).toContain(predicate);
  expect(predicate).not.toBe(BETWEEN);
  expect(objects.length).toBeGreaterThan(0);
  if (type === 'segment') expect(objects.every((id) => id.startsWith('Shop$'))).toBe(true);
  else expect(typeof subject).toBe('string');
  if (type === 'datetime') expect(objects.every((seconds) => /^\d+$/.test(seconds))).toBe(true);
}

describe('the document of SDKs', () => {
  it('has every valid content in it, in a form that a strict parser takes and that can be evaluated', () => {
    fc.assert(
      fc.property(generated, ({ returnType, disabled, content }) => {
        expect(validateTargeting(content, { returnType, disabled, toggleKey: 'the toggle itself' })).toEqual(
          [],
        );
        const source = { key: 'T', returnType, disabled, clientAvailability: true, trackAccessEvents: false };
        const stored = { version: 2, publishedAt: 1, content: JSON.stringify(content) };
        const common = { projectKey: 'Shop', version: 1, debugUntil: 0, segments: [], events: [] };
        const { document, omissions } = new RepositoryBuilder({
          ...common,
          toggles: [{ ...source, ...stored }],
        }).build();
        expect(omissions).toEqual([]);
        const { toggles } = JSON.parse(JSON.stringify(document));
        parseStrictly(toggles.T);
        expect(toggles.T.variations).toHaveLength(content.variations.length);
        const { value } = new Evaluator(document).evaluate('T', { user: { key: 'u', attrs: {} }, now: 0 });
        expect(toggles.T.variations).toContainEqual(value);
      }),
      { numRuns: 400 },
    );
  });

  it('is built from anything, however broken', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (anything) => {
        const rest = { version: 2, publishedAt: 1, disabled: true, trackAccessEvents: false } as const;
        const toggle = { key: 'T', returnType: 'json', clientAvailability: true, ...rest } as const;
        const json = JSON.stringify(anything);
        const { document } = new RepositoryBuilder({
          projectKey: 'Shop',
          version: 1,
          debugUntil: 0,
          toggles: [{ ...toggle, content: json }],
          segments: [{ key: 'S', version: 1, rules: json }],
          events: [],
        }).build();
        expect(document.version).toBe(1);
      }),
      { numRuns: 500 },
    );
  });
});
