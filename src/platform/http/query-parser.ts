import { parse } from 'qs';

/**
 * Reads `tags[0]=a&tags[1]=b`, `tags=a&tags=b` and plain pairs. An empty value means "not set", as FeatureProbe's UI
 * sends every filter it has.
 */
export function parseQuery(text: string): Record<string, unknown> {
  const parsed = parse(text, { depth: 3, arrayLimit: 200, parameterLimit: 500, plainObjects: false });
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== ''));
}
