import type { Place } from './place.js';

/** Serialized content may have this many bytes of UTF-8 (contract, section 4.5). */
export const MAX_CONTENT_BYTES = 1_048_576;

/** How deep content may be nested: what a JSON column of MySQL takes. Content with no further fields needs 6. */
export const MAX_CONTENT_DEPTH = 100;

/** True when the content is small and flat enough to be looked at further; else the reason is reported. */
export function checkSize(content: unknown, place: Place): boolean {
  if (isDeeperThan(MAX_CONTENT_DEPTH, content)) {
    place.report('nested_too_deep', { max: MAX_CONTENT_DEPTH });
    return false;
  }
  if (Buffer.byteLength(JSON.stringify(content), 'utf8') > MAX_CONTENT_BYTES) {
    place.report('content_over_limit');
    return false;
  }
  return true;
}

/** Walks with a stack of its own: what is nested thousands of levels deep would overflow the call stack. */
function isDeeperThan(limit: number, root: unknown): boolean {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > limit) return true;
    for (const child of Object.values(value)) {
      if (typeof child === 'object' && child !== null) open.push({ value: child, depth: depth + 1 });
    }
  }
  return false;
}
