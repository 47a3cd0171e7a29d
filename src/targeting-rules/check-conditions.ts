import { isDatetime, isDecimal, isRegex, isSemver } from './formats.js';
import { type Place, quote } from './place.js';
import type { ProblemKey } from './problem.js';
import {
  checkOptionalText,
  readFilledList,
  readFilledText,
  readObject,
  readOneOf,
  readText,
} from './shapes.js';
import {
  BETWEEN,
  BETWEEN_SIDES,
  CONDITION_TYPES,
  type ConditionType,
  PREDICATES,
} from './targeting-content.js';

/** Whose rules are checked: those of a segment may not refer to segments (contract, section 4.1). */
export type RuleOwner = 'toggle' | 'segment';

interface ObjectFormat {
  accepts(text: string): boolean;
  problem: ProblemKey;
}

const NUMBER: ObjectFormat = { accepts: isDecimal, problem: 'number_format' };
const DATETIME: ObjectFormat = { accepts: isDatetime, problem: 'datetime_format' };
const SEMVER: ObjectFormat = { accepts: isSemver, problem: 'version_format' };
const REGEX: ObjectFormat = { accepts: isRegex, problem: 'regex_format' };

/** Checks the conditions of one rule. There must be one: a rule without conditions would hold for everybody. */
export function checkConditions(value: unknown, owner: RuleOwner, place: Place): void {
  readFilledList(value, place)?.forEach((condition, index) =>
    checkCondition(condition, owner, place.at(index)),
  );
}

function checkCondition(value: unknown, owner: RuleOwner, place: Place): void {
  const condition = readObject(value, place);
  if (condition === undefined) return;
  const type = readOneOf(condition.type, CONDITION_TYPES, place.at('type'));
  if (type === undefined) return;
  if (type === 'segment' && owner === 'segment') place.at('type').report('segment_in_segment');
  checkSubject(condition.subject, type, place.at('subject'));
  const predicate = readPredicate(condition.predicate, type, place.at('predicate'));
  const format = formatOf(type, predicate);
  checkObjects(condition.objects, format, place.at('objects'));
  if (predicate === BETWEEN) checkBetween(condition, type, format, place);
}

/** A segment condition needs no subject, but one that is no text would be published as it is. */
function checkSubject(value: unknown, type: ConditionType, place: Place): void {
  if (type === 'segment') checkOptionalText(value, place);
  else readFilledText(value, place);
}

function readPredicate(value: unknown, type: ConditionType, place: Place): string | undefined {
  const text = readText(value, place);
  const allowed: readonly string[] = PREDICATES[type];
  if (text === undefined || allowed.includes(text)) return text;
  place.report('unknown_predicate', { allowed: allowed.join(', '), type });
  return undefined;
}

/** `between` is published as two conditions; the fields of the second one count for no other predicate. */
function checkBetween(
  condition: Record<string, unknown>,
  type: ConditionType,
  format: ObjectFormat | undefined,
  place: Place,
): void {
  if (type === 'string' || type === 'segment') return;
  readOneOf(condition.leftPredicate, BETWEEN_SIDES[type], place.at('leftPredicate'));
  readOneOf(condition.rightPredicate, BETWEEN_SIDES[type], place.at('rightPredicate'));
  checkObjects(condition.rightObjects, format, place.at('rightObjects'));
}

function checkObjects(value: unknown, format: ObjectFormat | undefined, place: Place): void {
  readFilledList(value, place)?.forEach((object, index) => {
    const text = readFilledText(object, place.at(index));
    if (text === undefined || format === undefined || format.accepts(text)) return;
    place.at(index).report(format.problem, { value: quote(text) });
  });
}

function formatOf(type: ConditionType, predicate: string | undefined): ObjectFormat | undefined {
  switch (type) {
    case 'number':
      return NUMBER;
    case 'datetime':
      return DATETIME;
    case 'semver':
      return SEMVER;
    case 'string':
      return predicate === 'matches regex' || predicate === 'does not match regex' ? REGEX : undefined;
    case 'segment':
      return undefined;
  }
}
