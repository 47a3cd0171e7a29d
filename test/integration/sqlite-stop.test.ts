import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { stop } from '../../src/start.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

let flagpost: TestFlagpost;

afterEach(() => flagpost.database.remove());

it('leaves everything in the database file when it stops: no log stands beside it', async () => {
  flagpost = await startFlagpost('sqlite');
  await flagpost.owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  await flagpost.owner.ok('GET', '/api/projects');
  const filesBeside = async (): Promise<string[]> =>
    (await readdir(dirname(flagpost.database.url.slice('sqlite:'.length)))).filter((name) =>
      name.startsWith('flagpost.db-'),
    );
  expect(await filesBeside()).toContain('flagpost.db-wal');
  await stop(flagpost.app);
  expect(await filesBeside()).toEqual([]);
});
