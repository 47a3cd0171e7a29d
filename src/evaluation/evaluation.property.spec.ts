import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Evaluator } from './evaluator.js';
import type { Condition, Repository, Rule, SegmentRule, Serve, Toggle } from './repository.js';
import { compileSegment } from './segments.js';
import type { User } from './user.js';

const NOW = 1_000_000;

/**
 * The contract again, as literally as possible and nothing compiled: texts are parsed at each question. It knows no
 * regexes (their own property is beside them) and no prerequisites.
 */
const literal = {
  condition({ type, subject, predicate, objects }: Condition, text: string): boolean {
    const any = (holds: (object: string) => boolean): boolean => objects.some(holds);
    const number = (value: string): number => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN);
    const core = (version: string): number => {
      const parts = /^(\d)\.(\d)\.(\d)(-a)?$/.exec(version);
      return parts ? Number(parts[1]! + parts[2]! + parts[3]!) - (parts[4] ? 0.5 : 0) : Number.NaN;
    };
    const ordered = (valueOf: (value: string) => number): boolean => {
      const value = valueOf(text);
      if ([value, ...objects.map(valueOf)].some(Number.isNaN)) return false;
      switch (predicate) {
        case '=':
          return any((object) => value === valueOf(object));
        case '!=':
          return !any((object) => value === valueOf(object));
        case '>':
          return any((object) => value > valueOf(object));
        case '>=':
        case 'after':
          return any((object) => value >= valueOf(object));
        case '<':
        case 'before':
          return any((object) => value < valueOf(object));
        default:
          return predicate === '<=' && any((object) => value <= valueOf(object));
      }
    };
    const isDatetime = predicate === 'after' || predicate === 'before';
    if (type === 'number') return !isDatetime && ordered(number);
    if (type === 'datetime') return isDatetime && ordered(number);
    if (type === 'semver') return !isDatetime && ordered(core);
    switch (predicate) {
      case 'is one of':
        return any((object) => object === text);
      case 'is not any of':
        return !any((object) => object === text);
      case 'starts with':
        return any((object) => text.indexOf(object) === 0);
      case 'does not contain':
        return !any((object) => text.indexOf(object) >= 0);
      default:
        return subject === 'never';
    }
  },

  isInSegment(rules: readonly SegmentRule[], { attrs }: User): boolean {
    return rules.some(({ conditions }) =>
      conditions.every(
        (one) =>
          one.type !== 'segment' &&
          attrs[one.subject!] !== undefined &&
          this.condition(one, attrs[one.subject!]!),
      ),
    );
  },

  serve({ select, split }: Serve, { key }: User, toggleKey: string): number {
    if (typeof select === 'number') return select;
    const digest = createHash('sha1').update(key).update(toggleKey).digest();
    const bucket = digest.readUInt32BE(16) % 10_000;
    return split!.distribution.findIndex(([range]) => range![0] <= bucket && bucket < range![1]);
  },

  /** The rule that decides and the variation served, and the attribute that the last rule lacked. */
  toggle(toggle: Toggle, { segments }: Repository, user: User): unknown[] {
    let missing: string | null | undefined;
    for (const [index, { conditions, serve }] of toggle.rules!.entries()) {
      missing = undefined;
      const holds = conditions.every((one) => {
        if (missing !== undefined) return false;
        if (one.type === 'segment') {
          const isIn = one.objects.some((id) => this.isInSegment(segments[id]?.rules ?? [], user));
          return one.predicate === 'is in' ? isIn : one.predicate === 'is not in' && !isIn;
        }
        const text = user.attrs[one.subject!];
        if (text === undefined && one.type === 'datetime') return this.condition(one, String(NOW / 1000));
        if (text === undefined) missing = one.subject;
        return text !== undefined && this.condition(one, text);
      });
      if (holds) return [index, this.serve(serve, user, toggle.key), `rule ${index}`];
    }
    const reason = missing === undefined ? 'default.' : `does not have attribute name '${missing}'`;
    return [null, this.serve(toggle.defaultServe, user, toggle.key), reason];
  },
};

/** Few words, so that things often match; some of them make no sense. */
const OBJECTS = {
  string: ['a', 'ab', 'b', ''],
  number: ['1', '1.0', '2', '-1', 'x'],
  datetime: ['1000', '999', '1001', '5', 'x'],
  semver: ['1.0.0', '1.0.0-a', '1.2.0', '2.0.0', '1.0'],
  segment: ['S', 'R', 'none'],
} as const;
const PREDICATES = {
  string: ['is one of', 'is not any of', 'starts with', 'does not contain', 'equals'],
  number: ['=', '!=', '>', '>=', '<', '<=', 'after'],
  datetime: ['after', 'before', '<'],
  semver: ['=', '!=', '>', '>=', '<', '<=', 'before'],
  segment: ['is in', 'is not in', '='],
} as const;
const SUBJECTS = ['p', 'q', 'r'];

