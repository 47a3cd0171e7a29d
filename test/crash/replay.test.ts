import { randomBytes } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventEntity, EventSequenceEntity } from '../../src/events/event.entity.js';
import { loadSettings } from '../../src/platform/config/index.js';
import { openDataSource } from '../../src/platform/database/data-source.factory.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { waitFor } from '../support/wait-for.js';
import { Arrivals } from './arrivals.js';

const TOGGLES = Array.from({ length: 6 }, (_, index) => `toggle-${index}`);

/** Events of the past: several batches, and far more than a replay is planned ahead, so that it lasts until much has arrived. */
const HISTORY = 1_500;

/** Kill when so many arrivals more have come. */
const KILLS = [20, 100, 100];

const DRAIN_LIMIT_MS = 120_000;

describe.each(DATABASES)('a replay on %s', { timeout: 240_000 }, (kind) => {
  let database: TestDatabase;
  let servers: FlagpostProcess[];
  let arrivals: Arrivals;
  let client: ApiClient;
  let webhookId: number;

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    servers = [];
    arrivals = await Arrivals.start();
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.kill9()));
    await arrivals.receiver.stop();
    await database.remove();
  });

  const startServers = async (count: number): Promise<FlagpostProcess> => {
    const MASTER_KEY = randomBytes(32).toString('base64');
    for (let number = 0; number < count; number += 1) {
      const settings = { MASTER_KEY, RETRY_SECONDS: '0.05', LOG_LEVEL: 'warn' };
      servers.push(await FlagpostProcess.create(database.url, settings));
    }
    await Promise.all(servers.map((server) => server.start()));
    const [first] = servers;
    client = await first!.login();
    return first!;
  };

  /** A long history, and then a webhook that has seen nothing of it. */
  const prepare = async (): Promise<void> => {
    await client.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    for (const key of TOGGLES) {
      const settings = { returnType: 'boolean', clientAvailability: true, disabledServe: 0 };
      const variations = [{ value: 'false' }, { value: 'true' }];
      await client.ok('POST', '/api/projects/shop/toggles', { key, name: key, ...settings, variations });
    }
    for (const number of TOGGLES.keys()) await publishOnce(number);
    await Promise.all(servers.map((server) => server.stop()));
    await copyEvents(database, HISTORY);
    await Promise.all(servers.map((server) => server.start()));
    const webhook = { name: 'late', url: arrivals.receiver.url, events: ['TOGGLE.*'], timeoutMs: 1_000 };
    webhookId = (await client.ok('POST', '/api/webhooks', webhook)).id;
  };

  const publishOnce = (number: number): Promise<Json> => {
    const toggle = TOGGLES[number % TOGGLES.length]!;
    const path = `/api/projects/shop/environments/online/toggles/${toggle}/targeting`;
    return client.ok('PATCH', path, { disabled: number % 2 === 0, comment: `change ${number}` });
  };

  const progress = (id: string): Promise<Json> =>
    client.ok('GET', `/api/webhooks/${webhookId}/replays/${id}`);

  const ended = (id: string): Promise<boolean> =>
    waitFor(
      async () => {
        if ((await progress(id)).status === 'RUNNING') return false;
        const path = `/api/webhooks/${webhookId}/deliveries?status=PENDING&limit=1`;
        return (await client.ok('GET', path)).content.length === 0;
      },
      'the replay to end',
      DRAIN_LIMIT_MS,
    );

  const readAll = async (path: string, cursor: string, start: string): Promise<Json[]> => {
    const rows: Json[] = [];
    for (let next: string | undefined = start; next !== undefined;) {
      const page: Json = await client.ok('GET', `${path}&${cursor}=${next}`);
      rows.push(...page.content);
      next = page.content.length === 0 ? undefined : page.next;
    }
    return rows;
  };

  /** Each event was planned once, arrived, and kept its place among those of its toggle, failed tries and repeats included. */
  const expectAllInOrder = async (replay: Json, liveCount: number): Promise<void> => {
    const events = (await readAll('/api/events?limit=1000', 'after', '0')).filter(
      (event) => event.resource === 'TOGGLE',
    );
    expect(events).toHaveLength(replay.matched + liveCount);
    const deliveries = await readAll(`/api/webhooks/${webhookId}/deliveries?limit=500`, 'cursor', '');
    expect(deliveries.map(({ eventId }) => eventId).toSorted()).toEqual(
      events.map(({ id }) => id).toSorted(),
    );
    expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    for (const toggle of TOGGLES) {
      const own = events.filter(({ toggleKey }) => toggleKey === toggle).map(({ id }) => id);
      const positions = new Map(own.map((id, index) => [id, index]));
      const arrived = arrivals.all.flatMap(({ webhookId: id }) => positions.get(id) ?? []);
      expect(new Set(arrived).size).toBe(own.length);
      expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    }
  };

  it('repeats and loses nothing when it is killed in the middle, while changes go on', async () => {
    const server = await startServers(1);
    await prepare();
    const started = await client.ok('POST', `/api/webhooks/${webhookId}/replay`, { since: 0 });
    expect(started.matched).toBe(HISTORY + 2 * TOGGLES.length);
    let live = 0;
    for (const [index, more] of KILLS.entries()) {
      const target = arrivals.all.length + more;
      await waitFor(() => arrivals.all.length >= target, 'deliveries to arrive', DRAIN_LIMIT_MS);
      for (const number of TOGGLES.keys()) await publishOnce(number + index);
      live += TOGGLES.length;
      if (index === 0) expect((await progress(started.id)).status).toBe('RUNNING');
      await server.kill9();
      await server.start();
    }
    await ended(started.id);
    const { matched } = started;
    expect(await progress(started.id)).toEqual({ id: started.id, matched, done: matched, status: 'DONE' });
    await expectAllInOrder(started, live);
  });

  if (kind === 'mysql') {
    it('is planned once by two processes, one of which is killed', async () => {
      await startServers(2);
      await prepare();
      const started = await client.ok('POST', `/api/webhooks/${webhookId}/replay`, { since: 0 });
      await waitFor(() => arrivals.all.length >= 100, 'deliveries to arrive', DRAIN_LIMIT_MS);
      await servers[1]!.kill9();
      await ended(started.id);
      const { matched } = started;
      expect(await progress(started.id)).toMatchObject({ matched, done: matched, status: 'DONE' });
      await expectAllInOrder(started, 0);
    });
  }
});

/** Makes the history longer, faster than by changes: the publishes there are, again and again. */
async function copyEvents(database: TestDatabase, count: number): Promise<void> {
  const settings = loadSettings({
    DATABASE_URL: database.url,
    MASTER_KEY: randomBytes(32).toString('base64'),
  });
  const dataSource = await openDataSource(settings.database, {
    entities: [EventEntity, EventSequenceEntity],
  });
  const events = dataSource.getRepository(EventEntity);
  const publishes = await events.find({ where: { action: 'PUBLISH' }, order: { sequence: 'ASC' } });
  const counters = dataSource.getRepository(EventSequenceEntity);
  const counter = await counters.findOneByOrFail({ organizationId: 1 });
  const copies = Array.from({ length: count }, (_, index) => ({
    ...publishes[index % publishes.length]!,
    id: uuidV7(),
    sequence: counter.value + 1 + index,
  }));
  await events.save(copies, { chunk: 500 });
  await counters.save({ ...counter, value: counter.value + count });
  await dataSource.destroy();
}
