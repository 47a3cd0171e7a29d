/** Kept of all header names and values of a response, in characters (which are bytes: headers are latin1). */
const MAX_KEPT = 16 * 1024;

/** Kept of one header's value, in characters; a longer one is cut and ends in `…`. */
const MAX_VALUE = 1024;

type IncomingHeaders = Record<string, string | string[] | undefined>;

/**
 * The headers of a response as the delivery log keeps them: names in lower case (undici gives them so), several
 * values of one joined by `, `, values over 1 KiB cut, and no further header once 16 KiB are full.
 */
export function keepHeaders(headers: IncomingHeaders): Record<string, string> {
  return fits(headers) ? headers : bounded(headers);
}

/** Nearly all do, and then nothing has to be copied. */
function fits(headers: IncomingHeaders): headers is Record<string, string> {
  let room = MAX_KEPT;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value !== 'string' || value.length > MAX_VALUE) return false;
    room -= name.length + value.length;
  }
  return room >= 0;
}

function bounded(headers: IncomingHeaders): Record<string, string> {
  const kept: [string, string][] = [];
  let room = MAX_KEPT;
  for (const name of Object.keys(headers)) {
    const raw = headers[name];
    if (raw === undefined) continue;
    const value = cut(typeof raw === 'string' ? raw : raw.join(', '));
    room -= name.length + value.length;
    if (room < 0) break;
    kept.push([name, value]);
  }
  // fromEntries defines properties: a header named __proto__ stays a header.
  return Object.fromEntries(kept);
}

function cut(value: string): string {
  return value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE - 1)}…` : value;
}
