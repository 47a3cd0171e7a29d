import { checkTypedText } from './check-variations.js';
import { type Place, quote } from './place.js';
import { isAbsent, readFilledText, readList, readObject, readOneOf, readText } from './shapes.js';
import { TOGGLE_RETURN_TYPES } from './targeting-content.js';

/**
 * Checks the prerequisites of a toggle, as far as it can be done without the other toggles: whether they exist, and cycles, are
 * for the caller to check. Keys are compared without regard to case, as everywhere (contract, section 0, row 15).
 */
export function checkPrerequisites(value: unknown, toggleKey: string | undefined, place: Place): void {
  if (isAbsent(value)) return;
  const seen = new Set<string>();
  readList(value, place)?.forEach((entry, index) => {
    const prerequisite = readObject(entry, place.at(index));
    if (prerequisite === undefined) return;
    checkKey(prerequisite.key, toggleKey, seen, place.at(index).at('key'));
    const type = readOneOf(prerequisite.type, TOGGLE_RETURN_TYPES, place.at(index).at('type'));
    if (type === undefined) readText(prerequisite.value, place.at(index).at('value'));
    else checkTypedText(prerequisite.value, type, place.at(index).at('value'));
  });
}

function checkKey(value: unknown, toggleKey: string | undefined, seen: Set<string>, place: Place): void {
  const key = readFilledText(value, place);
  if (key === undefined) return;
  const folded = key.toLowerCase();
  if (folded === toggleKey?.toLowerCase()) place.report('own_prerequisite');
  if (seen.has(folded)) place.report('duplicate_prerequisite', { value: quote(key) });
  seen.add(folded);
}
