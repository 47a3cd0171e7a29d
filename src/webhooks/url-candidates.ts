const PARAMETER = 'url=';

/**
 * The URLs a caller of `checkUrl?url=…` may mean. FeatureProbe's UI doesn't encode the value, so that one with `&` in it falls
 * apart when parsed: then everything after `url=` is meant.
 * @param parsed the parameter as parsed
 * @param target the request's path and query as they came
 */
export function urlCandidates(parsed: string, target: string): string[] {
  const query = target.slice(target.indexOf('?') + 1);
  if (!query.startsWith(PARAMETER)) return [parsed];
  const raw = query.slice(PARAMETER.length);
  return [...new Set([parsed, raw])];
}
