import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/platform/config/index.js';
import { start, stop } from '../../src/start.js';
import { ApiClient } from '../support/api-client.js';
import { answerOf, CAMPAIGN, COUPONS, failed, people, succeeded } from '../support/campaign-steps.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { ADMIN_PASSWORD } from '../support/flagpost.js';
import { OutreachScene } from '../support/outreach-scene.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const USERS = 1_500;
const BATCH = 20;

async function metricsOf(app: NestFastifyApplication): Promise<Record<string, number>> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('flagpost_'));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

describe.each(DATABASES)('workers that run campaigns on %s', { timeout: 120_000 }, (kind) => {
  let database: TestDatabase;
  let receiver: Receiver;
  let running: NestFastifyApplication[];

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    receiver = await Receiver.start();
    running = [];
    // A user in ten is refused; some answers take a moment.
    receiver.reply = async ({ body }, response) => {
      const gids = body.dataList.map(({ gid }: { gid: number }) => gid) as number[];
      await delay(Math.random() * 5);
      response.end(
        answerOf(
          body.orderNo as string,
          gids.map((gid) => (gid % 10 === 1 ? failed(gid) : succeeded(gid))),
        ),
      );
    };
  });
  afterEach(async () => {
    for (const app of running) await stop(app);
    await receiver.stop();
    await database.remove();
  });

  const startProcess = async (roles = 'api,worker'): Promise<NestFastifyApplication> => {
    const settings = loadSettings({
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      ADMIN_PASSWORD,
      MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      EGRESS_ALLOW: '127.0.0.1/32',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
      ROLES: roles,
    });
    const app = await start(settings);
    running.push(app);
    return app;
  };
  const signIn = async (app: NestFastifyApplication): Promise<ApiClient> => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new ApiClient(`http://127.0.0.1:${port}`).login('Admin', ADMIN_PASSWORD);
  };
  const prepare = async (client: ApiClient): Promise<OutreachScene> => {
    const scene = await OutreachScene.open(client);
    await scene.segment('gold', { vip: 'gold' });
    await scene.import(people(USERS));
    return scene;
  };
  const launch = async (scene: OutreachScene, touchpoint: object = {}): Promise<string> => {
    const { id } = await scene.touchpoint({
      ...COUPONS,
      url: receiver.url,
      batchSize: BATCH,
      ...touchpoint,
    });
    return scene.launch({ ...CAMPAIGN, steps: [{ touchpointId: id }] });
  };
  /** Each user once, in as few requests as can be. */
  const expectEachOnce = (): void => {
    const sent = receiver.received.flatMap(({ body }) =>
      body.dataList.map(({ gid }: { gid: number }) => gid),
    );
    expect(sent).toHaveLength(USERS);
    expect(new Set(sent).size).toBe(USERS);
    expect(receiver.received).toHaveLength(USERS / BATCH);
  };

  it('send to each user of the audience, and know what came of it', async () => {
    const app = await startProcess();
    const scene = await prepare(await signIn(app));
    const path = await launch(scene);
    const refused = USERS / 5;
    expect(await scene.end(path)).toMatchObject({
      audience: USERS,
      sent: USERS,
      waiting: 0,
      succeeded: USERS - refused,
      failed: refused,
      failures: [{ reason: 'no stock', count: refused }],
    });
    expectEachOnce();
    await waitFor(async () => {
      const metrics = await metricsOf(app);
      return metrics['flagpost_campaign_runs_active'] === 0 && metrics['flagpost_campaign_users_open'] === 0;
    }, 'the metrics of a run that is over');
    expect(await metricsOf(app)).toMatchObject({
      'flagpost_campaign_users_finished_total{result="succeeded"}': USERS - refused,
      'flagpost_campaign_users_finished_total{result="failed"}': refused,
      'flagpost_campaign_users_finished_total{result="canceled"}': 0,
    });
  });

  it('tell how many users are open, and count those who are canceled', async () => {
    const held: ServerResponse[] = [];
    receiver.reply = (_request, response) => void held.push(response);
    const app = await startProcess();
    const scene = await prepare(await signIn(app));
    const path = await launch(scene);
    await waitFor(async () => {
      const metrics = await metricsOf(app);
      return (
        metrics['flagpost_campaign_runs_active'] === 1 && metrics['flagpost_campaign_users_open'] === USERS
      );
    }, 'the metrics of a run under way');
    await waitFor(() => receiver.received.length > 0, 'the first request');
    await scene.client.ok('PATCH', `${path}/close`);
    await waitFor(async () => {
      const metrics = await metricsOf(app);
      const canceled = metrics['flagpost_campaign_users_finished_total{result="canceled"}'] ?? 0;
      return canceled > 0 && canceled + (metrics['flagpost_campaign_users_open'] ?? 0) === USERS;
    }, 'the metrics of a run that was closed');
    for (const response of held) response.writeHead(400).end();
    await waitFor(async () => {
      const metrics = await metricsOf(app);
      const failed = metrics['flagpost_campaign_users_finished_total{result="failed"}'];
      return failed === held.length * BATCH && metrics['flagpost_campaign_users_open'] === 0;
    }, 'the metrics of a run that is over');
  });

  it('go on after a stop without sending anything twice', async () => {
    const first = await startProcess();
    const path = await launch(await prepare(await signIn(first)), { usersPerSecond: 1000 });
    await waitFor(() => receiver.received.length > 10, 'the first requests');
    await stop(first);
    running = [];
    const before = receiver.received.length;
    expect(before).toBeLessThan(USERS / BATCH);
    const client = await signIn(await startProcess());
    const scene = OutreachScene.of(client, 'shop');
    expect(await scene.end(path)).toMatchObject({ audience: USERS, sent: USERS, waiting: 0 });
    expectEachOnce();
  });

  // SQLite belongs to one process.
  if (kind === 'mysql')
    it('share the work where they are several', async () => {
      const api = await startProcess('api');
      await Promise.all([1, 2, 3].map(() => startProcess('worker')));
      const scene = await prepare(await signIn(api));
      const path = await launch(scene);
      expect(await scene.end(path)).toMatchObject({ audience: USERS, sent: USERS, waiting: 0 });
      expectEachOnce();
    });
});
