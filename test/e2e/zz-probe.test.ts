import { expect, it } from 'vitest';
import { createTestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
it('starts', async () => {
  const db = await createTestDatabase('sqlite');
  let t = Date.now();
  const p = await FlagpostProcess.start(db.url);
  console.log('first', Date.now() - t);
  for (let i = 0; i < 3; i++) { await p.kill9(); t = Date.now(); await p.start(); console.log('again', Date.now() - t); }
  t = Date.now(); await p.stop(); console.log('stop', Date.now() - t);
  console.log(p.stdout.slice(0, 2000));
  await db.remove();
  expect(1).toBe(1);
});
