import { compileAttributeCondition } from './attribute-conditions.js';
import { REASONS } from './reasons.js';
import type { Condition, Rule, Toggle } from './repository.js';
import type { SegmentTests } from './segments.js';
import { compileServe, type MissingAttribute } from './serves.js';
import { attributeOf, type User } from './user.js';

/** Who is asked about, and when. */
export interface Subject {
  readonly user: User;
  /** Unix seconds. */
  readonly nowSeconds: number;
}

/**
 * The position of the variation that a rule serves; or that it was not hit, with a warning where an attribute was
 * missing.
 */
export type RuleOutcome = { readonly variation: number } | { readonly warning?: string };

/** A rule of a toggle, ready to be asked. Never throws. */
export type ToggleRule = (subject: Subject) => RuleOutcome;

/** Whether a condition holds, or what it would need to say so. */
type ConditionTest = (subject: Subject) => boolean | MissingAttribute;

const NOT_HIT: RuleOutcome = {};

/**
 * Reads a rule of a toggle. It is hit when all its conditions hold and its serve chooses a variation. Conditions after
 * one that lacks its attribute are not looked at: with it the rule is decided, and the warning is its.
 */
export function compileToggleRule(rule: Rule, toggle: Toggle, segments: SegmentTests): ToggleRule {
  const conditions = rule.conditions.map((condition) => compileCondition(condition, segments));
  const serve = compileServe(rule.serve, toggle);
  return (subject) => {
    const { user } = subject;
    for (const condition of conditions) {
      const holds = condition(subject);
      if (holds === false) return NOT_HIT;
      if (holds !== true) return { warning: REASONS.attributeMissing(user.key, holds.attribute) };
    }
    const choice = serve(user);
    if (typeof choice === 'number') return { variation: choice };
    return choice ? { warning: REASONS.bucketAttributeMissing(user.key, choice.attribute) } : NOT_HIT;
  };
}

function compileCondition(condition: Condition, segments: SegmentTests): ConditionTest {
  if (condition.type === 'segment') return compileSegmentCondition(condition, segments);
  const compiled = compileAttributeCondition(condition);
  if (!compiled) return () => false;
  const { attribute, test } = compiled;
  const missing: MissingAttribute = { attribute };
  // A datetime that the user lacks is the present: so rules can start and end at an instant.
  const absent: ConditionTest =
    condition.type === 'datetime' ? ({ nowSeconds }) => test(String(nowSeconds)) : () => missing;
  return (subject) => {
    const text = attributeOf(subject.user, attribute);
    return text === undefined ? absent(subject) : test(text);
  };
}

function compileSegmentCondition({ predicate, objects }: Condition, segments: SegmentTests): ConditionTest {
  if (predicate !== 'is in' && predicate !== 'is not in') return () => false;
  const wanted = predicate === 'is in';
  const tests = objects.map((uniqueId) => segments.get(uniqueId));
  return ({ user }) => tests.some((test) => test(user)) === wanted;
}
