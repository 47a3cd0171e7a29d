import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkSpread } from '../../src/delivery/spread/work-spread.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver } from '../support/receiver.js';
import { HAS_REDIS, RedisServer } from '../support/redis-server.js';
import { RecordingTaker, startSpread, type SpreadProcess } from '../support/spread-process.js';
import { waitFor } from '../support/wait-for.js';

type Driver = 'the database alone' | 'Redis';
const DRIVERS: readonly Driver[] = HAS_REDIS ? ['the database alone', 'Redis'] : ['the database alone'];

/** What becomes of a signal on its way. */
const FATES: Readonly<Record<string, (announce: (ids: readonly number[]) => void) => typeof announce>> = {
  'arrive as they should': (announce) => announce,
  'are lost': () => () => undefined,
  'are repeated': (announce) => (ids) => {
    for (let time = 0; time < 3; time += 1) announce([...ids, ...ids]);
  },
  'are late': (announce) => (ids) => void setTimeout(() => announce(ids), 100 + Math.random() * 400),
  'name the wrong ones': (announce) => (ids) => announce([999_999, ...ids.map((id) => id + 1_000)]),
};

/** What every way of spreading work promises, whatever it is made of. */
describe.each(DRIVERS)('work spread by %s', (driver) => {
  let redis: RedisServer | undefined;
  const environment: Record<string, string> = {};

  beforeAll(async () => {
    if (driver !== 'Redis') return;
    redis = await RedisServer.start();
    environment['REDIS_URL'] = redis.url;
  });
  afterAll(() => redis?.remove());

  describe('in one process', () => {
    let process: SpreadProcess;
    const start = async (roles: string): Promise<void> => {
      const DATABASE_URL = 'mysql://root@127.0.0.1/not-connected';
      process = await startSpread({ ...environment, DATABASE_URL, ROLES: roles });
    };
    afterEach(() => process.stop());

    it('wakes its worker, without a word where there is none', async () => {
      await start('api,worker');
      process.spread.announce([1, 2]);
      const taker = new RecordingTaker();
      process.spread.onWake(taker);
      process.spread.announce([]);
      process.spread.announce([3, 4]);
      await waitFor(() => taker.told.includes(4), 'the wake');
      // What came before it listened may come late, or not at all.
      expect(taker.told.filter((id) => id > 2)).toEqual([3, 4]);
    });

    it('wakes all that listen, and nobody that has stopped', async () => {
      await start('api,worker');
      const takers = [new RecordingTaker(), new RecordingTaker(), new RecordingTaker()];
      const ends = takers.map((taker) => process.spread.onWake(taker));
      process.spread.announce([1]);
      await waitFor(() => takers.every(({ told }) => told.includes(1)), 'all to be woken');
      ends[0]?.();
      ends[0]?.();
      process.spread.announce([2]);
      await waitFor(() => takers.slice(1).every(({ told }) => told.includes(2)), 'the others to be woken');
      expect(takers[0]?.told).toEqual([1]);
    });

    it('stops and starts again', async () => {
      await start('api,worker');
      for (const id of [1, 2, 3]) {
        const taker = new RecordingTaker();
        const end = process.spread.onWake(taker);
        process.spread.announce([id]);
        await waitFor(() => taker.told.includes(id), 'the wake');
        end();
        process.spread.announce([100]);
        expect(taker.told).not.toContain(100);
      }
    });

    it('counts who woke it, sweeps among them', async () => {
      await start('api,worker');
      process.spread.onWake(new RecordingTaker());
      process.spread.announce([1, 2]);
      process.spread.nextSweepMs({ found: 5, tookMs: 1 });
      const count = (source: string): Promise<number | undefined> =>
        process.metric('flagpost_delivery_wakes_total', { source });
      await waitFor(async () => (await count('local')) === 2, 'the wakes to be counted');
      expect(await count('sweep')).toBe(5);
    });
  });

  describe.runIf(DATABASES.includes('mysql'))('over two processes that send and one that plans', () => {
    let database: TestDatabase;
    let receiver: Receiver;
    let planner: TestEngine;
    let workers: TestEngine[];

    beforeAll(async () => {
      database = await createTestDatabase('mysql');
      receiver = await Receiver.start();
      planner = await startEngine('mysql', { ...environment, ROLES: 'api' }, { database });
      const { directory } = planner;
      workers = [];
      for (let number = 0; number < 2; number += 1) {
        const settings = { ...environment, ROLES: 'worker' };
        workers.push(await startEngine('mysql', settings, { database, directory }));
      }
    });
    afterAll(async () => {
      for (const engine of [planner, ...workers]) await engine.stop({ keepDatabase: true });
      await receiver.stop();
      await database.remove();
    });

    it.each(Object.keys(FATES))('delivers each once and in order when signals %s', async (fate) => {
      receiver.received.length = 0;
      const ids: number[] = [];
      for (let number = 0; number < 6; number += 1)
        ids.push(await planner.endpoint(`${receiver.url}/${number}`));
      const spread = planner.app.get(WorkSpread);
      const announce = spread.announce.bind(spread);
      spread.announce = FATES[fate]!(announce);
      try {
        for (let turn = 0; turn < 5; turn += 1) await planner.plan(ids, 'key', [String(turn)], turn + 1);
        await waitFor(() => receiver.received.length >= 30, 'all deliveries');
      } finally {
        spread.announce = announce;
      }
      for (let number = 0; number < 6; number += 1) {
        const arrived = receiver.received.filter(({ path }) => path === `/hook/${number}`);
        expect(arrived.map(({ bytes }) => bytes.toString())).toEqual(['0', '1', '2', '3', '4']);
      }
    });

    it('turns many commits into few looks', async () => {
      const id = await planner.endpoint(receiver.url);
      const spread = planner.app.get(WorkSpread);
      const before = await roundsOf(workers);
      for (let commit = 0; commit < 1_000; commit += 1) {
        spread.announce([id]);
        if (commit % 50 === 0) await delay(1);
      }
      await delay(600);
      expect((await roundsOf(workers)) - before).toBeLessThan(200);
    });

    it('takes up what came while nobody sent', async () => {
      receiver.received.length = 0;
      const { directory } = planner;
      for (const worker of workers.splice(0)) await worker.stop({ keepDatabase: true });
      const id = await planner.endpoint(receiver.url);
      await planner.plan([id], 'while-away', ['1', '2', '3']);
      await delay(300);
      expect(receiver.received).toEqual([]);
      workers.push(await startEngine('mysql', { ...environment, ROLES: 'worker' }, { database, directory }));
      await waitFor(() => receiver.received.length === 3, 'the deliveries');
    });
  });
});

async function roundsOf(engines: readonly TestEngine[]): Promise<number> {
  const text = await Promise.all(engines.map(({ app }) => app.get(Metrics).registry.metrics()));
  const counts = text.map((one) => Number(/^flagpost_delivery_round_seconds_count (\d+)/m.exec(one)?.[1]));
  return counts.reduce((sum, count) => sum + count, 0);
}
