import { describe, expect, it } from 'vitest';
import { windowOf } from './list-window.js';

describe('windowOf', () => {
  const parts = [3, 0, 5, 2].map((count, key) => ({ key, count }));

  it.each([
    [0, 3, [0], 0],
    [0, 4, [0, 2], 0],
    [2, 1, [0], 2],
    [3, 5, [2], 0],
    [4, 10, [2, 3], 1],
    [9, 10, [3], 1],
    [10, 10, [], 0],
  ])('finds from %s on %s entries in %j', (offset, limit, keys, skip) => {
    expect(windowOf(parts, offset, limit)).toEqual({ keys, skip });
  });

  it('agrees with a list that is cut', () => {
    const list = parts.flatMap(({ key, count }) => Array.from({ length: count }, () => key));
    for (let offset = 0; offset < 12; offset += 1)
      for (let limit = 1; limit < 12; limit += 1) {
        const { keys, skip } = windowOf(parts, offset, limit);
        const found = keys.flatMap((key) => list.filter((one) => one === key)).slice(skip, skip + limit);
        expect(found).toEqual(list.slice(offset, offset + limit));
      }
  });
});
