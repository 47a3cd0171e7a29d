import { describe, expect, it } from 'vitest';
import { ProfileBatch, type ProfileRow } from './profile-batch.js';
import type { ProfileInput } from './profile-input.js';
import { GIDS_END } from './profile-limits.js';

const NOW = 2000;
const row = (gid: number, userId: string | null = null, attributes = '{}'): ProfileRow => ({
  gid,
  userId,
  attributes,
  createdAt: 1000,
  modifiedAt: 1000,
});
const input = (more: Partial<ProfileInput> = {}): ProfileInput => ({ attributes: {}, removed: [], ...more });

describe('ProfileBatch', () => {
  it('writes only what changed, as the last input left it', () => {
    const batch = new ProfileBatch([row(1, 'ann', '{"a":1}'), row(2, 'bob')], 3, NOW);
    batch.apply(input({ userId: 'ann', attributes: { a: 1 } }));
    expect(batch.changed).toEqual([]);
    batch.apply(input({ userId: 'ann', attributes: { b: 2 } }));
    batch.apply(input({ gid: 1, attributes: { a: 3 }, removed: ['b'] }));
    expect(batch.changed).toEqual([{ ...row(1, 'ann', '{"a":3}'), modifiedAt: NOW }]);
  });

  it('finds what it made before, by either id', () => {
    const batch = new ProfileBatch([], 5, NOW);
    expect(batch.apply(input({ userId: 'ann' }))).toMatchObject({ isNew: true, row: { gid: 5 } });
    expect(batch.apply(input({ gid: 5, attributes: { a: 1 } }))).toMatchObject({
      isNew: false,
      row: { userId: 'ann' },
    });
    expect(batch.apply(input())).toMatchObject({ isNew: true, row: { gid: 6, userId: null } });
    expect(batch.apply(input({ gid: 6, userId: 'bob' }))).toMatchObject({ isNew: false });
    expect(batch.apply(input({ userId: 'bob' }))).toMatchObject({ isNew: false, row: { gid: 6 } });
    expect(batch.nextGid).toBe(7);
  });

  it('changes nothing by an input that can’t be taken', () => {
    const batch = new ProfileBatch([row(1, 'ann'), row(2)], 3, NOW);
    expect(batch.apply(input({ gid: 2, userId: 'ann', attributes: { a: 1 } }))).toHaveProperty('problem');
    expect(batch.apply(input({ gid: 1, userId: 'eve' }))).toHaveProperty('problem');
    const large = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`a${index}`, 1]));
    expect(batch.apply(input({ userId: 'new', attributes: large }))).toHaveProperty('problem');
    expect([batch.changed, batch.nextGid]).toEqual([[], 3]);
    expect(batch.apply(input({ gid: 2, userId: 'eve' }))).toMatchObject({ row: { gid: 2, userId: 'eve' } });
  });

  it('gives out gids beyond chosen ones, but for those too high to go on from', () => {
    const batch = new ProfileBatch([], 1, NOW);
    batch.apply(input({ gid: 10 }));
    batch.apply(input({ gid: 4 }));
    batch.apply(input({ gid: GIDS_END }));
    batch.apply(input({ gid: Number.MAX_SAFE_INTEGER }));
    expect(batch.apply(input())).toMatchObject({ row: { gid: 11 } });
    batch.apply(input({ gid: GIDS_END - 1 }));
    expect(batch.apply(input())).toMatchObject({ field: 'gid' });
    expect(batch.apply(input({ gid: 7 }))).toMatchObject({ isNew: true });
  });
});
