import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CAMPAIGN,
  CampaignSteps,
  COUPONS,
  failed,
  idOf,
  people,
  succeeded,
} from '../support/campaign-steps.js';
import type { Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import type { OutreachScene } from '../support/outreach-scene.js';

const STATUSES = ['PENDING', 'SENT', 'WAITING', 'SUCCEEDED', 'FAILED', 'PASSED', 'CANCELED'] as const;
const DAY_MS = 86_400_000;

describe.each(DATABASES)('what campaigns tell of their runs on %s', { timeout: 120_000 }, (kind) => {
  let steps: CampaignSteps;
  let scene: OutreachScene;
  let path: string;

  // Two runs of a daily campaign: one that has ended, and one in the middle, in all states.
  beforeAll(async () => {
    steps = await CampaignSteps.start(kind);
    scene = await steps.project();
    await scene.import(people(60));
    const first = await scene.touchpoint({ ...COUPONS, batchSize: 3, maxInFlight: 2 });
    const receipts = { mode: 'ASYNC', url: 'http://127.0.0.1:9/receipt', timeoutMinutes: 60 };
    const second = await scene.touchpoint({ ...COUPONS, receipts });
    path = await scene.launch({
      ...CAMPAIGN,
      mode: 'FIRST_SUCCESS',
      steps: [{ touchpointId: first.id }, { touchpointId: second.id }],
      trigger: {
        type: 'RECURRING',
        startDate: new Date(steps.clock.now()).toISOString().slice(0, 10),
        endDate: '2099-01-01',
        every: 'DAY',
        timeOfDay: '12:00',
        timeZone: 'UTC',
        reentry: 'EACH_TIME',
      },
    });
    steps.clock.ahead += DAY_MS;
    await steps.finish(path);
    steps.clock.ahead += DAY_MS;
    await steps.settle();
    await steps.answer(path, ({ number }, gids) =>
      gids.map((gid, index) => (index < number % 4 ? failed(gid, `because of ${index}`) : succeeded(gid))),
    );
    await steps.settle();
    // Of those handed on, some fail in the end, some wait on.
    await steps.answer(path, ({ touchpoint_id: id }) => (id === second.id ? [] : undefined));
    await steps.settle();
    await steps.receipts(path, (_batch, [one, two]) => [succeeded(one ?? 0), failed(two ?? 0)]);
  }, 120_000);
  afterAll(() => steps?.stop());

  const listed = (query: string): Promise<Json> => scene.client.ok('GET', `${path}/recipients?${query}`);

  it('are runs, the newest first, by pages', async () => {
    const page = await scene.client.ok('GET', `${path}/runs?pageSize=1`);
    expect(page).toMatchObject({ totalElements: 2, totalPages: 2, last: false });
    expect(page.content).toMatchObject([
      { phase: 'SENDING', audience: 60, scheduledTime: expect.any(String) },
    ]);
    expect(page.content[0].finishedTime).toBeUndefined();
    const [older] = (await scene.client.ok('GET', `${path}/runs?pageSize=1&pageIndex=1`)).content;
    expect(older).toMatchObject({
      phase: 'DONE',
      audience: 60,
      sent: 60,
      succeeded: 60,
      waiting: 0,
      finishedTime: expect.any(String),
    });
  });

  it('are statistics that agree with the recipients', async () => {
    const stats = await scene.stats(path);
    const all = await scene.recipients(path);
    const count = (...wanted: string[]): number => all.filter(({ status }) => wanted.includes(status)).length;
    expect(count('PENDING')).toBeGreaterThan(0);
    expect(stats).toEqual({
      runs: 2,
      audience: 120,
      pending: count('PENDING'),
      sent: all.length - count('PENDING', 'CANCELED'),
      waiting: count('SENT', 'WAITING'),
      succeeded: count('SUCCEEDED'),
      failed: count('FAILED'),
      passed: count('PASSED'),
      canceled: 0,
      failures: [{ reason: 'no stock', count: 1 }],
    });
    expect(stats.sent).toBe(stats.succeeded + stats.failed + stats.passed + stats.waiting);
    const runs = await steps.runsOf(path);
    expect(runs.reduce((sum, run) => sum + run.succeeded, 0)).toBe(stats.succeeded);
  });

  it('are recipients by status and by run, page by page', async () => {
    const all = await scene.recipients(path);
    const runIds = [...new Set(all.map(({ runId }) => runId))];
    expect(runIds).toHaveLength(2);
    expect(runIds[0]).toBeGreaterThan(runIds[1]);
    for (const status of [undefined, ...STATUSES]) {
      for (const runId of [undefined, ...runIds]) {
        const wanted = all.filter(
          (one) => (status ?? one.status) === one.status && (runId ?? one.runId) === one.runId,
        );
        const filter = `${status ? `status=${status}&` : ''}${runId ? `runId=${runId}&` : ''}`;
        const pages: Json[] = [];
        for (let pageIndex = 0; pageIndex === 0 || pageIndex * 4 < wanted.length; pageIndex += 1) {
          const page = await listed(`${filter}pageSize=4&pageIndex=${pageIndex}`);
          expect(page.totalElements).toBe(wanted.length);
          pages.push(...page.content);
        }
        expect(pages).toEqual(wanted);
      }
    }
  });

  it('are what became of one user', async () => {
    const [some] = (await listed('status=PASSED')).content;
    expect(some).toMatchObject({
      userId: expect.stringMatching(/^u-/),
      reason: expect.stringMatching(/^because of/),
      deliveryId: expect.any(String),
      time: expect.any(String),
    });
    const ofUser = (await listed(`gid=${some.gid}`)).content;
    expect(ofUser.length).toBeGreaterThanOrEqual(3);
    expect(ofUser.every(({ gid }: Json) => gid === some.gid)).toBe(true);
    expect(new Set(ofUser.map(({ runId }: Json) => runId)).size).toBe(2);
    expect((await listed(`gid=${some.gid}&status=PASSED`)).content).toEqual([some]);
    expect(await listed('gid=4711')).toMatchObject({ totalElements: 0, content: [] });
  });

  it('lead to the request that a user was in', async () => {
    const [some] = (await listed('status=SUCCEEDED')).content;
    const delivery = await scene.client.ok('GET', `/api/deliveries/${some.deliveryId}`);
    expect(delivery.request.body).toContain(`"gid":${some.gid}`);
  });

  it('are nothing of a draft, and not found of what is none', async () => {
    const { id } = await scene.campaign({ name: 'Draft' });
    const draft = `${scene.path}/campaigns/${id}`;
    expect((await scene.client.ok('GET', `${draft}/runs`)).content).toEqual([]);
    expect(await scene.stats(draft)).toMatchObject({ runs: 0, audience: 0, sent: 0, failures: [] });
    const other = await steps.project();
    for (const tail of ['runs', 'stats', 'recipients']) {
      for (const campaign of [`${other.path}/campaigns/${idOf(path)}`, `${scene.path}/campaigns/4711`]) {
        const answer = await scene.client.get(`${campaign}/${tail}`);
        expect([answer.status, answer.body.code]).toEqual([400, 'not_found']);
      }
    }
  });

  it.each(['status=NONE', 'runId=x', 'gid=0', 'pageSize=0'])(
    'refuse %s and name the field',
    async (query) => {
      const answer = await scene.client.get(`${path}/recipients?${query}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expect(answer.body.message).toContain(query.split('=')[0]);
    },
  );
});
