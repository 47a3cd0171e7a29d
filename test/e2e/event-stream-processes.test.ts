import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { StreamClient } from '../support/stream-client.js';
import { waitFor } from '../support/wait-for.js';

/** A start may have to wait for a build. */
const LIMIT_MS = 180_000;

describe.each(DATABASES)('live streams of processes on %s', { timeout: LIMIT_MS }, (kind) => {
  let database: TestDatabase;
  let servers: FlagpostProcess[];
  const MASTER_KEY = randomBytes(32).toString('base64');
  beforeEach(async () => {
    database = await createTestDatabase(kind);
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill9()));
    await database.remove();
  });

  const start = async (): Promise<FlagpostProcess> => {
    const server = await FlagpostProcess.start(database.url, { MASTER_KEY });
    servers.push(server);
    return server;
  };
  const create = (client: ApiClient, key: string) => client.ok('POST', '/api/projects', { key, name: key });

  it('end when the server stops, which they don’t hold up, and go on where they were', async () => {
    const server = await start();
    const owner = await server.login();
    const stream = await StreamClient.open(owner);
    await create(owner, 'before');
    const [last] = await stream.waitFor(1);
    const startedAt = Date.now();
    expect(await server.terminate()).toEqual({ code: 0, signal: null });
    // The limit after which it would give up is 40 s.
    expect(Date.now() - startedAt).toBeLessThan(20_000);
    await waitFor(() => stream.ended, 'the stream to end');
    expect(stream.ended).toBe('end');
    await server.start();
    await create(owner, 'meanwhile');
    const again = await StreamClient.open(owner, undefined, { 'Last-Event-ID': last!.id! });
    await create(owner, 'after');
    await again.waitFor(2);
    expect(again.messages.map(({ data }) => data.projectKey)).toEqual(['meanwhile', 'after']);
    again.close();
  });

  // SQLite serves one process.
  if (kind === 'mysql')
    it('show what another process commits', async () => {
      const [here, there] = [await start(), await start()];
      const owner = await here.login();
      const elsewhere = new ApiClient(there.baseUrl, owner.headers);
      const stream = await StreamClient.open(owner);
      for (let number = 0; number < 10; number += 1) {
        await create(elsewhere, `there-${number}`);
        await create(owner, `here-${number}`);
      }
      await stream.waitFor(20);
      const { content } = await owner.ok('GET', '/api/events?after=0&limit=100');
      expect(stream.ids).toEqual(content.map(({ id }: { id: string }) => id));
      // Nobody here commits any more: only looking finds this.
      await create(elsewhere, 'last');
      await stream.waitFor(21);
      expect(stream.messages.at(-1)!.data.projectKey).toBe('last');
      stream.close();
    });
});
