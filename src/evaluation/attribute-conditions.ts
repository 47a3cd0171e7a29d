import { compileDatetimeTest, compileNumberTest, compileSemverTest } from './ordered-tests.js';
import type { Condition } from './repository.js';
import { compileStringTest } from './string-tests.js';
import type { TextTest } from './text-test.js';

/** A condition on one of the user's attributes. What a missing one means differs between toggles and segments. */
export interface AttributeCondition {
  readonly attribute: string;
  /** Whether it holds for the attribute's text. */
  readonly test: TextTest;
}

const COMPILERS: Readonly<Record<string, (predicate: string, objects: readonly string[]) => TextTest>> = {
  string: compileStringTest,
  number: compileNumberTest,
  datetime: compileDatetimeTest,
  semver: compileSemverTest,
};

/**
 * Reads a condition's objects once and for all: numbers, versions, instants, regexes. Undefined for type `segment` and
 * for types that don't exist.
 */
export function compileAttributeCondition(condition: Condition): AttributeCondition | undefined {
  const { type, subject, predicate, objects } = condition;
  const compile = Object.hasOwn(COMPILERS, type) ? COMPILERS[type] : undefined;
  return compile && { attribute: subject ?? '', test: compile(predicate, objects) };
}
