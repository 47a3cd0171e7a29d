import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient, type Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const TOGGLES = ['a', 'b', 'c', 'd'];
const PUBLISHES = 40;

/** SQLite serves one process. */
describe.each(DATABASES.filter((kind) => kind === 'mysql'))('two processes on %s', (kind) => {
  let database: TestDatabase;
  let receiver: Receiver;
  let servers: FlagpostProcess[];
  let clients: ApiClient[];
  let webhookId: number;

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    receiver = await Receiver.start();
    servers = [];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill9()));
    await receiver.stop();
    await database.remove();
  });

  /** Started at once, on an empty database: who comes first makes the tables and the account. */
  const startBoth = async (roles: readonly string[]): Promise<void> => {
    const MASTER_KEY = randomBytes(32).toString('base64');
    for (const ROLES of roles)
      servers.push(await FlagpostProcess.create(database.url, { MASTER_KEY, ROLES }));
    await Promise.all(servers.map((server) => server.start()));
    const first = servers.find((_, index) => roles[index]!.includes('api'))!;
    const owner = await first.login();
    clients = servers.map((server) => new ApiClient(server.baseUrl, owner.headers));
    webhookId = (
      await owner.ok('POST', '/api/webhooks', { name: 'all', url: receiver.url, timeoutMs: 5_000 })
    ).id;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    for (const key of TOGGLES) {
      await owner.ok('POST', '/api/projects/shop/toggles', {
        key,
        name: key,
        returnType: 'boolean',
        clientAvailability: true,
        disabledServe: 0,
        variations: [{ value: 'false' }, { value: 'true' }],
      });
    }
  };

  const drained = (): Promise<boolean> =>
    waitFor(async () => {
      const path = `/api/webhooks/${webhookId}/deliveries?status=PENDING`;
      return (await clients[0]!.ok('GET', path)).content.length === 0;
    }, 'all deliveries');

  it('deliver each event once and in order, whichever took the change', async () => {
    await startBoth(['api,worker', 'api,worker']);
    await drained();
    const accepted = receiver.received.map(({ headers }) => headers['webhook-id']);
    let tries = 0;
    receiver.reply = ({ headers }, response) => {
      tries += 1;
      if (tries % 10 !== 0) accepted.push(headers['webhook-id']);
      response.writeHead(tries % 10 === 0 ? 500 : 200).end();
    };
    const publish = (toggle: string, number: number): Promise<Json> => {
      const path = `/api/projects/shop/environments/online/toggles/${toggle}/targeting`;
      return clients[number % 2]!.ok('PATCH', path, { disabled: number % 3 === 0 });
    };
    // All toggles at once, and each through both processes at once.
    const publishing = TOGGLES.flatMap((toggle) =>
      [0, 1].map(async (through) => {
        for (let number = through; number < PUBLISHES; number += 2) await publish(toggle, number);
      }),
    );
    await Promise.all(publishing);
    await drained();
    const { content: events } = await clients[1]!.ok('GET', '/api/events?after=0&limit=1000');
    expect(accepted.toSorted()).toEqual(events.map((event: Json) => event.id).sort());
    for (const toggle of TOGGLES) {
      const arrived = receiver.of('TOGGLE.PUBLISH').filter(({ body }) => body.toggleKey === toggle);
      const versions = arrived.map(({ body }) => body.data.version);
      expect(versions).toEqual(versions.toSorted((a: number, b: number) => a - b));
      expect([...new Set(versions)]).toEqual(Array.from({ length: PUBLISHES }, (_, index) => index + 2));
    }
  });

  it('share the work by roles: one takes changes, the other delivers them', async () => {
    await startBoth(['api', 'worker']);
    // A worker alone serves no API, its callers' right token or not; only its health and metrics.
    expect((await clients[1]!.get('/api/projects')).status).toBe(404);
    expect((await clients[1]!.get('/docs')).status).toBe(404);
    expect((await clients[1]!.get('/actuator/health')).body.status).toBe('UP');
    await drained();
    await servers[1]!.stop();
    await clients[0]!.ok('PATCH', '/api/projects/shop', { description: 'waits for a worker' });
    const { content } = await clients[0]!.ok(
      'GET',
      `/api/webhooks/${webhookId}/deliveries?event=PROJECT.UPDATE`,
    );
    expect(content).toMatchObject([{ status: 'PENDING', attemptCount: 0 }]);
    expect(receiver.of('PROJECT.UPDATE')).toEqual([]);
    await servers[1]!.start();
    await receiver.waitFor('PROJECT.UPDATE');
  });

  it('take over from each other: what one was sending when it was killed, the other sends again', async () => {
    await startBoth(['api,worker', 'worker']);
    await drained();
    await servers[1]!.kill9();
    receiver.reply = () => undefined;
    await clients[0]!.ok('PATCH', '/api/webhooks/' + webhookId, { timeoutMs: 1_000 });
    await clients[0]!.ok('PATCH', '/api/projects/shop', { description: 'sent twice' });
    await receiver.waitFor('PROJECT.UPDATE');
    await servers[0]!.kill9();
    receiver.answerWith(200);
    await servers[1]!.start();
    const [first, second] = await receiver.waitFor('PROJECT.UPDATE', 2);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(second!.bytes.equals(first!.bytes)).toBe(true);
    // Contract: made again within `timeoutMs` + 10 s.
    expect(second!.at - first!.at).toBeLessThan(11_000 + 5_000);
  });
});
