import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PROBLEMS, type Problem, problemText } from './problem.js';
import {
  BETWEEN,
  BETWEEN_SIDES,
  CONDITION_TYPES,
  PREDICATES,
  TOGGLE_RETURN_TYPES,
  type ConditionType,
  type TargetingContent,
  type ToggleReturnType,
} from './targeting-content.js';
import { validateSegmentRules } from './validate-segment-rules.js';
import { type TargetingContext, validateTargeting } from './validate-targeting.js';

const text = fc.string({ unit: 'binary', maxLength: 8 }).map((tail) => `t${tail}`);
const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
const version = fc
  .tuple(fc.nat(), fc.nat(), fc.nat(), fc.constantFrom('', '-rc.1', '+b.7'))
  .map(([major, minor, patch, tail]) => `${major}.${minor}.${patch}${tail}`);
const datetime = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.constantFrom('Z', '+05:30', '-12:00', '+14:00'),
  )
  .map(([date, offset]) => date.toISOString().slice(0, 19) + offset);

const objectOf: Record<ConditionType, fc.Arbitrary<string>> = {
  string: text,
  number: decimal,
  datetime,
  semver: version,
  segment: text,
};
const valueOf: Record<ToggleReturnType, fc.Arbitrary<string>> = {
  boolean: fc.constantFrom('true', 'false'),
  number: decimal,
  string: fc.string({ unit: 'binary' }),
  json: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value)),
};

function conditionOf(type: ConditionType): fc.Arbitrary<object> {
  const objects = fc.array(objectOf[type], { minLength: 1, maxLength: 3 });
  if (type === 'segment')
    return fc.record({ type: fc.constant(type), predicate: fc.constantFrom(...PREDICATES[type]), objects });
  const simple = fc.record({
    type: fc.constant(type),
    subject: text,
    predicate: fc.constantFrom(
      ...PREDICATES[type].filter((word) => word !== BETWEEN && !word.includes('regex')),
    ),
    objects,
  });
  if (type === 'string') return simple;
  const side = fc.constantFrom(...BETWEEN_SIDES[type]);
  const between = fc.record({
    type: fc.constant(type),
    subject: text,
    predicate: fc.constant(BETWEEN),
    leftPredicate: side,
    objects,
    rightPredicate: side,
    rightObjects: objects,
  });
  return fc.oneof(simple, between);
}

function serveOf(variations: number): fc.Arbitrary<object> {
  const cuts = fc.array(fc.integer({ min: 0, max: 10_000 }), {
    minLength: variations - 1,
    maxLength: variations - 1,
  });
  const split = cuts.map((unsorted) => {
    const bounds = [0, ...unsorted.toSorted((a, b) => a - b), 10_000];
    return { split: bounds.slice(1).map((bound, index) => bound - (bounds[index] ?? 0)) };
  });
  return fc.oneof(fc.record({ select: fc.nat(variations - 1) }), split);
}

function contentOf(returnType: ToggleReturnType, variations: number): fc.Arbitrary<object> {
  const condition = fc.constantFrom(...CONDITION_TYPES).chain(conditionOf);
  const rule = fc.record(
    {
      name: text,
      conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
      serve: serveOf(variations),
    },
    { requiredKeys: ['conditions', 'serve'] },
  );
  const prerequisite = fc
    .constantFrom(...TOGGLE_RETURN_TYPES)
    .chain((type) => fc.record({ key: text, value: valueOf[type], type: fc.constant(type) }));
  const variation = fc.record({
    value: valueOf[returnType],
    name: text,
    extra: fc.jsonValue({ maxDepth: 2 }),
  });
  return fc.record(
    {
      rules: fc.array(rule, { maxLength: 3 }),
      disabledServe: serveOf(variations),
      defaultServe: serveOf(variations),
      variations: fc.array(variation, { minLength: variations, maxLength: variations }),
      prerequisites: fc.uniqueArray(prerequisite, { maxLength: 3, selector: ({ key }) => key.toLowerCase() }),
    },
    { requiredKeys: ['disabledServe', 'defaultServe', 'variations'] },
  );
}

interface Case {
  content: TargetingContent;
  context: TargetingContext;
}

const valid: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(...TOGGLE_RETURN_TYPES), fc.integer({ min: 1, max: 20 }))
  .chain(([returnType, variations]) =>
    contentOf(returnType, variations).map((content) => ({
      content: content as TargetingContent,
      context: { returnType, toggleKey: 'the toggle itself', disabled: false },
    })),
  );

