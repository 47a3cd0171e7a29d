import { isPlainObject } from './shapes.js';

/**
 * The formats of texts in conditions and variations. All patterns are anchored and without overlapping repeats, so that a
 * text of a megabyte takes linear time.
 */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The grammar of semver.org, version 2.0.0: no leading `v`, no leading zeros. */
const NUMERIC = '(?:0|[1-9]\\d*)';
const PRERELEASE = `(?:${NUMERIC}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const BUILD = '[0-9a-zA-Z-]+';
const SEMVER = new RegExp(
  `^${NUMERIC}\\.${NUMERIC}\\.${NUMERIC}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+${BUILD}(?:\\.${BUILD})*)?$`,
);

const DATETIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:Z|([+-]\d{2}):(\d{2}))$/;

/** Offsets that are in use on Earth reach from UTC-12:00 to UTC+14:00. */
const MIN_OFFSET_MINUTES = -12 * 60;
const MAX_OFFSET_MINUTES = 14 * 60;

/**
 * A decimal number that a double can hold, else undefined: as Java's `parseDouble`, but without hex, suffixes, NaN, infinity and
 * blanks.
 */
export function parseDecimal(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Whether `parseDecimal` finds a number. */
export function isDecimal(text: string): boolean {
  return parseDecimal(text) !== undefined;
}

/** A full version `x.y.z`, with or without pre-release and build parts. */
export function isSemver(text: string): boolean {
  return SEMVER.test(text);
}

/** `yyyy-MM-ddTHH:mm:ss` with an offset (`Z` or `±HH:mm`), of a day that exists. `Date.parse` reads every text that passes. */
export function isDatetime(text: string): boolean {
  const parts = DATETIME.exec(text);
  if (parts === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return hour < 24 && minute < 60 && second < 60 && isOffset(parts[7], parts[8]);
}

/** A pattern that JavaScript compiles, without flags: the server evaluates it so. */
export function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** The text of a JSON object; lists, scalars and null don't count. */
export function isJsonObject(text: string): boolean {
  try {
    return isPlainObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function isOffset(hours: string | undefined, minutes: string | undefined): boolean {
  if (hours === undefined || minutes === undefined) return true;
  if (Number(minutes) > 59) return false;
  const sign = hours.startsWith('-') ? -1 : 1;
  const total = sign * (Math.abs(Number(hours)) * 60 + Number(minutes));
  return total >= MIN_OFFSET_MINUTES && total <= MAX_OFFSET_MINUTES;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