const condition: fc.Arbitrary<Condition> = fc
  .constantFrom('string', 'number', 'datetime', 'semver', 'segment' as const)
  .chain((type) =>
    fc.record({
      type: fc.constant(type),
      subject: fc.constantFrom(...SUBJECTS),
      predicate: fc.constantFrom<string>(...PREDICATES[type]),
      objects: fc.array(fc.constantFrom<string>(...OBJECTS[type]), { maxLength: 3 }),
    }),
  );
const conditions = fc.array(condition, { maxLength: 3 });
const segmentRules: fc.Arbitrary<SegmentRule[]> = fc.array(fc.record({ conditions }), { maxLength: 3 });
const serve: fc.Arbitrary<Serve> = fc.oneof(
  fc.record({ select: fc.nat(2) }),
  fc.nat(10_000).map((cut) => ({ split: { distribution: [[[0, cut]], [[cut, 10_000]]] } }) as Serve),
);
const rules: fc.Arbitrary<Rule[]> = fc.array(fc.record({ conditions, serve }), { maxLength: 4 });
const user: fc.Arbitrary<User> = fc.record({
  key: fc.string({ unit: 'binary', maxLength: 5 }),
  attrs: fc.dictionary(fc.constantFrom(...SUBJECTS), fc.constantFrom(...Object.values(OBJECTS).flat())),
});

describe('what is compiled', () => {
  it('agrees with the contract read literally, for segments', () => {
    fc.assert(
      fc.property(segmentRules, fc.array(user, { minLength: 1, maxLength: 5 }), (some, users) => {
        const test = compileSegment(some);
        for (const one of users) expect(test(one)).toBe(literal.isInSegment(some, one));
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the contract read literally, for toggles', () => {
    const world = fc.record({ rules, defaultServe: serve, s: segmentRules, r: segmentRules });
    fc.assert(
      fc.property(world, fc.array(user, { minLength: 1, maxLength: 5 }), (parts, users) => {
        const toggle: Toggle = {
          key: 'T',
          enabled: true,
          disabledServe: { select: 0 },
          defaultServe: parts.defaultServe,
          rules: parts.rules,
          variations: ['x', 'y', 'z'],
        };
        const segments = {
          S: { uniqueId: 'S', rules: parts.s },
          R: { uniqueId: 'R', rules: parts.r },
        };
        const repository: Repository = { toggles: { T: toggle }, segments };
        const evaluator = new Evaluator(repository);
        for (const one of users) {
          const result = evaluator.evaluate('T', { user: one, now: NOW });
          const [ruleIndex, variationIndex, reason] = literal.toggle(toggle, repository, one);
          expect(result).toMatchObject({ ruleIndex, variationIndex });
          expect(result.reason).toContain(reason);
          expect(result.value).toBe(toggle.variations[variationIndex as number]);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('nothing', () => {
  it('throws, whatever the texts and numbers are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', 'matches regex', 'T'),
    );
    const wild = fc.record({
      type: fc.oneof(text, fc.constantFrom(...Object.keys(OBJECTS))),
      subject: fc.option(text),
      predicate: fc.oneof(
        text,
        fc.constantFrom<string>(...Object.values(PREDICATES).flat(), 'matches regex'),
      ),
      objects: fc.array(text, { maxLength: 3 }),
    });
    const few = { maxLength: 3 };
    const range = fc.tuple(fc.double(), fc.double());
    const split = fc.record({
      distribution: fc.array(fc.array(range, { maxLength: 2 }), { maxLength: 3 }),
      bucketBy: fc.option(text),
      salt: fc.option(text),
    });
    const wildServe = fc.record({ select: fc.option(fc.double()), split: fc.option(split) });
    const value = fc.oneof(
      fc.boolean(),
      fc.double(),
      text,
      fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
    );
    const wildToggle = fc.record({
      key: text,
      enabled: fc.option(fc.boolean()),
      forClient: fc.constant(true),
      disabledServe: wildServe,
      defaultServe: wildServe,
      rules: fc.option(fc.array(fc.record({ conditions: fc.array(wild, few), serve: wildServe }), few)),
      variations: fc.array(value, few),
      prerequisites: fc.option(fc.array(fc.record({ key: text, value }), few)),
    });
    const repository = fc.record({
      toggles: fc.dictionary(text, wildToggle, { maxKeys: 3 }),
      segments: fc.dictionary(
        text,
        fc.record({ uniqueId: text, rules: fc.array(fc.record({ conditions: fc.array(wild, few) }), few) }),
      ),
    });
    const anyone = fc.record({ key: text, attrs: fc.dictionary(text, text) });
    fc.assert(
      fc.property(repository, anyone, fc.double(), text, (one, who, now, key) => {
        const evaluator = new Evaluator(one);
        evaluator.evaluate(key, { user: who, now });
        const results = evaluator.evaluateForClient({ user: who, now });
        expect(Object.keys(results)).toEqual(Object.keys(one.toggles));
        for (const { rules: some } of Object.values(one.segments)) compileSegment(some)(who);
      }),
      { numRuns: 300 },
    );
  });
});
