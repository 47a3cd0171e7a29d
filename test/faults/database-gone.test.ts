import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

/** How long it stays gone. What happens in 30 s happens in these: every sweep and every round in between fails. */
const GONE_MS = 4_000;

describe.runIf(DATABASES.includes('mysql'))('a database that goes away', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let receiver: Receiver;
  let flagpost: TestFlagpost;

  beforeEach(async () => {
    database = await createTestDatabase('mysql');
    const url = new URL(database.url);
    proxy = await TcpProxy.to(url.hostname, Number(url.port || 3306));
    url.host = `127.0.0.1:${proxy.port}`;
    receiver = await Receiver.start();
    flagpost = await startFlagpost('mysql', { DATABASE_URL: url.href, LOG_LEVEL: 'silent' });
    await flagpost.owner.ok('POST', '/api/webhooks', { name: 'w', url: receiver.url, events: ['PROJECT.*'] });
  });

  afterEach(async () => {
    await flagpost.stop();
    await receiver.stop();
    await proxy.cut();
    await database.remove();
  });

  const makeProject = (key: string): ReturnType<TestFlagpost['owner']['post']> =>
    flagpost.owner.post('/api/projects', { name: key, key, description: '' });

  it('is answered for with a clear error, and all is delivered when it is back', async () => {
    // A try is under way when it goes, and its answer comes while it is gone: the result waits for the database.
    let answer = (): void => undefined;
    receiver.reply = (_request, response) => {
      answer = () => response.end('ok');
    };
    expect((await makeProject('before')).status).toBe(200);
    await receiver.waitFor('PROJECT.CREATE', 1);
    await proxy.cut();
    answer();
    receiver.answerWith(200);
    const end = Date.now() + GONE_MS;
    for (let turn = 0; Date.now() < end; turn += 1) {
      const refused = await makeProject(`meanwhile${turn}`);
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(refused.body.message).toContain('The database does not answer now');
      await delay(200);
    }
    expect((await flagpost.anonymous.get('/actuator/health/readiness')).status).toBe(503);
    expect((await flagpost.anonymous.get('/actuator/health/liveness')).status).toBe(200);
    const metrics = await (await fetch(`${flagpost.baseUrl}/metrics`)).text();
    expect(metrics).toMatch(/^flagpost_database_up 0$/m);
    expect(metrics).not.toMatch(/^flagpost_deliveries_pending \d/m);
    await proxy.restore();
    await waitFor(async () => (await makeProject('after')).status === 200, 'changes to be taken again');
    await waitFor(() => keysOf(receiver).has('after'), 'the change after it to be delivered');
    await waitFor(async () => (await pending()) === 0, 'all deliveries to end');
    expect(keysOf(receiver)).toEqual(new Set(['before', 'after']));
    // Its answer came while nothing could be written, and was not forgotten: it was not sent again.
    expect(receiver.received.filter(({ body }) => body.projectKey === 'before')).toHaveLength(1);
  });

  const pending = async (): Promise<number> => {
    const text = await (await fetch(`${flagpost.baseUrl}/metrics`)).text();
    return Number(/^flagpost_deliveries_pending (\d+)/m.exec(text)?.[1] ?? -1);
  };
});

function keysOf(receiver: Receiver): Set<string> {
  return new Set(receiver.received.map(({ body }) => String(body.projectKey)));
}
