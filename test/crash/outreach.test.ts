import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { OutreachScene } from '../support/outreach-scene.js';
import { Receiver, type Received } from '../support/receiver.js';

/** On each database. `OUTREACH_KILLS=100 npx vitest run test/crash/outreach` is a long form. */
const KILLS = Number(process.env['OUTREACH_KILLS'] ?? (process.env['CI'] ? 5 : 10));
const USERS = 3_000;
const BATCH = 20;
const END_LIMIT_MS = 120_000;

/** Of ten users one is refused, one has no receipt when first asked, the others are reached. */
const isRefused = (gid: number): boolean => gid % 10 === 3;
const isLate = (gid: number): boolean => gid % 10 === 7;

/** A customer's system with asynchronous receipts, which knows a repeated order by its number. */
class CouponSystem {
  readonly orders = new Map<string, number[]>();
  readonly #asked = new Set<string>();
  repeats = 0;
  /** Orders that came twice with other users: must never happen. */
  readonly contradictions: string[] = [];
  /** Called at each request, before it is answered. */
  onRequest: (() => void) | undefined;

  constructor(readonly receiver: Receiver) {
    receiver.reply = async (request, response) => {
      this.onRequest?.();
      const answer = request.path === '/receipt' ? this.#receipts(request) : this.#take(request);
      // Some answers take a while, so that a kill finds requests under way.
      await delay(Math.random() * 20);
      response.end(JSON.stringify(answer));
    };
  }

  #take({ body }: Received): Json {
    const gids = body.dataList.map(({ gid }: { gid: number }) => gid) as number[];
    const known = this.orders.get(body.orderNo);
    if (known) this.repeats += 1;
    if (known && String(known) !== String(gids)) this.contradictions.push(body.orderNo);
    this.orders.set(body.orderNo, gids);
    return { code: 0, orderNo: body.orderNo, sendStatusList: [] };
  }

  #receipts({ body }: Received): Json {
    const isFirst = !this.#asked.has(body.orderNo);
    this.#asked.add(body.orderNo);
    const gids = (this.orders.get(body.orderNo) ?? []).filter((gid) => !(isFirst && isLate(gid)));
    const sendStatusList = gids.map((gid) =>
      isRefused(gid) ? { gid, status: 'TOU_FAIL', errorMsg: 'no stock' } : { gid, status: 'TOU_SUCC' },
    );
    return { code: 0, orderNo: body.orderNo, sendStatusList };
  }
}

describe.each(DATABASES)('kill -9 in the middle of a campaign on %s', (kind) => {
  let database: TestDatabase;
  let server: FlagpostProcess;
  let coupons: CouponSystem;
  let stats: Json;
  let recipients: Json[];
  let kills = 0;

  const killAndStart = async (): Promise<void> => {
    await server.kill9();
    kills += 1;
    await server.start();
  };

  beforeAll(
    async () => {
      database = await createTestDatabase(kind);
      const environment = { RETRY_SECONDS: '0.1', RECEIPT_POLL_SECONDS: '0.5', LOG_LEVEL: 'warn' };
      server = await FlagpostProcess.create(database.url, environment);
      await server.start();
      coupons = new CouponSystem(await Receiver.start());
      const client = await server.login();
      const scene = await OutreachScene.open(client);
      await scene.import(
        Array.from({ length: USERS }, (_, index) => ({ userId: `u-${index}`, attributes: { in: 'yes' } })),
      );
      await scene.segment('everyone', { in: 'yes' });
      const path = await launch(scene, coupons.receiver);
      while (kills < KILLS) {
        await moment(coupons, kills);
        await killAndStart();
      }
      // The session outlives the process: it is signed with the master key.
      stats = await scene.end(path, END_LIMIT_MS);
      recipients = await scene.recipients(path);
      console.log(`${kind}: ${kills} kills, ${coupons.orders.size} orders, ${coupons.repeats} repeated`);
    },
    KILLS * 15_000 + END_LIMIT_MS,
  );

  afterAll(async () => {
    await server?.kill9();
    await coupons?.receiver.stop();
    await database?.remove();
  });

  it('sent every user of the snapshot once', () => {
    const sent = [...coupons.orders.values()].flat();
    expect(sent).toHaveLength(USERS);
    expect(new Set(sent).size).toBe(USERS);
    expect(coupons.contradictions).toEqual([]);
  });

  it('collected every receipt', () => {
    const refused = [...coupons.orders.values()].flat().filter(isRefused).length;
    expect(stats).toMatchObject({
      audience: USERS,
      sent: USERS,
      succeeded: USERS - refused,
      failed: refused,
      waiting: 0,
      failures: [{ reason: 'no stock', count: refused }],
    });
  });

  it('tells of each user what came of it', () => {
    expect(recipients).toHaveLength(USERS);
    for (const { gid, status, reason } of recipients)
      expect({ gid, status, reason }).toEqual({
        gid,
        status: isRefused(gid) ? 'FAILED' : 'SUCCEEDED',
        reason: isRefused(gid) ? 'no stock' : undefined,
      });
  });
});

async function launch(scene: OutreachScene, receiver: Receiver): Promise<string> {
  const { id } = await scene.touchpoint({
    name: 'Coupons',
    kind: 'TOUCHPOINT',
    type: 'BENEFIT',
    url: receiver.url,
    batchSize: BATCH,
    // So that the run lasts as long as the kills, about: some seconds for each start of the server.
    usersPerSecond: Math.ceil(USERS / (KILLS * 1.5)),
    receipts: { mode: 'ASYNC', url: receiver.url.replace('/hook', '/receipt'), timeoutMinutes: 60 },
    retryForMinutes: 60,
    userAttributes: [{ attribute: 'userId', name: 'memberId' }],
    templateParams: [{ name: 'amount', type: 'NUMBER' }],
  });
  return scene.launch({
    name: 'Coupons for all',
    segmentKey: 'everyone',
    steps: [{ touchpointId: id }],
    templateValues: { amount: 5 },
    trigger: { type: 'ONCE' },
  });
}

/** Moments to kill at, taken in turn: whenever, and with a request under way; the first one comes amid the snapshot. */
async function moment(coupons: CouponSystem, index: number): Promise<void> {
  if (index === 0) return;
  if (index % 2 === 0) return delay(Math.random() * 500);
  await Promise.race([
    new Promise<void>((resolve) => {
      coupons.onRequest = resolve;
    }),
    delay(5_000),
  ]);
  coupons.onRequest = undefined;
}
