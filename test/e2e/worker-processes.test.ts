import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { Receiver } from '../support/receiver.js';
import { HAS_REDIS, RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const TOGGLES = ['a', 'b', 'c', 'd'];
/** Of its own for the test that measures. */
const MEASURED = 'measured';
const SECRET = 'a secret of the webhook';
const LIMIT_MS = 60_000;
const WAYS = HAS_REDIS ? ['the database alone', 'Redis'] : ['the database alone'];

/** SQLite serves one process. */
describe.runIf(DATABASES.includes('mysql')).each(WAYS)(
  'an api process and its workers over %s',
  { timeout: 3 * LIMIT_MS },
  (way) => {
    let database: TestDatabase;
    let redis: RedisServer | undefined;
    let receiver: Receiver;
    let api: FlagpostProcess;
    let workers: FlagpostProcess[];
    let client: ApiClient;
    let webhookId: number;

    beforeAll(async () => {
      database = await createTestDatabase('mysql');
      receiver = await Receiver.start();
      const MASTER_KEY = randomBytes(32).toString('base64');
      redis = way === 'Redis' ? await RedisServer.start() : undefined;
      const settings = { MASTER_KEY, LOG_LEVEL: 'warn', REDIS_URL: redis?.url ?? '' };
      const create = (ROLES: string): Promise<FlagpostProcess> =>
        FlagpostProcess.create(database.url, { ...settings, ROLES });
      api = await create('api');
      workers = [await create('worker'), await create('worker')];
      await Promise.all([api, ...workers].map((one) => one.start()));
      await prepare();
    }, 4 * LIMIT_MS);
    afterAll(async () => {
      await Promise.all([api, ...workers].map((one) => one.kill9()));
      await receiver.stop();
      await redis?.remove();
      await database.remove();
    });

    const prepare = async (): Promise<void> => {
      client = await api.login();
      const webhook = { name: 'all', url: receiver.url, secretKey: SECRET, events: ['TOGGLE.PUBLISH'] };
      webhookId = (await client.ok('POST', '/api/webhooks', webhook)).id;
      await client.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
      for (const key of [...TOGGLES, MEASURED]) {
        await client.ok('POST', '/api/projects/shop/toggles', {
          key,
          name: key,
          returnType: 'boolean',
          clientAvailability: true,
          disabledServe: 0,
          variations: [{ value: 'false' }, { value: 'true' }],
        });
      }
    };
    const publish = (toggle: string, number: number): Promise<Json> => {
      const path = `/api/projects/shop/environments/online/toggles/${toggle}/targeting`;
      return client.ok('PATCH', path, { disabled: number % 2 === 0, comment: `change ${number}` });
    };
    const drained = (): Promise<boolean> =>
      waitFor(
        async () => {
          const path = `/api/webhooks/${webhookId}/deliveries?status=PENDING&limit=1`;
          return (await client.ok('GET', path)).content.length === 0;
        },
        'all deliveries',
        LIMIT_MS,
      );
    /** Waits until so many more have arrived. */
    const arrivals = (count: number): Promise<boolean> => {
      const goal = receiver.received.length + count;
      return waitFor(() => receiver.received.length >= goal, `${count} deliveries`, LIMIT_MS);
    };
    const readEvents = async (): Promise<Json[]> => {
      const events: Json[] = [];
      for (let after = '0'; ;) {
        const page = await client.ok('GET', `/api/events?limit=1000&action=PUBLISH&after=${after}`);
        if (page.content.length === 0) return events;
        events.push(...page.content);
        after = page.next;
      }
    };
    const wakesOf = async (worker: FlagpostProcess, source: string): Promise<number> => {
      const text = await (await fetch(`${worker.baseUrl}/metrics`)).text();
      const line = text
        .split('\n')
        .find((one) => one.startsWith(`flagpost_delivery_wakes_total{source="${source}"}`));
      return Number(line?.split(' ')[1]);
    };

    it('deliver what is published, signed, soon after it was', async () => {
      const waits: number[] = [];
      for (let number = 0; number < 20; number += 1) {
        await publish(MEASURED, number);
        const answered = Date.now();
        await receiver.waitFor('TOGGLE.PUBLISH', number + 1);
        waits.push(receiver.received.at(-1)!.at - answered);
        // At any moment between two sweeps.
        await delay(Math.random() * 100);
      }
      waits.sort((a, b) => a - b);
      console.log(`${way}: answer to arrival, median ${waits[10]} ms, most ${waits.at(-1)} ms`);
      for (const { bytes, headers } of receiver.received)
        expect(headers['x-featureprobe-sign']).toBe(
          createHmac('sha1', SECRET).update(bytes).digest('base64'),
        );
      await drained();
      const told = await Promise.all(workers.map((worker) => wakesOf(worker, 'redis')));
      const count = told.reduce((sum, one) => sum + one, 0);
      if (way === 'Redis') expect(count).toBeGreaterThanOrEqual(20);
      else expect(count).toBe(0);
    });

    it('are restarted one after the other under load: nothing is lost, repeated or out of order', async () => {
      receiver.reply = async (_request, response) => {
        await delay(Math.random() * 20);
        response.writeHead(200).end();
      };
      let ended = false;
      const publishing = Promise.all(
        TOGGLES.map(async (toggle) => {
          for (let number = 0; !ended; number += 1) {
            await publish(toggle, number);
            await delay(20);
          }
        }),
      );
      publishing.catch(() => undefined);
      try {
        for (const worker of workers) {
          await arrivals(20);
          await worker.stop();
          await arrivals(20);
          await worker.start();
        }
      } finally {
        ended = true;
      }
      await publishing;
      await drained();
      const events = (await readEvents()).filter(({ toggleKey }) => toggleKey !== MEASURED);
      const received = receiver.received.filter(({ body }) => body.toggleKey !== MEASURED);
      const arrived = received.map(({ headers }) => headers['webhook-id']);
      expect(arrived.toSorted()).toEqual(events.map(({ id }: Json) => id).toSorted());
      for (const toggle of TOGGLES) {
        const versions = received
          .filter(({ body }) => body.toggleKey === toggle)
          .map(({ body }) => body.data.version);
        expect(versions).toEqual(versions.map((_, index) => index + 2));
      }
    });
  },
);
