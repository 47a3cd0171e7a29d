import { compileAttributeCondition } from './attribute-conditions.js';
import type { Condition, Repository, SegmentRule } from './repository.js';
import { attributeOf, type User } from './user.js';

/** Whether a user is in a segment. Never throws. */
export type SegmentTest = (user: User) => boolean;

const NOBODY: SegmentTest = () => false;

/**
 * Reads the rules of a segment once, for asking about many users: numbers, instants, versions and regular expressions
 * in them are parsed here, and not again for each user. A user is in the segment when any of its rules holds, and a rule holds when all its conditions do;
 * a segment without rules has nobody in it, a rule without conditions everybody. A condition on an attribute that the
 * user lacks doesn't hold, whatever its predicate and type (evaluation, section 5). Nor does one on other segments:
 * segments don't nest (admin API contract, section 4.1).
 */
export function compileSegment(rules: readonly SegmentRule[]): SegmentTest {
  const tests = rules.map(({ conditions }) => allOf(conditions.map(compileCondition)));
  const [only] = tests;
  if (only === undefined) return NOBODY;
  return tests.length === 1 ? only : (user) => tests.some((test) => test(user));
}

/** Whether a user is in the segment of these rules. To ask about many users, compile it. */
export function isUserInSegment(user: User, rules: readonly SegmentRule[]): boolean {
  return compileSegment(rules)(user);
}

/** The segments of a repository, each compiled when it is first asked about. One that is not there contains nobody. */
export class SegmentTests {
  readonly #compiled = new Map<string, SegmentTest>();

  constructor(private readonly segments: Repository['segments']) {}

  get(uniqueId: string): SegmentTest {
    const known = this.#compiled.get(uniqueId);
    if (known) return known;
    const segment = Object.hasOwn(this.segments, uniqueId) ? this.segments[uniqueId] : undefined;
    const test = segment ? compileSegment(segment.rules) : NOBODY;
    this.#compiled.set(uniqueId, test);
    return test;
  }
}

function compileCondition(condition: Condition): SegmentTest {
  const compiled = compileAttributeCondition(condition);
  if (!compiled) return NOBODY;
  const { attribute, test } = compiled;
  return (user) => {
    const text = attributeOf(user, attribute);
    return text !== undefined && test(text);
  };
}

function allOf(tests: readonly SegmentTest[]): SegmentTest {
  const [only] = tests;
  return only && tests.length === 1 ? only : (user) => tests.every((test) => test(user));
}
