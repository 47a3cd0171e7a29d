import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { HAS_REDIS, RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';
import { CrowdedReceiver } from './crowded-receiver.js';
import { EitherClient } from './either-client.js';
import { Load, markersIn, TOGGLES } from './load.js';

/** `CHAOS_SECONDS=600 npx vitest run test/crash/chaos` is the long form. */
const SECONDS = Number(process.env['CHAOS_SECONDS'] ?? (process.env['CI'] ? 15 : 60));

/** A shell command that restarts the database, for machines where nobody else uses it; else its connections are cut. */
const RESTART_DATABASE = process.env['CHAOS_RESTART_DATABASE'];

const WORKERS = 3;
const MIN_KILLS = 3;
const MAX_IN_FLIGHT = 4;
const MAX_PER_SECOND = 30;
const LIMIT_MS = 120_000;

/** Several processes of each role; what happens to them, to Redis and to the database happens while changes go on. */
describe.runIf(HAS_REDIS && DATABASES.includes('mysql'))('chaos among processes', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let receiver: CrowdedReceiver;
  let apis: FlagpostProcess[] = [];
  let workers: FlagpostProcess[] = [];
  let client: ApiClient;
  let load: Load;
  let events: Json[];
  let kills = 0;

  beforeAll(
    async () => {
      database = await createTestDatabase('mysql');
      redis = await RedisServer.start();
      receiver = await CrowdedReceiver.start();
      await startProcesses();
      const ids = await addWebhooks();
      load = new Load(client);
      await load.prepare();
      load.start();
      load.open();
      await Promise.all([killWorkers(), disturb()]);
      await load.end();
      for (const id of ids) await waitFor(() => isDrained(id), 'nothing to be pending', LIMIT_MS);
      events = await readFeed();
      const count = (status: number | undefined): number =>
        load.changes.filter((change) => change.status === status).length;
      console.log(
        `chaos for ${SECONDS} s: ${kills} kills, ${count(200)} changes, ${receiver.visits.length} requests`,
      );
    },
    SECONDS * 1_000 + 3 * LIMIT_MS,
  );

  afterAll(async () => {
    await Promise.all([...apis, ...workers].map((one) => one.kill9()));
    await receiver?.stop();
    await redis?.remove();
    await database?.remove();
  });

  const startProcesses = async (): Promise<void> => {
    const MASTER_KEY = randomBytes(32).toString('base64');
    const settings = { MASTER_KEY, REDIS_URL: redis.url, LOG_LEVEL: 'error' };
    const create = (ROLES: string, count: number): Promise<FlagpostProcess[]> =>
      Promise.all(
        Array.from({ length: count }, () => FlagpostProcess.create(database.url, { ...settings, ROLES })),
      );
    apis = await create('api', 2);
    workers = await create('worker', WORKERS);
    // All at once take long on a small machine.
    for (const group of [apis, workers]) await Promise.all(group.map((one) => one.start()));
    const { headers } = await apis[0]!.login();
    client = new EitherClient(apis.map((api) => api.anonymous.as(headers)));
  };

  const addWebhooks = async (): Promise<number[]> => {
    const hooks = [
      { name: 'all', maxInFlight: MAX_IN_FLIGHT },
      { name: 'paced', maxPerSecond: MAX_PER_SECOND, events: ['TOGGLE.CREATE'] },
    ];
    const ids: number[] = [];
    for (const hook of hooks) {
      const webhook = { ...hook, url: receiver.urlOf(hook.name), timeoutMs: 2_000 };
      ids.push((await client.ok('POST', '/api/webhooks', webhook)).id);
    }
    return ids;
  };

  /** Those that run at random, each started again a little later, while others are killed. */
  const killWorkers = async (): Promise<void> => {
    const end = performance.now() + SECONDS * 1_000;
    const starting = new Map<FlagpostProcess, Promise<void>>();
    while (performance.now() < end || kills < MIN_KILLS) {
      await delay(300 + Math.random() * 1_500);
      const victims = workers.filter((worker) => !starting.has(worker));
      const victim = victims[Math.floor(Math.random() * victims.length)];
      if (!victim) continue;
      await victim.kill9();
      kills += 1;
      starting.set(
        victim,
        restart(victim).then(() => void starting.delete(victim)),
      );
    }
    await Promise.all(starting.values());
  };

  /** Again where the database was gone at its start, as whatever keeps processes running would. */
  const restart = async (worker: FlagpostProcess): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      await delay(Math.random() * 500);
      try {
        return await worker.start();
      } catch (error) {
        if (attempt >= 3) throw error;
        await worker.kill9();
      }
    }
  };

  const disturb = async (): Promise<void> => {
    const quarter = (SECONDS * 1_000) / 4;
    await delay(quarter);
    await redis.flush();
    await delay(quarter);
    await redis.stop('SIGKILL');
    await delay(1_000);
    await redis.start();
    await delay(Math.max(quarter - 1_000, 0));
    if (RESTART_DATABASE) await promisify(execFile)('sh', ['-c', RESTART_DATABASE]);
    else await cutConnections(database.url);
  };

  const isDrained = async (webhookId: number): Promise<boolean> => {
    const path = `/api/webhooks/${webhookId}/deliveries?status=PENDING&limit=1`;
    return (await client.ok('GET', path)).content.length === 0;
  };

  const readFeed = async (): Promise<Json[]> => {
    const found: Json[] = [];
    for (let after = '0'; ;) {
      const page = await client.ok('GET', `/api/events?limit=1000&after=${after}`);
      if (page.content.length === 0) return found;
      found.push(...page.content);
      after = page.next;
    }
  };

  it('was under load, and processes were killed', () => {
    expect(kills).toBeGreaterThanOrEqual(MIN_KILLS);
    expect(load.changes.filter(({ status }) => status === 200).length).toBeGreaterThan(50);
  });

  it('made every change that was answered with 200 exactly once, and none that was refused', () => {
    const counts = new Map<string, number>();
    for (const event of events)
      for (const marker of new Set(markersIn(JSON.stringify(event.data))))
        counts.set(marker, (counts.get(marker) ?? 0) + 1);
    const wrong = load.changes.filter(({ marker, status, sound }) => {
      const count = counts.get(marker) ?? 0;
      if (!sound) return count !== 0;
      return status === 200 ? count !== 1 : count > 1;
    });
    expect(wrong).toEqual([]);
  });

  it('delivered every event to each webhook that wants it', () => {
    for (const [hook, wanted] of [
      ['all', events.filter(({ resource }) => resource !== 'WEBHOOK')],
      ['paced', events.filter(({ resource, action }) => resource === 'TOGGLE' && action === 'CREATE')],
    ] as const) {
      const accepted = new Set(
        receiver
          .of(hook)
          .filter((visit) => visit.accepted)
          .map(({ eventId }) => eventId),
      );
      expect(wanted.map(({ id }) => id).filter((id) => !accepted.has(id))).toEqual([]);
    }
  });

  it('keeps the order of each toggle; only the last one sent comes again', () => {
    for (const toggle of TOGGLES) {
      const own = events.filter(({ toggleKey }) => toggleKey === toggle).map(({ id }) => id);
      const positions = new Map(own.map((id, index) => [id, index]));
      const arrived = receiver.of('all').flatMap(({ eventId }) => positions.get(eventId) ?? []);
      expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    }
  });

  it('has no more requests of a webhook on the way at once than it takes, over all processes', () => {
    expect(Math.max(...receiver.of('all').map(({ crowd }) => crowd))).toBeLessThanOrEqual(MAX_IN_FLIGHT);
  });

  it('sends no more in a second than the webhook takes, over all processes', () => {
    const times = receiver.of('paced').map(({ at }) => at);
    // What a busy machine holds up arrives together: a second's worth, over some seconds.
    const [window, allowed] = [3_000, 4 * MAX_PER_SECOND + WORKERS];
    for (const [index, from] of times.entries())
      expect(times.slice(index).filter((at) => at < from + window).length).toBeLessThanOrEqual(allowed);
  });
});

/** Ends the connections of one database, as a failover or an administrator would. */
async function cutConnections(url: string): Promise<void> {
  const { pathname, href } = new URL(url);
  const connection = await createConnection(href.slice(0, -pathname.length));
  const [rows] = await connection.query('SELECT id FROM information_schema.processlist WHERE db = ?', [
    pathname.slice(1),
  ]);
  for (const { id } of rows as { id: number }[]) await connection.query(`KILL ${id}`).catch(() => undefined);
  await connection.end();
}
