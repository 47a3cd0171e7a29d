import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { search } from './bounded-search.js';
import { compileRegex } from './compile-regex.js';
import { parsePattern } from './parse-pattern.js';
import { UnsupportedPattern } from './pattern.js';
import { compileProgram } from './program.js';

const RUNS = 3_000;

/** Few letters, so that texts match often. */
const letter = fc.constantFrom('a', 'b', 'c', '-', ' ', '\n');
const text = fc.string({ unit: letter, maxLength: 8 });

const unit = fc.constantFrom(
  'a',
  'b',
  'c',
  '-',
  '.',
  '\\w',
  '\\W',
  '\\s',
  '\\D',
  '\\n',
  '\\x61',
  '\\u0062',
  '\\142',
  '\\-',
  '[^]',
);
const classed = fc
  .array(fc.constantFrom('a', 'b', 'a-c', '\\w', '\\s', '-', '\\b', '\\n-\\x20', '\\D-'), { maxLength: 3 })
  .chain((parts) => fc.constantFrom('[', '[^').map((open) => `${open}${parts.join('')}]`));
const place = fc.constantFrom('^', '$', '\\b', '\\B');
const quantifier = fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{1,3}', '{0,2}?', '{2,}');

const { pattern } = fc.letrec<{ pattern: string; sequence: string; term: string; group: string }>((tie) => ({
  pattern: fc.oneof(
    { weight: 3, arbitrary: tie('sequence') },
    fc.tuple(tie('sequence'), tie('sequence')).map((options) => options.join('|')),
  ),
  sequence: fc.array(tie('term'), { maxLength: 4 }).map((terms) => terms.join('')),
  term: fc.oneof(
    { depthSize: 'small' },
    unit,
    classed,
    place,
    fc.tuple(fc.oneof(unit, classed), quantifier).map((parts) => parts.join('')),
    tie('group'),
    fc
      .tuple(tie('group'), quantifier)
      .map(([group, sign]) => (group.startsWith('(?<') ? group : group + sign)),
  ),
  group: fc
    .tuple(fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=', '(?<!'), tie('pattern'))
    .map(([open, inner]) => `${open}${inner})`),
}));

function isFound(source: string, subject: string): boolean | undefined {
  return search(compileProgram(parsePattern(source)), subject);
}

function nativeRegex(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

describe('the bounded search', () => {
  it("finds what JavaScript's own engine finds", () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 4 }), (source, subjects) => {
        const regex = nativeRegex(source);
        fc.pre(regex !== undefined);
        for (const subject of subjects) expect(isFound(source, subject)).toBe(regex.test(subject));
      }),
      { numRuns: RUNS },
    );
  });

  it('reads every source as JavaScript does, or says that it does not', () => {
    const char = fc.constantFrom(...'abck01238xu{},*+?()[]|^$\\-<>=!:.dDwWB_é\u2028');
    fc.assert(
      fc.property(fc.string({ unit: char, maxLength: 10 }), text, (source, subject) => {
        const regex = nativeRegex(source);
        const test = compileRegex(source);
        if (!regex || !test) {
          if (regex) expect(() => compileProgram(parsePattern(source))).toThrow(UnsupportedPattern);
          else expect(test).toBeUndefined();
          return;
        }
        for (const tried of [subject, source, 'a1\u0001\\c{}']) {
          expect(isFound(source, tried)).toBe(regex.test(tried));
          expect(test(tried)).toBe(regex.test(tried));
        }
      }),
      { numRuns: RUNS },
    );
  });
});
