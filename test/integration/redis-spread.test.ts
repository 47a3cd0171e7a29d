import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HAS_REDIS, RedisServer } from '../support/redis-server.js';
import { RecordingTaker, startSpread, type SpreadProcess } from '../support/spread-process.js';
import { waitFor } from '../support/wait-for.js';

const GONE = 'Redis is out of reach: workers find work in the database until it is back';
const BACK = 'Redis is back, work is spread through it again';

/** What holds for Redis beside what holds for every way of spreading work. */
describe.runIf(HAS_REDIS)('work spread by Redis', () => {
  let redis: RedisServer;
  let processes: SpreadProcess[];

  beforeEach(async () => {
    redis = await RedisServer.start();
    processes = [];
  });
  afterEach(async () => {
    redis.thaw();
    await Promise.all(processes.map((process) => process.stop()));
    await redis.remove();
  });

  const start = async (roles: string, more: Record<string, string> = {}): Promise<SpreadProcess> => {
    const DATABASE_URL = 'mysql://root@127.0.0.1/not-connected';
    const process = await startSpread({ DATABASE_URL, REDIS_URL: redis.url, ROLES: roles, ...more });
    processes.push(process);
    return process;
  };
  const isUp = (process: SpreadProcess, up: 0 | 1): Promise<boolean> =>
    waitFor(
      async () => (await process.metric('flagpost_redis_up')) === up,
      `Redis to be ${up ? 'up' : 'down'}`,
    );
  const startUp = async (roles: string, more?: Record<string, string>): Promise<SpreadProcess> => {
    const process = await start(roles, more);
    await isUp(process, 1);
    return process;
  };
  const worker = async (): Promise<{ process: SpreadProcess; taker: RecordingTaker }> => {
    const process = await startUp('worker');
    const taker = new RecordingTaker();
    process.spread.onWake(taker);
    return { process, taker };
  };
  /** Names of keys, without what they begin with. */
  const keys = async (): Promise<string[]> =>
    (await redis.run((client) => client.keys('*'))).map((key) => key.split(':').slice(2).join(':')).sort();
  const waiting = async (): Promise<number> => {
    const [key] = await redis.run((client) => client.keys('*:wakes:wait'));
    return key === undefined ? 0 : redis.run((client) => client.llen(key));
  };
  const told = (process: SpreadProcess, message: string): number => process.log.of(message).length;

  it('keeps one job for each endpoint, and nothing of those that were taken', async () => {
    const api = await startUp('api');
    for (let commit = 0; commit < 500; commit += 1) {
      api.spread.announce([1, 2, 3]);
      if (commit % 20 === 0) await delay(1);
    }
    await waitFor(async () => (await waiting()) === 3, 'three jobs');
    await delay(50);
    expect(await waiting()).toBe(3);
    const { taker } = await worker();
    await waitFor(() => taker.told.length === 3, 'three wakes');
    expect(taker.told.toSorted()).toEqual([1, 2, 3]);
    await waitFor(async () => (await keys()).join() === 'events,id,meta,stalled-check', 'no job to be left');
  });

  it('makes a new job of a commit in the moment in which one is being taken', async () => {
    const api = await startUp('api', { REDIS_PREFIX: 'mine' });
    api.spread.announce([1]);
    await waitFor(async () => (await waiting()) === 1, 'the job');
    const connection = { port: redis.port, host: '127.0.0.1' };
    const taker = new Worker<{ endpointId: number }>('wakes', null, { connection, prefix: 'mine' });
    const job = await taker.getNextJob('token');
    expect(job?.data).toEqual({ endpointId: 1 });
    for (let commit = 0; commit < 3; commit += 1) api.spread.announce([1]);
    await waitFor(async () => (await keys()).includes('dn:1'), 'it to be noted');
    expect(await waiting()).toBe(0);
    await job?.moveToCompleted(undefined, 'token', false);
    expect(await waiting()).toBe(1);
    await taker.close();
  });

  it('leaves to others what this process has no room for, and keeps the rest at home', async () => {
    const both = await startUp('api,worker');
    const near = new RecordingTaker();
    near.places = 2;
    both.spread.onWake({
      wake: (ids) => {
        near.wake(ids);
        near.places -= ids.length;
      },
      room: () => near.room(),
    });
    const { process, taker: far } = await worker();
    both.spread.announce([1, 2, 3, 4, 5]);
    expect(near.told).toEqual([1, 2]);
    await waitFor(() => far.told.length === 3, 'the rest');
    expect(far.told.toSorted()).toEqual([3, 4, 5]);
    expect(await both.metric('flagpost_delivery_wakes_total', { source: 'local' })).toBe(2);
    expect(await process.metric('flagpost_delivery_wakes_total', { source: 'redis' })).toBe(3);
  });

  it('leaves jobs in Redis while all have their hands full, and takes them when one has room', async () => {
    const first = await worker();
    const second = await worker();
    first.taker.places = 0;
    second.taker.places = 0;
    const api = await startUp('api');
    api.spread.announce([1, 2, 3, 4, 5, 6]);
    await waitFor(async () => (await waiting()) === 6, 'all to wait');
    await delay(100);
    expect([...first.taker.told, ...second.taker.told]).toEqual([]);
    second.taker.places = 1_000;
    await waitFor(() => second.taker.told.length === 6, 'all to be taken');
    expect(first.taker.told).toEqual([]);
  });

  it('tells nothing to another Flagpost on the same Redis', async () => {
    const { taker } = await worker();
    const other = await startUp('api', { DATABASE_URL: 'mysql://root@127.0.0.1/another' });
    const named = await startUp('api', { REDIS_PREFIX: 'mine' });
    other.spread.announce([1]);
    named.spread.announce([2]);
    await delay(300);
    expect(taker.told).toEqual([]);
    expect(await redis.run((client) => client.exists('mine:wakes:wait'))).toBe(1);
  });

  it('goes on after a FLUSHALL', async () => {
    const { taker } = await worker();
    const api = await startUp('api');
    for (const id of [1, 2, 3]) {
      api.spread.announce([id]);
      await redis.flush();
      await delay(20);
      api.spread.announce([id]);
      await waitFor(() => taker.told.includes(id), 'the wake');
    }
  });

  it('starts without Redis, says so once, and uses it when it comes', async () => {
    await redis.stop();
    const api = await start('api,worker');
    const process = await start('worker');
    const [near, far] = [new RecordingTaker(), new RecordingTaker()];
    api.spread.onWake(near);
    process.spread.onWake(far);
    near.places = 0;
    await waitFor(() => told(api, GONE) === 1, 'the line');
    api.spread.announce([1]);
    // Busy or not: nobody else can be told.
    expect(near.told).toEqual([1]);
    expect(process.spread.nextSweepMs({ found: 0, tookMs: 1 })).toBe(50);
    await delay(1_000);
    await redis.start();
    await Promise.all([isUp(api, 1), isUp(process, 1)]);
    expect(process.spread.nextSweepMs({ found: 0, tookMs: 1 })).toBe(500);
    api.spread.announce([2]);
    await waitFor(() => far.told.includes(2), 'the wake');
    await waitFor(() => told(api, BACK) === 1, 'the other line');
    expect([told(api, GONE), told(process, GONE), told(api, BACK)]).toEqual([1, 1, 1]);
  });

  it('outlives a restart of Redis in the middle of its work, with a line for each', async () => {
    const { process, taker } = await worker();
    const api = await startUp('api');
    let id = 0;
    const announcing = setInterval(() => api.spread.announce([(id += 1)]), 1);
    await waitFor(() => taker.told.length > 20, 'wakes');
    await redis.stop('SIGKILL');
    await isUp(process, 0);
    await delay(500);
    await redis.start();
    await Promise.all([isUp(process, 1), isUp(api, 1)]);
    const [before, from] = [taker.told.length, id];
    await waitFor(() => taker.told.length > before + 20, 'wakes again');
    clearInterval(announcing);
    const last = id;
    await waitFor(() => taker.told.includes(last), 'the last one');
    expect(new Set(taker.told.filter((one) => one > from)).size).toBe(last - from);
    await waitFor(() => told(process, BACK) === 1 && told(api, BACK) === 1, 'the lines');
    expect([told(process, GONE), told(api, GONE)]).toEqual([1, 1]);
    expect(api.log.lines.length).toBe(3);
  });

  it('waits for no answer of a Redis that hangs, and keeps no more than each endpoint once', async () => {
    const both = await startUp('api,worker');
    const { taker: far } = await worker();
    const near = new RecordingTaker();
    near.places = 0;
    both.spread.onWake(near);
    redis.freeze();
    for (let commit = 0; commit < 10_000; commit += 1) both.spread.announce([1, 2]);
    // Nobody was told yet, and nobody may have to wait for Redis: the worker of this process gets it after all.
    await waitFor(() => near.told.length === 2, 'the wake at home');
    expect(await both.metric('flagpost_redis_up')).toBe(0);
    for (let commit = 0; commit < 100; commit += 1) both.spread.announce([3]);
    expect(near.told.length).toBe(102);
    redis.thaw();
    await isUp(both, 1);
    both.spread.announce([4]);
    await waitFor(() => far.told.includes(4), 'the wake far away');
    expect(far.told.length).toBeLessThan(10);
  });

  it('says once that Redis is full, and wakes its own worker', async () => {
    const both = await startUp('api,worker');
    const near = new RecordingTaker();
    near.places = 0;
    both.spread.onWake(near);
    await redis.run((client) => client.config('SET', 'maxmemory', '1'));
    for (const id of [1, 2, 3]) {
      both.spread.announce([id]);
      await waitFor(() => near.told.includes(id), 'the wake at home');
    }
    const full = 'Redis refuses wakes: workers find work in the database';
    expect(told(both, full)).toBe(1);
    await redis.run((client) => client.config('SET', 'maxmemory', '0'));
    both.spread.announce([4]);
    await waitFor(async () => (await waiting()) > 0, 'the job');
    expect(near.told).toEqual([1, 2, 3]);
    expect(await both.metric('flagpost_redis_up')).toBe(1);
  });

  it.each(['stopped', 'frozen'])('stops without delay while Redis is %s', async (how) => {
    const { process } = await worker();
    const api = await startUp('api');
    if (how === 'stopped') await redis.stop();
    else redis.freeze();
    for (const when of ['at once', 'later']) {
      const stopping = when === 'at once' ? api : process;
      stopping.spread.announce([1]);
      const start = performance.now();
      await stopping.stop();
      expect(performance.now() - start).toBeLessThan(5_000);
      if (when === 'at once') await isUp(process, 0);
    }
    processes = [];
  });

  it('leaves Redis alone with SQLite', async () => {
    const process = await start('api,worker', { DATABASE_URL: 'sqlite:data/not-opened.db' });
    const taker = new RecordingTaker();
    process.spread.onWake(taker);
    process.spread.announce([1]);
    expect(taker.told).toEqual([1]);
    expect(process.log.lines.map(({ msg }) => msg)).toEqual([
      'REDIS_URL is of no use with SQLite, which serves one process: Redis is left alone',
    ]);
    expect(await process.metric('flagpost_redis_up')).toBeUndefined();
    expect(await redis.run((client) => client.keys('*'))).toEqual([]);
  });
});