/** Every member of the content that the contract knows, and values that can't stand there. `[]` in a path: any position. */
const CORRUPTIONS: Record<string, unknown[]> = {
  rules: [{}, 'x', 0],
  'rules[]': [null, [], 'x'],
  'rules[].name': [5, {}],
  'rules[].conditions': [null, [], {}, 'x'],
  'rules[].conditions[]': [null, [], 7],
  'rules[].conditions[].type': [null, 'bogus', 5, 'toString'],
  'rules[].conditions[].subject': [5, [], {}],
  'rules[].conditions[].predicate': [null, 'bogus', '==', 5],
  'rules[].conditions[].objects': [null, [], {}, 'x'],
  'rules[].conditions[].objects[]': [null, '', ' \n', 5, {}],
  'rules[].conditions[].leftPredicate': [null, '=', 5],
  'rules[].conditions[].rightPredicate': [null, 'between', {}],
  'rules[].conditions[].rightObjects': [null, [], 'x'],
  'rules[].conditions[].rightObjects[]': [null, '', 'x', 5],
  'rules[].serve': [null, {}, [], { select: 0, split: [10_000] }, { select: null }],
  'rules[].serve.select': [-1, 20, 0.5, '0', {}],
  'rules[].serve.split': [[], {}, 'x', Array.from({ length: 21 }, () => 0)],
  'rules[].serve.split[]': [-1, 10_001, 0.5, '1', null],
  disabledServe: [null, {}, [], 0],
  defaultServe: [null, {}, [], 0],
  variations: [null, [], {}, 'x'],
  'variations[]': [null, [], 'x'],
  'variations[].value': [null, 5, {}, true],
  'variations[].name': [5, []],
  prerequisites: [{}, 'x', 0],
  'prerequisites[]': [null, [], 'x'],
  'prerequisites[].key': [null, '', ' ', 5, 'THE toggle itself'],
  'prerequisites[].value': [null, 5, {}],
  'prerequisites[].type': [null, 'bogus', 'toString'],
};

interface Spot {
  path: string;
  replace(value: unknown): void;
  bad: unknown[];
}

/** The places in the content that can be corrupted. */
function spotsIn(node: unknown, path = '', kind = ''): Spot[] {
  if (typeof node !== 'object' || node === null) return [];
  const holder = node as Record<string, unknown>;
  return Object.keys(holder).flatMap((step) => {
    const list = Array.isArray(node);
    const below = list ? `${path}[${step}]` : [path, step].filter(Boolean).join('.');
    const kindBelow = list ? `${kind}[]` : [kind, step].filter(Boolean).join('.');
    const bad = CORRUPTIONS[kindBelow];
    const here =
      bad === undefined
        ? []
        : [{ path: below, replace: (value: unknown) => void (holder[step] = value), bad }];
    return [...here, ...spotsIn(holder[step], below, kindBelow)];
  });
}

/** JSON in the shape of targeting content, with anything anywhere. */
const almost = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom(...CONDITION_TYPES, BETWEEN, '=', 'matches regex', '(', '\ud800', '\u0000', 0, 10_000),
    ),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...new Set(Object.keys(CORRUPTIONS).flatMap((path) => path.split(/\[\]\.?|\./).filter(Boolean))),
        '__proto__',
      ),
      tie('node'),
      { maxKeys: 8 },
    ),
  ),
})).node;

function checkSane(problems: Problem[]): void {
  expect(problems.length).toBeLessThanOrEqual(MAX_PROBLEMS);
  for (const problem of problems) expect(problemText(problem).en).not.toBe('');
}

describe('validation', () => {
  it('never throws on any JSON', () => {
    const anyContext = fc.record({
      returnType: fc.constantFrom(...TOGGLE_RETURN_TYPES),
      disabled: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), almost), anyContext, (value, context) => {
        checkSane(validateTargeting(value, context));
        checkSane(validateSegmentRules(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds nothing wrong with valid content, and leaves it as it is', () => {
    fc.assert(
      fc.property(valid, ({ content, context }) => {
        const before = structuredClone(content);
        expect(validateTargeting(content, context)).toEqual([]);
        expect(content).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it('points at the one place that is corrupted', () => {
    fc.assert(
      fc.property(valid, fc.nat(), fc.nat(), ({ content, context }, which, how) => {
        const corrupted = structuredClone(content);
        const spots = spotsIn(corrupted);
        const spot = spots[which % spots.length];
        if (spot === undefined) throw new Error('valid content always has places');
        spot.replace(spot.bad[how % spot.bad.length]);
        const fields = validateTargeting(corrupted, context).map(({ field }) => field);
        expect(fields.some((field) => field.startsWith(`content.${spot.path}`))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
