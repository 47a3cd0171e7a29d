import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Recipients } from '../../src/outreach/runs/recipients.js';
import { RunRepository } from '../../src/outreach/runs/run.repository.js';
import { RunRounds } from '../../src/outreach/runs/run-rounds.js';
import { RunStarter } from '../../src/outreach/runs/run-starter.js';
import { PIECE, Snapshot } from '../../src/outreach/runs/snapshot.js';
import { Touchpoints } from '../../src/outreach/touchpoints/touchpoint.js';
import { CAMPAIGN, CampaignSteps, COUPONS, idOf, people } from '../support/campaign-steps.js';
import { DATABASES } from '../support/databases.js';
import type { OutreachScene } from '../support/outreach-scene.js';

describe.each(DATABASES)('runs of campaigns on %s', { timeout: 120_000 }, (kind) => {
  let steps: CampaignSteps;

  beforeAll(async () => {
    steps = await CampaignSteps.start(kind);
  });
  afterAll(() => steps?.stop());

  const launch = async (
    scene: OutreachScene,
    touchpoints: readonly object[] = [COUPONS],
    more: object = {},
  ): Promise<string> => {
    const made = [];
    for (const touchpoint of touchpoints) made.push((await scene.touchpoint(touchpoint)).id as number);
    return scene.launch({ ...CAMPAIGN, steps: made.map((touchpointId) => ({ touchpointId })), ...more });
  };
  const startAll = (): Promise<void> => steps.get(RunStarter).startDue();
  const sizes = async (path: string): Promise<number[]> =>
    (await steps.batches(path)).map(({ size }) => size);
  const runIdOf = async (path: string): Promise<number> => {
    const [row] = await steps.query('SELECT id FROM campaign_run WHERE campaign_id = ?', [idOf(path)]);
    return row.id as number;
  };
  const audienceOf = async (path: string): Promise<number[]> => {
    const rows = await steps.query(
      'SELECT r.gid FROM recipient r JOIN campaign_run c ON c.id = r.run_id WHERE c.campaign_id = ? ORDER BY r.gid',
      [idOf(path)],
    );
    return rows.map(({ gid }) => Number(gid));
  };
  const statuses = async (path: string): Promise<string[]> =>
    (await steps.batches(path)).map(({ status }) => status.trim());

  describe('take down the audience', () => {
    it('in pieces that make as few batches as one list would', async () => {
      const scene = await steps.project();
      // Three pieces, and each ends amid a batch.
      const count = PIECE + 300;
      await scene.import(people(count));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 400 }]);
      await startAll();
      const [id, snapshot] = [await runIdOf(path), steps.get(Snapshot)];
      expect(await snapshot.takePiece(id)).toBe(true);
      expect(await sizes(path)).toEqual([...Array.from({ length: 3 }, () => 400), PIECE / 2 - 1200]);
      while (await snapshot.takePiece(id)) continue;
      const batches = await sizes(path);
      expect(batches).toHaveLength(Math.ceil(count / 400));
      expect(batches.slice(0, -1).every((size) => size === 400)).toBe(true);
      expect((await steps.runsOf(path))[0]).toMatchObject({ audience: count, phase: 'SENDING' });
      expect(new Set(await audienceOf(path)).size).toBe(count);
    });

    it('for each step by itself where all touchpoints are to be reached, and for the first where one is', async () => {
      const scene = await steps.project();
      await scene.import(people(25));
      const touchpoints = [
        { ...COUPONS, batchSize: 10 },
        { ...COUPONS, batchSize: 7 },
      ];
      const all = await launch(scene, touchpoints, { mode: 'ALL' });
      const first = await launch(scene, touchpoints, { mode: 'FIRST_SUCCESS' });
      await steps.settle();
      const bySteps = (await steps.batches(all)).map(({ step, size }) => [step, size]);
      expect(bySteps).toEqual([
        [0, 10],
        [0, 10],
        [0, 5],
        [1, 7],
        [1, 7],
        [1, 7],
        [1, 4],
      ]);
      expect((await steps.runsOf(all))[0]).toMatchObject({ audience: 25, sent: 50 });
      expect((await steps.batches(first)).map(({ step, size }) => [step, size])).toEqual([
        [0, 10],
        [0, 10],
        [0, 5],
      ]);
    });

    it('as it was when the run began: later profiles are not of it', async () => {
      const scene = await steps.project();
      await scene.import(people(3));
      const path = await launch(scene);
      await startAll();
      await scene.import(people(3, 100));
      await steps.settle();
      expect(await audienceOf(path)).toHaveLength(3);
    });

    it('once, whoever takes pieces and hands over', async () => {
      const scene = await steps.project();
      await scene.import(people(PIECE));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 50, maxInFlight: 100 }]);
      const rounds = steps.get(RunRounds);
      await Promise.all(
        [1, 2, 3, 4].map(async () => {
          for (let turn = 0; turn < 12; turn += 1) await rounds.goRound();
        }),
      );
      expect((await steps.runsOf(path)).length).toBe(1);
      const audience = await audienceOf(path);
      expect(audience).toHaveLength(PIECE);
      expect(new Set(audience).size).toBe(PIECE);
      const [{ deliveries }] = await steps.query(
        'SELECT COUNT(*) AS deliveries FROM delivery WHERE endpoint_id = ?',
        [(await steps.batches(path))[0]?.touchpoint_id],
      );
      expect(Number(deliveries)).toBe(PIECE / 50);
    });

    it('going on where the last piece that was committed ended', async () => {
      const scene = await steps.project();
      await scene.import(people(PIECE));
      const path = await launch(scene);
      await startAll();
      const [id, snapshot, recipients] = [await runIdOf(path), steps.get(Snapshot), steps.get(Recipients)];
      await snapshot.takePiece(id);
      const before = await sizes(path);
      const insert = vi.spyOn(recipients, 'insert').mockRejectedValueOnce(new Error('cut off'));
      await expect(snapshot.takePiece(id)).rejects.toThrow('cut off');
      insert.mockRestore();
      expect(await sizes(path)).toEqual(before);
      await steps.settle();
      expect(new Set(await audienceOf(path)).size).toBe(PIECE);
      expect(await audienceOf(path)).toHaveLength(PIECE);
    });

    it('and say what is wrong where the segment is gone', async () => {
      const scene = await steps.project();
      await scene.import(people(3));
      const path = await launch(scene);
      await scene.client.ok('DELETE', `${scene.path}/segments/gold`);
      await steps.settle();
      expect(await steps.runsOf(path)).toMatchObject([
        { audience: 0, phase: 'DONE', problem: 'segment gold is gone', finishedTime: expect.any(String) },
      ]);
      expect(await steps.statusOf(path)).toBe('FINISHED');
    });
  });

  describe('of a recurring campaign', () => {
    const daily = (reentry: string): object => ({
      trigger: {
        type: 'RECURRING',
        startDate: new Date(steps.clock.now()).toISOString().slice(0, 10),
        endDate: '2099-01-01',
        every: 'DAY',
        timeOfDay: '12:00',
        timeZone: 'UTC',
        reentry,
      },
    });
    const DAY_MS = 86_400_000;

    it.each([
      ['ONCE', [4, 2]],
      ['EACH_TIME', [4, 6]],
    ])('with re-entry %s send to %s', async (reentry, audiences) => {
      const scene = await steps.project();
      await scene.import(people(4));
      const path = await launch(scene, [COUPONS], daily(reentry));
      expect(await steps.statusOf(path)).toBe('NOT_STARTED');
      steps.clock.ahead += DAY_MS;
      await steps.finish(path);
      expect(await steps.statusOf(path)).toBe('RUNNING');
      await scene.import(people(2, 100));
      steps.clock.ahead += DAY_MS;
      await steps.finish(path);
      const runs = await steps.runsOf(path);
      expect(runs.map(({ audience }) => audience).toReversed()).toEqual(audiences);
      expect(runs.every(({ phase }) => phase === 'DONE')).toBe(true);
    });

    it('send again to who was never sent to, since the touchpoint was gone', async () => {
      const scene = await steps.project();
      await scene.import(people(2));
      const path = await launch(scene, [COUPONS], daily('ONCE'));
      const [id] = (await steps.client.ok('GET', path)).steps.map(
        ({ touchpointId }: { touchpointId: number }) => touchpointId,
      );
      await steps.unitOfWork.run(() => steps.get(Touchpoints).disableBySystem(id, 'answered 410'));
      steps.clock.ahead += DAY_MS;
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({
        sent: 0,
        failed: 2,
        failures: [{ reason: 'answered 410', count: 2 }],
      });
      await steps.client.ok('PATCH', `/api/touchpoints/${id}/enable`);
      steps.clock.ahead += DAY_MS;
      await steps.finish(path);
      expect(await scene.stats(path)).toMatchObject({ sent: 2, succeeded: 2, failed: 2 });
    });
  });

  describe('are handed to the engine', () => {
    it('no further ahead than keeps an endpoint busy', async () => {
      const scene = await steps.project();
      await scene.import(people(40));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 1, maxInFlight: 4 }]);
      await steps.settle();
      const count = async (status: string): Promise<number> =>
        (await statuses(path)).filter((one) => one === status).length;
      expect(await count('SENT')).toBe(8);
      await steps.answer(path);
      await steps.settle();
      expect([await count('SUCCEEDED'), await count('SENT')]).toEqual([8, 8]);
      await steps.finish(path);
      expect(await count('SUCCEEDED')).toBe(40);
    });

    it('for two seconds at the most where its rate is limited', async () => {
      const scene = await steps.project();
      await scene.import(people(40));
      const limited = { ...COUPONS, batchSize: 2, maxInFlight: 10, usersPerSecond: 4 };
      const path = await launch(scene, [limited]);
      await steps.settle();
      expect((await statuses(path)).filter((status) => status === 'SENT')).toHaveLength(4);
      const [{ cost }] = await steps.query(
        'SELECT m.cost FROM message m JOIN delivery d ON d.message_id = m.id WHERE d.id = ?',
        [(await steps.batches(path))[0]?.delivery_id],
      );
      expect(cost).toBe(2);
    });

    it('only once they are full, while the snapshot is being taken', async () => {
      const scene = await steps.project();
      await scene.import(people(PIECE));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 400 }]);
      await startAll();
      for (let turn = 0; turn < 2; turn += 1) {
        await steps.get(RunRounds).goRound();
        // The last one may still get more users, and does so in each of the pieces.
        expect((await statuses(path)).at(-1)).toBe('PENDING');
      }
      expect((await steps.runsOf(path))[0].phase).toBe('SNAPSHOT');
      expect((await statuses(path)).slice(0, 3)).toEqual(['SENT', 'SENT', 'SENT']);
      await steps.settle();
      expect(new Set(await statuses(path))).toEqual(new Set(['SENT']));
      expect((await sizes(path)).toSorted((one, other) => one - other)).toEqual([
        200,
        ...Array.from({ length: 7 }, () => 400),
      ]);
    });

    it('not while the campaign is paused, though its audience is taken down', async () => {
      const scene = await steps.project();
      await scene.import(people(30));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 10 }]);
      await startAll();
      await scene.client.ok('PATCH', `${path}/pause`);
      await steps.settle();
      expect(await statuses(path)).toEqual(['PENDING', 'PENDING', 'PENDING']);
      expect(await scene.stats(path)).toMatchObject({ audience: 30, pending: 30, sent: 0 });
      await scene.client.ok('PATCH', `${path}/resume`);
      await steps.finish(path);
      expect(await scene.stats(path)).toMatchObject({ pending: 0, sent: 30, succeeded: 30 });
      expect(await steps.statusOf(path)).toBe('FINISHED');
    });

    it('without those whose profile was deleted meanwhile', async () => {
      const scene = await steps.project();
      await scene.import(people(4));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 2 }]);
      await startAll();
      await steps.get(Snapshot).takePiece(await runIdOf(path));
      const gids = await audienceOf(path);
      const [{ project_id: projectId }] = await steps.query('SELECT project_id FROM campaign WHERE id = ?', [
        idOf(path),
      ]);
      for (const gid of [gids[0], gids[2], gids[3]])
        await steps.write('DELETE FROM profile WHERE project_id = ? AND gid = ?', [projectId, gid]);
      await steps.settle();
      expect(await statuses(path)).toEqual(['SENT', 'CANCELED']);
      const body = await bodyOf((await steps.batches(path))[0]?.delivery_id ?? '');
      expect(body.dataList.map(({ gid }: { gid: number }) => gid)).toEqual([gids[1]]);
      await steps.answer(path);
      await steps.settle();
      expect(await scene.stats(path)).toMatchObject({ audience: 4, sent: 1, succeeded: 1, canceled: 3 });
      expect((await scene.recipients(path)).map(({ status, reason }) => [status, reason])).toEqual([
        ['CANCELED', 'the profile is gone'],
        ['SUCCEEDED', undefined],
        ['CANCELED', 'the profile is gone'],
        ['CANCELED', 'the profile is gone'],
      ]);
    });

    it('each by turns, where campaigns share a touchpoint, and one that fails keeps no other back', async () => {
      const scene = await steps.project();
      await scene.import(people(12));
      const { id } = await scene.touchpoint({ ...COUPONS, batchSize: 2, maxInFlight: 1 });
      const both = { ...CAMPAIGN, steps: [{ touchpointId: id }] };
      const [one, two] = [await scene.launch(both), await scene.launch(both)];
      await startAll();
      const broken = await runIdOf(one);
      const runs = steps.get(RunRepository);
      const lock = vi.spyOn(runs, 'tryLock').mockImplementation(async (runId) => {
        if (runId === broken) throw new Error('broken');
        return (await runs.lockAll([runId])).get(runId);
      });
      await steps.settle();
      lock.mockRestore();
      expect((await statuses(two)).filter((status) => status === 'SENT')).toHaveLength(2);
      await steps.answer(two);
      for (let turn = 0; turn < 12; turn += 1) {
        await steps.settle();
        await steps.answer(one);
        await steps.answer(two);
      }
      expect(await steps.statusOf(one)).toBe('FINISHED');
      expect(await steps.statusOf(two)).toBe('FINISHED');
    });

    it('as failed where the touchpoint is disabled, with the reason that it was disabled for', async () => {
      const scene = await steps.project();
      await scene.import(people(6));
      const path = await launch(scene, [{ ...COUPONS, batchSize: 2, maxInFlight: 1 }]);
      await steps.settle();
      const id = (await steps.batches(path))[0]?.touchpoint_id ?? 0;
      await steps.unitOfWork.run(() => steps.get(Touchpoints).disableBySystem(id, 'answered 410'));
      await steps.settle();
      expect(await statuses(path)).toEqual(['SENT', 'SENT', 'FAILED']);
    });
  });

  const bodyOf = async (deliveryId: string) => {
    const [{ body }] = await steps.query(
      'SELECT m.body FROM message m JOIN delivery d ON d.message_id = m.id WHERE d.id = ?',
      [deliveryId],
    );
    return JSON.parse(body as string);
  };
});
