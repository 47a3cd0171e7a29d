import { expect, it } from 'vitest';
import { paced } from './paced.js';

it('reads again only when a reading has held for ten times as long as it took', async () => {
  let now = 0;
  let readings = 0;
  const read = paced(
    async () => {
      now += 10;
      return Promise.resolve((readings += 1));
    },
    () => now,
  );
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  now += 99;
  expect(await read()).toBe(1);
  now += 1;
  expect(await read()).toBe(2);
});

it('holds on to no failure for longer than to a value', async () => {
  let now = 0;
  let fails = true;
  const read = paced(
    async () => {
      now += 1;
      await Promise.resolve();
      if (fails) throw new Error('gone');
      return 'back';
    },
    () => now,
  );
  await expect(read()).rejects.toThrow('gone');
  fails = false;
  now += 10;
  expect(await read()).toBe('back');
});
