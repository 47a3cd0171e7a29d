import { isDecimal, isJsonObject } from './formats.js';
import { type Place, quote } from './place.js';
import type { ProblemKey } from './problem.js';
import { checkOptionalText, readFilledList, readObject, readText } from './shapes.js';
import type { ToggleReturnType } from './targeting-content.js';

/** The UI's maximum (contract, section 4.4). Its minimum of 2 is not asked for here: a toggle with one variation works. */
export const MAX_VARIATIONS = 20;

/** Checks the variations and tells how many there are; undefined when nothing can be said about positions in them. */
export function checkVariations(
  value: unknown,
  returnType: ToggleReturnType,
  place: Place,
): number | undefined {
  const variations = readFilledList(value, place);
  if (variations === undefined) return undefined;
  if (variations.length > MAX_VARIATIONS) place.report('too_many', { max: MAX_VARIATIONS });
  variations.forEach((entry, index) => {
    const variation = readObject(entry, place.at(index));
    if (variation === undefined) return;
    checkTypedText(variation.value, returnType, place.at(index).at('value'));
    checkOptionalText(variation.name, place.at(index).at('name'));
    checkOptionalText(variation.description, place.at(index).at('description'));
  });
  return variations.length;
}

/** Checks a text that publishing converts to a type: one that doesn't convert would make the toggle vanish for SDKs. */
export function checkTypedText(value: unknown, type: ToggleReturnType, place: Place): void {
  const text = readText(value, place);
  if (text === undefined) return;
  const problem = conversionProblem(text, type);
  if (problem !== undefined) place.report(problem, { value: quote(text) });
}

function conversionProblem(text: string, type: ToggleReturnType): ProblemKey | undefined {
  switch (type) {
    case 'boolean':
      return text === 'true' || text === 'false' ? undefined : 'value_not_boolean';
    case 'number':
      return isDecimal(text) ? undefined : 'value_not_number';
    case 'json':
      return isJsonObject(text) ? undefined : 'value_not_json_object';
    case 'string':
      return undefined;
  }
}
