/** A part of a long list, and how many entries it has. */
export interface Part<Key> {
  readonly key: Key;
  readonly count: number;
}

/** The parts that a page touches, and how many entries of the first one come before it. */
export interface Window<Key> {
  readonly keys: readonly Key[];
  readonly skip: number;
}

/** Finds a page in a list of which only the sizes of its parts are known. */
export function windowOf<Key>(parts: readonly Part<Key>[], offset: number, limit: number): Window<Key> {
  const keys: Key[] = [];
  let skip = 0;
  let start = 0;
  for (const { key, count } of parts) {
    const end = start + count;
    if (count > 0 && end > offset && start < offset + limit) {
      if (keys.length === 0) skip = offset - start;
      keys.push(key);
    }
    start = end;
  }
  return { keys, skip: Math.max(skip, 0) };
}
