import type { Place } from './place.js';

/** The value as an object, or undefined after reporting that there is none. */
export function readObject(value: unknown, place: Place): Record<string, unknown> | undefined {
  if (isPlainObject(value)) return value;
  place.report(isAbsent(value) ? 'required' : 'not_object');
  return undefined;
}

/** The value as a list, or undefined after reporting that there is none. */
export function readList(value: unknown, place: Place): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  place.report(isAbsent(value) ? 'required' : 'not_list');
  return undefined;
}

/** The value as a list with entries, or undefined after reporting that there is none. */
export function readFilledList(value: unknown, place: Place): readonly unknown[] | undefined {
  const list = readList(value, place);
  if (list?.length === 0) place.report('empty_list');
  return list?.length === 0 ? undefined : list;
}

/** The value as a text, blank or not, or undefined after reporting that there is none. */
export function readText(value: unknown, place: Place): string | undefined {
  if (typeof value === 'string') return value;
  place.report(isAbsent(value) ? 'required' : 'not_text');
  return undefined;
}

/** The value as a text with more than white space, or undefined after reporting that there is none. */
export function readFilledText(value: unknown, place: Place): string | undefined {
  const text = readText(value, place);
  if (text === undefined) return undefined;
  if (text.trim() !== '') return text;
  place.report('blank');
  return undefined;
}

/** Reports a value that is there but no text. */
export function checkOptionalText(value: unknown, place: Place): void {
  if (!isAbsent(value)) readText(value, place);
}

/** The value as one of a closed set of words, or undefined after reporting that it is none. */
export function readOneOf<T extends string>(
  value: unknown,
  allowed: readonly T[],
  place: Place,
): T | undefined {
  const text = readText(value, place);
  const found = allowed.find((word) => word === text);
  if (text !== undefined && found === undefined) place.report('not_one_of', { allowed: allowed.join(', ') });
  return found;
}

/** An object as JSON has it: neither null nor a list. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null counts as absent everywhere: clients written in Java send it for what they don't set. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
