import { checkPrerequisites } from './check-prerequisites.js';
import { checkRules } from './check-rules.js';
import { checkDefaultServe, checkServe } from './check-serve.js';
import { checkSize } from './check-size.js';
import { checkVariations } from './check-variations.js';
import { Place } from './place.js';
import type { Problem } from './problem.js';
import { readObject } from './shapes.js';
import type { ToggleReturnType } from './targeting-content.js';

/** What must be known of a toggle to judge its targeting. */
export interface TargetingContext {
  returnType: ToggleReturnType;
  /** Left out: not checked that the toggle isn't a prerequisite of itself. */
  toggleKey?: string;
  /** Whether the toggle is disabled once the content is in force. An enabled one needs a default serve. */
  disabled: boolean;
}

/**
 * Checks the whole content of a toggle's targeting, after missing members were taken from what is stored. No problems: it is a
 * `TargetingContent` that every SDK can evaluate. Never throws, whatever JSON it gets; finds at most `MAX_PROBLEMS`. FeatureProbe
 * checked little of this (contract, section 4.5); one malformed toggle there breaks the environment for all SDKs.
 *
 * Left to the caller, as it needs other data: that segments and prerequisites exist, prerequisite cycles and depth.
 */
export function validateTargeting(content: unknown, context: TargetingContext): Problem[] {
  const found: Problem[] = [];
  const place = Place.root('content', found);
  const targeting = readObject(content, place);
  if (targeting === undefined || !checkSize(targeting, place)) return found;
  const count = checkVariations(targeting.variations, context.returnType, place.at('variations'));
  checkServe(targeting.disabledServe, count, place.at('disabledServe'));
  checkDefaultServe(targeting.defaultServe, context.disabled, count, place.at('defaultServe'));
  checkRules(targeting.rules, 'toggle', place.at('rules'), (rule, rulePlace) =>
    checkServe(rule.serve, count, rulePlace.at('serve')),
  );
  checkPrerequisites(targeting.prerequisites, context.toggleKey, place.at('prerequisites'));
  return found;
}
