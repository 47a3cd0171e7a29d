import { checkConditions, type RuleOwner } from './check-conditions.js';
import type { Place } from './place.js';
import { checkOptionalText, isAbsent, readList, readObject } from './shapes.js';

/** Checks what the rules of toggles and segments have in common; `more` checks the rest of each. Null rules count as none. */
export function checkRules(
  value: unknown,
  owner: RuleOwner,
  place: Place,
  more?: (rule: Record<string, unknown>, place: Place) => void,
): void {
  if (isAbsent(value)) return;
  readList(value, place)?.forEach((entry, index) => {
    const rule = readObject(entry, place.at(index));
    if (rule === undefined) return;
    const rulePlace = place.at(index).inRule(rule.name);
    checkOptionalText(rule.name, rulePlace.at('name'));
    checkConditions(rule.conditions, owner, rulePlace.at('conditions'));
    more?.(rule, rulePlace);
  });
}
