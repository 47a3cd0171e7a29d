import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchResults } from '../../src/outreach/requests/batch-results.js';
import { Touchpoints } from '../../src/outreach/touchpoints/touchpoint.js';
import {
  accepts,
  allSucceed,
  ASYNC,
  CAMPAIGN,
  CampaignSteps,
  COUPONS,
  failed,
  idOf,
  succeeded,
  type Answering,
} from '../support/campaign-steps.js';
import { DATABASES } from '../support/databases.js';
import type { OutreachScene } from '../support/outreach-scene.js';

const MINUTE_MS = 60_000;

describe.each(DATABASES)('results of campaigns on %s', { timeout: 120_000 }, (kind) => {
  let steps: CampaignSteps;
  let scene: OutreachScene;

  beforeAll(async () => {
    steps = await CampaignSteps.start(kind, {});
  });
  afterAll(() => steps?.stop());
  beforeEach(async () => {
    scene = await steps.project();
  });

  const send = (users: number, touchpoints?: readonly object[], more?: object): Promise<string> =>
    steps.send(scene, users, touchpoints, more);
  const ownStatuses = async (path: string): Promise<string[]> => {
    const rows = await steps.query(
      'SELECT r.status FROM recipient r JOIN campaign_run c ON c.id = r.run_id WHERE c.campaign_id = ? ORDER BY r.batch, r.gid',
      [idOf(path)],
    );
    return rows.map(({ status }) => String(status).trim());
  };
  const batchStatuses = async (path: string): Promise<string[]> =>
    (await steps.batches(path)).map(({ status }) => status.trim());
  const told = (path: string): Promise<string[]> => steps.told(scene, path);

  describe('of an answer', () => {
    it('that is the same for all are the batch, and no row of a user', async () => {
      const path = await send(5, [{ ...COUPONS, batchSize: 2 }]);
      await steps.answer(path);
      expect(await ownStatuses(path)).toEqual(['', '', '', '', '']);
      expect(await batchStatuses(path)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({
        runs: 1,
        audience: 5,
        pending: 0,
        sent: 5,
        waiting: 0,
        succeeded: 5,
        failed: 0,
        canceled: 0,
        failures: [],
      });
      expect(await steps.statusOf(path)).toBe('FINISHED');
    });

    it('user by user are those of the few who fare differently', async () => {
      const path = await send(5);
      await steps.answer(path, (_batch, gids) =>
        gids.map((gid, index) =>
          index === 1 ? failed(gid) : index === 3 ? failed(gid, 'asleep') : succeeded(gid),
        ),
      );
      expect(await batchStatuses(path)).toEqual(['SUCCEEDED']);
      expect(await ownStatuses(path)).toEqual(['', 'FAILED', '', 'FAILED', '']);
      expect(await told(path)).toEqual([
        'SUCCEEDED',
        'FAILED: no stock',
        'SUCCEEDED',
        'FAILED: asleep',
        'SUCCEEDED',
      ]);
    });

    it('that most have failed by are the other way round', async () => {
      const path = await send(5);
      await steps.answer(path, (_batch, gids) =>
        // One of them is missing in the answer.
        gids.slice(0, 4).map((gid, index) => (index === 0 ? succeeded(gid) : failed(gid))),
      );
      expect(await batchStatuses(path)).toEqual(['FAILED']);
      expect(await ownStatuses(path)).toEqual(['SUCCEEDED', '', '', '', 'FAILED']);
      expect(await scene.stats(path)).toMatchObject({
        succeeded: 1,
        failed: 4,
        failures: [
          { reason: 'no stock', count: 3 },
          { reason: 'no result for this user', count: 1 },
        ],
      });
    });

    it('that never came are failures of all, with its reason', async () => {
      const path = await send(3);
      await steps.answer(path, () => ({
        status: 'FAILED',
        reason: 'given up by age after 6 tries: answered 500',
      }));
      const [first] = await told(path);
      expect(first).toMatch(/^FAILED: .*answered 500/);
      expect(await scene.stats(path)).toMatchObject({ sent: 3, failed: 3, waiting: 0 });
    });

    it('that no request was made for, since it would be too large, are failures of those in it', async () => {
      const texts = { ...COUPONS, batchSize: 500, templateParams: [{ name: 'text', type: 'TEXT' }] };
      const path = await send(501, [texts], { templateValues: { text: '祝'.repeat(9_000) } });
      expect(await batchStatuses(path)).toEqual(['FAILED', 'SENT']);
      await steps.answer(path);
      await steps.settle();
      const [{ reason, count }] = (await scene.stats(path)).failures;
      expect([reason, count]).toEqual([expect.stringContaining('too large'), 500]);
      expect(await steps.statusOf(path)).toBe('FINISHED');
    });

    it('that is told twice, or in a unit that is rolled back and repeated, count once', async () => {
      const path = await send(4);
      const some: Answering = (_batch, gids) =>
        gids.map((gid, index) => (index ? succeeded(gid) : failed(gid)));
      const ends = await steps.endsOf(path, 'SENT', some);
      await expect(
        steps.unitOfWork.run(async () => {
          await steps.get(BatchResults).reached(ends);
          throw new Error('rolled back');
        }),
      ).rejects.toThrow('rolled back');
      expect(await batchStatuses(path)).toEqual(['SENT']);
      await steps.tell(ends);
      await steps.tell(ends);
      await steps.tell(await steps.endsOf(path, 'SUCCEEDED', allSucceed));
      expect(await scene.stats(path)).toMatchObject({ succeeded: 3, failed: 1, waiting: 0 });
    });

    it('of many requests at once, of several campaigns, each get their own', async () => {
      const one = await send(40, [{ ...COUPONS, batchSize: 1, maxInFlight: 20 }]);
      const other = await scene.launch({
        ...CAMPAIGN,
        steps: [{ touchpointId: (await scene.touchpoint(COUPONS)).id }],
      });
      await steps.settle();
      const ends = [
        ...(await steps.endsOf(one, 'SENT', (batch, gids) =>
          gids.map((gid) => (batch.number % 4 === 0 ? failed(gid, `of ${batch.number}`) : succeeded(gid))),
        )),
        ...(await steps.endsOf(other, 'SENT', allSucceed)),
      ];
      await steps.tell(ends);
      expect(await scene.stats(one)).toMatchObject({ sent: 40, succeeded: 30, failed: 10 });
      expect((await scene.stats(one)).failures).toHaveLength(10);
      expect(await scene.stats(other)).toMatchObject({ sent: 40, succeeded: 40, failed: 0 });
    });
  });

  describe('of touchpoints by priority', () => {
    const byPriority = { mode: 'FIRST_SUCCESS' };

    it('hand on who failed until one works, and fail who failed at the last', async () => {
      const path = await send(6, [{ ...COUPONS, batchSize: 3 }, COUPONS, COUPONS], byPriority);
      // Of six, two are reached by the first, two by the second and one by the third.
      await steps.answer(path, (_batch, gids) =>
        gids.map((gid, index) => (index === 0 ? succeeded(gid) : failed(gid, 'no first'))),
      );
      await steps.settle();
      expect((await steps.batches(path)).map(({ step, size }) => [step, size])).toEqual([
        [0, 3],
        [0, 3],
        [1, 4],
      ]);
      await steps.answer(path, (_batch, gids) =>
        gids.map((gid, index) => (index < 2 ? succeeded(gid) : failed(gid, 'no second'))),
      );
      await steps.settle();
      await steps.answer(path, (_batch, gids) =>
        gids.map((gid, index) => (index === 0 ? succeeded(gid) : failed(gid, 'no third'))),
      );
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({
        audience: 6,
        sent: 12,
        succeeded: 5,
        failed: 1,
        passed: 6,
        waiting: 0,
        failures: [{ reason: 'no third', count: 1 }],
      });
      expect(await steps.statusOf(path)).toBe('FINISHED');
    });

    it('hand on all of a request that failed, and those of a disabled touchpoint', async () => {
      const path = await send(4, [{ ...COUPONS, batchSize: 1, maxInFlight: 1 }, COUPONS], byPriority);
      const id = (await steps.batches(path))[0]?.touchpoint_id ?? 0;
      await steps.answer(path, ({ number }) =>
        number === 1 ? { status: 'FAILED', reason: 'answered 500' } : undefined,
      );
      // The second is on its way, the others wait.
      await steps.unitOfWork.run(async () => {
        await steps.get(BatchResults).abandon(id, 'answered 410');
        await steps.get(Touchpoints).disableBySystem(id, 'answered 410');
      });
      await steps.finish(path);
      expect(await scene.stats(path)).toMatchObject({ audience: 4, succeeded: 4, passed: 4, failed: 0 });
      const passed = await scene.client.ok('GET', `${path}/recipients?status=PASSED`);
      expect(passed.content.map(({ reason }: { reason: string }) => reason)).toEqual([
        expect.stringContaining('answered 500'),
        'answered 410',
        'answered 410',
        'answered 410',
      ]);
    });

    it('send at once to who was handed on, while others of the first touchpoint are on their way', async () => {
      const path = await send(2, [{ ...COUPONS, batchSize: 1 }, COUPONS], byPriority);
      await steps.answer(path, ({ number }, gids) =>
        number === 1 ? gids.map((gid) => failed(gid)) : undefined,
      );
      await steps.settle();
      expect(await batchStatuses(path)).toEqual(['PASSED', 'SENT', 'SENT']);
    });
  });

  describe('of a campaign that is closed', () => {
    const one = { ...COUPONS, batchSize: 1, maxInFlight: 1 };

    it('are none where nothing was sent: what waits is canceled, also in the engine', async () => {
      const path = await send(4, [one]);
      expect(await batchStatuses(path)).toEqual(['SENT', 'SENT', 'PENDING', 'PENDING']);
      await scene.client.ok('PATCH', `${path}/close`);
      expect((await batchStatuses(path)).slice(2)).toEqual(['CANCELED', 'CANCELED']);
      await steps.settle();
      expect(await batchStatuses(path)).toEqual(['CANCELED', 'CANCELED', 'CANCELED', 'CANCELED']);
      const id = (await steps.batches(path))[0]?.touchpoint_id;
      const left = await steps.query('SELECT status, last_error FROM delivery WHERE endpoint_id = ?', [id]);
      expect(left).toEqual([
        { status: expect.stringMatching(/^CANCELED/), last_error: 'campaign closed' },
        { status: expect.stringMatching(/^CANCELED/), last_error: 'campaign closed' },
      ]);
      expect(await steps.query('SELECT id FROM lane WHERE endpoint_id = ?', [id])).toEqual([]);
      expect(await scene.stats(path)).toMatchObject({ audience: 4, sent: 0, canceled: 4, waiting: 0 });
      expect(await steps.runsOf(path)).toMatchObject([
        { phase: 'DONE', problem: 'campaign closed', finishedTime: expect.any(String) },
      ]);
      expect(await told(path)).toEqual(Array.from({ length: 4 }, () => 'CANCELED: campaign closed'));
    });

    it('are those of requests that were just being sent', async () => {
      const path = await send(3, [one]);
      const id = (await steps.batches(path))[0]?.touchpoint_id;
      await steps.write(`UPDATE lane SET lease_token = 'held', lease_until = ? WHERE endpoint_id = ?`, [
        steps.clock.now() + MINUTE_MS,
        id,
      ]);
      await scene.client.ok('PATCH', `${path}/close`);
      await steps.settle();
      expect(await batchStatuses(path)).toEqual(['SENT', 'SENT', 'CANCELED']);
      expect((await steps.runsOf(path))[0].phase).toBe('SENDING');
      await steps.answer(path);
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({ sent: 2, succeeded: 2, canceled: 1 });
      expect((await steps.runsOf(path))[0].phase).toBe('DONE');
    });

    it('give up receipts, and ignore what is told of them later', async () => {
      const path = await send(3, [ASYNC]);
      await steps.answer(path, accepts);
      const late = await steps.endsOf(path, 'WAITING', allSucceed);
      await scene.client.ok('PATCH', `${path}/close`);
      await steps.unitOfWork.run(() => steps.get(BatchResults).receipted(late));
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({ succeeded: 0, canceled: 3, waiting: 0 });
    });

    it('are not handed on', async () => {
      const path = await send(1, [one, COUPONS], { mode: 'FIRST_SUCCESS' });
      await steps.write(`UPDATE lane SET lease_token = 'held', lease_until = ?`, [
        steps.clock.now() + MINUTE_MS,
      ]);
      await scene.client.ok('PATCH', `${path}/close`);
      await steps.settle();
      await steps.answer(path, (_batch, gids) => gids.map((gid) => failed(gid)));
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({ failed: 1, passed: 0, pending: 0 });
      expect((await steps.runsOf(path))[0].phase).toBe('DONE');
    });
  });

  it('are events of the profile', async () => {
    const path = await send(2);
    await steps.answer(path, (_batch, [one, two]) => [succeeded(one ?? 0), failed(two ?? 0)]);
    const [first, second] = await scene.recipients(path);
    const profile = await scene.client.ok('GET', `${scene.path}/profiles/${second.gid}`);
    expect(profile.events).toEqual([
      expect.objectContaining({
        name: '$ma_channel_touch',
        attributes: {
          campaignId: idOf(path),
          touchpointId: first.touchpointId,
          runId: first.runId,
          status: 'FAILED',
          reason: 'no stock',
        },
      }),
    ]);
    expect(profile.eventCounts).toEqual([expect.objectContaining({ name: '$ma_channel_touch', count: 1 })]);
  });
});
