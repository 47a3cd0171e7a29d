import type { Place } from './place.js';
import { isAbsent, readList, readObject } from './shapes.js';
import { isServeUnset, SPLIT_TOTAL } from './targeting-content.js';

/** Checks a serve that must choose: exactly one of `select` and `split`. `variations`: how many there are, if that is known. */
export function checkServe(value: unknown, variations: number | undefined, place: Place): void {
  const serve = readObject(value, place);
  if (serve === undefined) return;
  const { select, split } = serve;
  if (isAbsent(select) === isAbsent(split)) place.report('serve_choice');
  else if (isAbsent(split)) checkSelect(select, variations, place.at('select'));
  else checkSplit(split, variations, place.at('split'));
}

/**
 * Checks the default serve. It may be unset (`{}`), but not for an enabled toggle: SDKs would not get the toggle at all
 * (evaluation, section 8).
 */
export function checkDefaultServe(
  value: unknown,
  disabled: boolean,
  variations: number | undefined,
  place: Place,
): void {
  const serve = readObject(value, place);
  if (serve === undefined) return;
  if (!isServeUnset(serve)) checkServe(serve, variations, place);
  else if (!disabled) place.report('default_serve_unset');
}

function checkSelect(value: unknown, variations: number | undefined, place: Place): void {
  const max = variations === undefined ? Number.MAX_SAFE_INTEGER : variations - 1;
  if (!isWholeNumber(value, max)) place.report('select_not_index', { max });
}

function checkSplit(value: unknown, variations: number | undefined, place: Place): void {
  const weights = readList(value, place);
  if (weights === undefined) return;
  if (variations !== undefined && weights.length !== variations) {
    place.report('split_length', { expected: variations, actual: weights.length });
    return;
  }
  let total = 0;
  let complete = true;
  for (const [index, weight] of weights.entries()) {
    if (isWholeNumber(weight, SPLIT_TOTAL)) {
      total += weight;
    } else {
      complete = false;
      place.at(index).report('split_weight', { total: SPLIT_TOTAL });
    }
  }
  if (complete && total !== SPLIT_TOTAL) place.report('split_total', { total: SPLIT_TOTAL, actual: total });
}

function isWholeNumber(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
