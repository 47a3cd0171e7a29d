import type { Json } from '../support/api-client.js';

/**
 * What ours have and the published samples lack: the keys that FeatureProbe forgets, the environment that a creation names, fields
 * that are newer than the samples (contract, section 3.4: "HEAD includes both"), and comments, which the samples' authors left out.
 */
export const ADDED = new Set([
  '/projectKey',
  '/environmentKey',
  '/toggleKey',
  '/segmentKey',
  '/data/version',
  '/data/trackAccessEvents',
  '/data/content/prerequisites',
  '/data/title',
  '/data/comment',
]);

/** Paths of what `wanted` has and `given` lacks, or has of another type. Of lists the first entries are compared. */
export function missingFrom(given: Json, wanted: Json, path = ''): string[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(given)) return [path];
    return wanted.length > 0 && given.length > 0 ? missingFrom(given[0], wanted[0], `${path}/0`) : [];
  }
  if (typeof wanted !== 'object') return typeof given === typeof wanted ? [] : [path];
  if (typeof given !== 'object' || Array.isArray(given)) return [path];
  return Object.keys(wanted).flatMap((name) =>
    name in given ? missingFrom(given[name], wanted[name], `${path}/${name}`) : [`${path}/${name}`],
  );
}

/** An answer of the REST API as webhook bodies write it. */
export function wire(value: Json): Json {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return Date.parse(value);
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, wire(each)]));
}

/** Some fields of an object. */
export function pick(value: Json, fields: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([name]) => fields.includes(name)));
}

/** The value with its keys in alphabetical order at every depth. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, sorted(each)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
