import { compileRegex, type RegexTest } from './regex/index.js';
import { NEVER, type TextTest } from './text-test.js';

type Compiler = (objects: readonly string[]) => TextTest;

const isOneOf: Compiler = (objects) => {
  const wanted = new Set(objects);
  return (text) => wanted.has(text);
};
const startsWith: Compiler = (objects) => (text) => objects.some((object) => text.startsWith(object));
const endsWith: Compiler = (objects) => (text) => objects.some((object) => text.endsWith(object));
const contains: Compiler = (objects) => (text) => objects.some((object) => text.includes(object));

const COMPILERS: Readonly<Record<string, Compiler>> = {
  'is one of': isOneOf,
  'is not any of': not(isOneOf),
  'starts with': startsWith,
  'does not start with': not(startsWith),
  'ends with': endsWith,
  'does not end with': not(endsWith),
  contains,
  'does not contain': not(contains),
  'matches regex': (objects) => compileRegexTest(objects, true),
  'does not match regex': (objects) => compileRegexTest(objects, false),
};

/**
 * The test of a condition of type `string`: exact, case and blanks included. An empty attribute is a text like any other.
 */
export function compileStringTest(predicate: string, objects: readonly string[]): TextTest {
  const compiler = Object.hasOwn(COMPILERS, predicate) ? COMPILERS[predicate] : undefined;
  return compiler?.(objects) ?? NEVER;
}

function not(compiler: Compiler): Compiler {
  return (objects) => {
    const test = compiler(objects);
    return (text) => !test(text);
  };
}

/** A pattern that can't be used, or a search that would take too long, makes the condition false, negated or not. */
function compileRegexTest(objects: readonly string[], wanted: boolean): TextTest {
  const patterns = objects.map(compileRegex);
  const usable = patterns.filter((pattern): pattern is RegexTest => pattern !== undefined);
  if (usable.length < patterns.length) return NEVER;
  return (text) => {
    for (const pattern of usable) {
      const found = pattern(text);
      if (found === undefined) return false;
      if (found) return wanted;
    }
    return !wanted;
  };
}
