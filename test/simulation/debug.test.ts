import { it } from 'vitest';
import { runSchedule } from './schedule.js';
import { Storage } from './storage.js';
it('dbg', { timeout: 100000 }, async () => {
  const storage = await Storage.open();
  const p = await runSchedule(Number(process.env['SEED']), storage);
  console.log(p.slice(0, 3));
  console.log(await storage.writer.query('SELECT * FROM endpoint'));
  console.log(await storage.writer.query('SELECT * FROM endpoint_flight'));
  console.log(await storage.writer.query('SELECT * FROM lane'));
  await storage.close();
});
