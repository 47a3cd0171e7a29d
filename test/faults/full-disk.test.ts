import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';

/** A full disk, by the limit that SQLite itself has for it: statements fail as they do when the file system has no room. */
describe('a full disk under SQLite', () => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let database: DataSource;

  beforeEach(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost('sqlite', { LOG_LEVEL: 'silent' });
    database = flagpost.app.get<DataSource>(getDataSourceToken());
    await flagpost.owner.ok('POST', '/api/webhooks', { name: 'w', url: receiver.url, events: ['PROJECT.*'] });
  });

  afterEach(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  /** Room for so many pages more than there are. */
  async function leaveRoom(pages: number): Promise<void> {
    const [row] = (await database.query('PRAGMA page_count')) as { page_count: number }[];
    await database.query(`PRAGMA max_page_count = ${(row?.page_count ?? 0) + pages}`);
  }
  const count = async (table: string): Promise<number> => {
    const [row] = (await database.query(`SELECT COUNT(*) AS n FROM ${table}`)) as { n: number }[];
    return row?.n ?? 0;
  };
  const description = 'd'.repeat(900);

  it('refuses changes with a clear error, does nothing by half, still serves, and recovers with the room', async () => {
    await leaveRoom(2);
    const made: string[] = [];
    let refused;
    for (let turn = 0; !refused && turn < 500; turn += 1) {
      const answer = await flagpost.owner.post('/api/projects', {
        name: `p${turn}`,
        key: `p${turn}`,
        description,
      });
      if (answer.status === 200) made.push(`p${turn}`);
      else refused = answer;
    }
    expect(refused).toMatchObject({ status: 507, body: { code: 'storage_full' } });
    expect(refused?.body.message).toContain('disk of the database is full');
    expect(
      (await flagpost.owner.get('/api/projects')).body.map((one: { key: string }) => one.key).sort(),
    ).toEqual([...made].sort());
    // Each change has its event and its delivery, and there is none beyond.
    const before = {
      events: await count("event WHERE action = 'CREATE' AND resource = 'PROJECT'"),
      all: made.length,
    };
    expect(before.events).toBe(before.all);
    expect((await flagpost.anonymous.get('/actuator/health')).status).toBe(200);
    await leaveRoom(100_000);
    await flagpost.owner.ok('POST', '/api/projects', { name: 'after', key: 'after', description });
    const keys = [...made, 'after'];
    const received = await receiver.waitFor('PROJECT.CREATE', keys.length);
    expect(new Set(received.map(({ body }) => body.projectKey))).toEqual(new Set(keys));
  });
});
