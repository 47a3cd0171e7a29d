/**
 * JSON as receivers get it: compact, keys in alphabetical order at every depth, dates as epoch milliseconds, nulls and
 * undefined values left out. FeatureProbe's receivers verify a signature over exactly these bytes.
 */
export function toWireJson(value: unknown): string {
  if (value instanceof Date) return toWireJson(value.getTime());
  if (Array.isArray(value)) return `[${value.map((item) => toWireJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) return objectToWireJson(value);
  // JSON has no undefined, function, NaN or Infinity: all become null.
  return JSON.stringify(value ?? null) ?? 'null';
}

function objectToWireJson(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${toWireJson(member)}`);
  return `{${members.join(',')}}`;
}
