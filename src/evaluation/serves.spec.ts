import { describe, expect, it } from 'vitest';
import type { Serve, Split, Toggle } from './repository.js';
import { bucketOf, type Choice, compileServe } from './serves.js';

const toggle: Toggle = {
  key: 'salt',
  disabledServe: { select: 0 },
  defaultServe: { select: 0 },
  variations: ['a', 'b', 'c'],
};

function choice(serve: Serve, key = 'key', attrs: Record<string, string> = {}): Choice {
  return compileServe(serve, toggle)({ key, attrs });
}

describe('bucketOf', () => {
  it.each([
    ['key', 'salt', 2647],
    ['13', 'tutorial_rollout', 9558],
    ['Ünï', 's', 9089],
  ])('puts %s with %s into %i', (hashKey, salt, bucket) => {
    expect(bucketOf(hashKey, salt)).toBe(bucket);
  });

  it('puts a separator nowhere', () => expect(bucketOf('ab', 'c')).toBe(bucketOf('a', 'bc')));

  it('spreads users evenly, and differently for each salt', () => {
    const users = 20_000;
    const shares = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let alike = 0;
    for (let index = 0; index < users; index++) {
      const tenth = Math.floor(bucketOf(`user-${index}`, 'toggle') / 1_000);
      shares[tenth]!++;
      if (tenth === Math.floor(bucketOf(`user-${index}`, 'other toggle') / 1_000)) alike++;
    }
    // A tenth is 2000 with a standard deviation of 42; the users are fixed, so this is the same on every run.
    for (const share of [...shares, alike]) expect(Math.abs(share - users / 10)).toBeLessThan(170);
  });
});

describe('select', () => {
  it('is the variation at that place', () => expect(choice({ select: 2 })).toBe(2));
  it('wins over a split', () =>
    expect(choice({ select: 1, split: { distribution: [[[0, 10_000]]] } })).toBe(1));
  it.each([3, -1, 0.5, Number.NaN])('of %d chooses nothing', (select) =>
    expect(choice({ select })).toBeUndefined(),
  );
  it('of null, without a split, chooses nothing', () => {
    expect(choice({ select: null, split: null })).toBeUndefined();
    expect(choice({})).toBeUndefined();
  });
});

describe('split', () => {
  const exact: Split['distribution'] = [[[0, 2647]], [[2647, 2648]], [[2648, 10_000]]];

  it('takes ranges with their start and without their end', () => {
    expect(choice({ split: { distribution: exact } })).toBe(1);
    expect(choice({ split: { distribution: [[[0, 2647]], [[2648, 10_000]], [[2647, 2648]]] } })).toBe(2);
  });

  it('takes the first variation that has a range, of several too', () => {
    expect(
      choice({
        split: {
          distribution: [
            [
              [0, 10],
              [2600, 2700],
            ],
            [[0, 10_000]],
          ],
        },
      }),
    ).toBe(0);
  });

  it.each(['', null, undefined])("uses the toggle's key where the salt is %j", (salt) => {
    expect(choice({ split: { distribution: exact, salt } })).toBe(1);
  });

  it('uses the salt', () => {
    expect(choice({ split: { distribution: exact, salt: 'pepper' } })).not.toBe(1);
  });

  it('uses the attribute of `bucketBy`, an empty one too', () => {
    const split = { distribution: exact, bucketBy: 'name' };
    expect(choice({ split }, 'anyone', { name: 'key' })).toBe(1);
    expect(choice({ split }, 'anyone', { name: '' })).toBe(bucketOf('', 'salt') < 2647 ? 0 : 2);
  });

  it.each(['', '  ', null])('uses the key where `bucketBy` is %j', (bucketBy) => {
    expect(choice({ split: { distribution: exact, bucketBy } })).toBe(1);
  });

  it('says which attribute is missing', () => {
    expect(choice({ split: { distribution: exact, bucketBy: 'name' } })).toEqual({ attribute: 'name' });
  });

  it('comes to -1 in a gap, and to nothing for a variation that is not there', () => {
    expect(choice({ split: { distribution: [[[0, 2647]], [[2648, 10_000]]] } })).toBe(-1);
    expect(choice({ split: { distribution: [[], [], [], [[0, 10_000]]] } })).toBeUndefined();
  });

  it('gives each variation its share', () => {
    const chooser = compileServe(
      { split: { distribution: [[[0, 2500]], [[2500, 3500]], [[3500, 10_000]]] } },
      toggle,
    );
    const counts = [0, 0, 0];
    for (let index = 0; index < 20_000; index++)
      counts[chooser({ key: `u${index}`, attrs: {} }) as number]!++;
    for (const [index, share] of [5_000, 2_000, 13_000].entries())
      expect(Math.abs(counts[index]! - share)).toBeLessThan(250);
  });
});
