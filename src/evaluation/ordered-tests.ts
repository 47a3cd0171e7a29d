import { parseDecimal } from '../targeting-rules/index.js';
import { compareSemvers, parseSemver, type Semver } from './semver.js';
import { NEVER, type TextTest } from './text-test.js';

/** How texts of a type are read and ordered, and which order each predicate asks for. */
interface OrderedType<T> {
  /** Undefined for a text that is no value of the type. */
  parse(text: string): T | undefined;
  /** Negative when `a` is lower, positive when it is higher, 0 when they are equal. */
  compare(a: T, b: T): number;
  readonly predicates: Readonly<Record<string, (order: number) => boolean>>;
}

const NOT_EQUAL = '!=';

const COMPARISONS: OrderedType<unknown>['predicates'] = {
  '=': (order) => order === 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  // Holds when none is equal, where all others hold when one is right.
  [NOT_EQUAL]: (order) => order === 0,
};

const NUMBER: OrderedType<number> = {
  parse: parseDecimal,
  compare: (a, b) => a - b,
  predicates: COMPARISONS,
};

const SEMVER: OrderedType<Semver> = {
  parse: parseSemver,
  compare: compareSemvers,
  predicates: COMPARISONS,
};

/** Instants are unix seconds: a decimal number, of the user and in published rules. */
const DATETIME: OrderedType<number> = {
  ...NUMBER,
  predicates: { after: (order) => order >= 0, before: (order) => order < 0 },
};

/** The test of a condition of type `number`. */
export const compileNumberTest = compilerOf(NUMBER);
/** The test of a condition of type `semver`. */
export const compileSemverTest = compilerOf(SEMVER);
/** The test of a condition of type `datetime`; what holds where the attribute is missing is for the caller to say. */
export const compileDatetimeTest = compilerOf(DATETIME);

/**
 * Objects are read once. One that is no value of the type makes the condition false, rather than silently narrower or
 * wider than its author meant. So does an attribute that is none, for `!=` too.
 */
function compilerOf<T>(type: OrderedType<T>): (predicate: string, objects: readonly string[]) => TextTest {
  return (predicate, objects) => {
    const accepts = Object.hasOwn(type.predicates, predicate) ? type.predicates[predicate] : undefined;
    const wanted = parseAll(objects, type);
    if (!accepts || !wanted) return NEVER;
    const negated = predicate === NOT_EQUAL;
    return (text) => {
      const value = type.parse(text);
      if (value === undefined) return false;
      return wanted.some((object) => accepts(type.compare(value, object))) !== negated;
    };
  };
}

function parseAll<T>(texts: readonly string[], type: OrderedType<T>): T[] | undefined {
  const values: T[] = [];
  for (const text of texts) {
    const value = type.parse(text);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
