const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/i;

/** `2026-11-28`. */
const DATE_LENGTH = 10;

/** The instant that an ISO 8601 date or date and time means, epoch milliseconds: UTC unless it says otherwise. Undefined for other texts. */
export function instantOf(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const isUtc = text.length > DATE_LENGTH && match.groups?.['zone'] === undefined;
  const instant = Date.parse(isUtc ? `${text}Z` : text);
  return Number.isNaN(instant) ? undefined : instant;
}
