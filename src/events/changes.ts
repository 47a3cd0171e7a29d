import type { Change } from './domain-event.js';

/** Fields that every change touches; the event itself says who and when. */
const BOOKKEEPING = new Set(['/modifiedBy', '/modifiedTime', '/publishTime']);

/**
 * What differs between two states in wire form, leaf by leaf. Objects are compared by key, lists by position; a value that
 * is only on one side has only `from` or only `to`.
 */
export function diff(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  collect(before, after, '', changes);
  return changes;
}

function collect(before: unknown, after: unknown, path: string, into: Change[]): void {
  if (Object.is(before, after) || BOOKKEEPING.has(path)) return;
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      collect(member(before, key), member(after, key), `${path}/${escapePointer(key)}`, into);
    }
    return;
  }
  into.push({
    path,
    ...(before === undefined ? {} : { from: before }),
    ...(after === undefined ? {} : { to: after }),
  });
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Users choose some of the keys: `constructor` must not find what every object inherits. */
function member(container: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** RFC 6901, section 3. */
function escapePointer(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1');
}
