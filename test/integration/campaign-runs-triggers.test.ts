import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  allSucceed,
  CAMPAIGN,
  CampaignSteps,
  COUPONS,
  failed,
  idOf,
  succeeded,
} from '../support/campaign-steps.js';
import { DATABASES } from '../support/databases.js';
import type { OutreachScene } from '../support/outreach-scene.js';

const HOUR_MS = 3_600_000;

describe.each(DATABASES)('campaigns that events trigger on %s', { timeout: 120_000 }, (kind) => {
  let steps: CampaignSteps;
  let scene: OutreachScene;

  beforeAll(async () => {
    steps = await CampaignSteps.start(kind);
  });
  afterAll(() => steps?.stop());
  beforeEach(async () => {
    scene = await steps.project();
    await scene.import([
      ...['ann', 'ben', 'cem'].map((userId) => ({ userId, attributes: { vip: 'gold' } })),
      { userId: 'sly', attributes: { vip: 'silver' } },
    ]);
  });

  const triggerOf = (more: object = {}): object => ({
    type: 'TRIGGERED',
    event: 'purchase',
    startTime: new Date(steps.clock.now()).toISOString(),
    endTime: new Date(steps.clock.now() + 10 * HOUR_MS).toISOString(),
    reentry: 'EACH_TIME',
    ...more,
  });
  const launch = async (trigger: object, touchpoints: readonly object[] = [COUPONS]): Promise<string> => {
    const made = [];
    for (const touchpoint of touchpoints) made.push((await scene.touchpoint(touchpoint)).id as number);
    const path = await scene.launch({
      ...CAMPAIGN,
      steps: made.map((touchpointId) => ({ touchpointId })),
      trigger,
    });
    await steps.settle();
    return path;
  };
  const buy = (...users: string[]): Promise<unknown> =>
    scene.track(users.map((userId) => ({ userId, name: 'purchase' })));
  /** Who was taken in, batch by batch. */
  const taken = async (path: string): Promise<string[][]> => {
    const rows = await steps.query(
      `SELECT r.batch, p.user_id FROM recipient r JOIN campaign_run c ON c.id = r.run_id
         JOIN profile p ON p.project_id = r.project_id AND p.gid = r.gid
        WHERE c.campaign_id = ? ORDER BY r.batch, r.gid`,
      [idOf(path)],
    );
    const batches = new Map<number, string[]>();
    for (const { batch, user_id: userId } of rows)
      batches.set(batch, [...(batches.get(batch) ?? []), String(userId)]);
    return [...batches.values()];
  };

  it('send to users of the audience, those of one call together', async () => {
    const path = await launch(triggerOf());
    expect(await steps.statusOf(path)).toBe('RUNNING');
    await scene.track([
      { userId: 'ann', name: 'purchase' },
      { userId: 'sly', name: 'purchase' },
      { userId: 'ben', name: 'view' },
      { userId: 'cem', name: 'purchase' },
    ]);
    expect(await taken(path)).toEqual([['ann', 'cem']]);
    await steps.settle();
    await buy('ben');
    expect(await taken(path)).toEqual([['ann', 'cem'], ['ben']]);
    await steps.settle();
    await steps.answer(path);
    expect(await scene.stats(path)).toMatchObject({ runs: 1, audience: 3, sent: 3, succeeded: 3 });
  });

  it('fill requests with who comes while earlier ones wait', async () => {
    const path = await launch(triggerOf(), [{ ...COUPONS, batchSize: 2 }]);
    await buy('ann');
    await buy('ben');
    await buy('cem');
    expect(await taken(path)).toEqual([['ann', 'ben'], ['cem']]);
  });

  it('test the audience at the moment of the event', async () => {
    const path = await launch(triggerOf());
    await buy('sly');
    await scene.profile({ userId: 'sly', attributes: { vip: 'gold' } });
    await scene.profile({ userId: 'ann', attributes: { vip: 'silver' } });
    await buy('sly', 'ann', 'new');
    expect(await taken(path)).toEqual([['sly']]);
  });

  it('send each time with re-entry: a user twice in one call is in two requests', async () => {
    const path = await launch(triggerOf());
    await buy('ann', 'ben', 'ann');
    await buy('ann');
    expect(await taken(path)).toEqual([['ann', 'ben'], ['ann'], ['ann']]);
    expect((await steps.runsOf(path))[0]).toMatchObject({ audience: 4, phase: 'OPEN' });
  });

  it('send once in the whole campaign without it, whichever call comes first', async () => {
    const path = await launch(triggerOf({ reentry: 'ONCE' }));
    await buy('ann', 'ann', 'ben');
    await Promise.all(Array.from({ length: 6 }, () => buy('ann', 'cem')));
    await steps.finish(path);
    await buy('ann', 'ben', 'cem');
    expect((await taken(path)).flat().toSorted()).toEqual(['ann', 'ben', 'cem']);
  });

  it.each([
    ['EACH_TIME', ['ann', 'ann']],
    ['ONCE', ['ann']],
  ])('send at the third event of a user, with re-entry %s to %j', async (reentry, expected) => {
    const path = await launch(triggerOf({ occurrence: 3, reentry }));
    await buy('ann', 'ann', 'ben');
    expect(await taken(path)).toEqual([]);
    await buy('ann', 'ann', 'ann', 'ben');
    await buy('ann', 'ann');
    expect((await taken(path)).flat()).toEqual(expected);
    await buy('ben');
    expect((await taken(path)).flat().toSorted()).toEqual([...expected, 'ben']);
  });

  it('count nothing that happened before they began, and take nobody after their end', async () => {
    const path = await launch(triggerOf({ occurrence: 2 }));
    const before = new Date(steps.clock.now() - HOUR_MS).toISOString();
    await scene.track([{ userId: 'ann', name: 'purchase', time: before }]);
    await buy('ann', 'ben');
    expect(await taken(path)).toEqual([]);
    await buy('ben');
    expect(await taken(path)).toEqual([['ben']]);
    steps.clock.ahead += 10 * HOUR_MS;
    await buy('ann');
    await steps.finish(path);
    expect(await taken(path)).toEqual([['ben']]);
    expect(await steps.statusOf(path)).toBe('FINISHED');
    expect((await steps.runsOf(path))[0]).toMatchObject({ phase: 'DONE', audience: 1, succeeded: 1 });
  });

  it('take users in while they are paused, and send to them when they go on', async () => {
    const path = await launch(triggerOf());
    await scene.client.ok('PATCH', `${path}/pause`);
    await buy('ann');
    await steps.settle();
    await buy('ben');
    expect(await scene.stats(path)).toMatchObject({ audience: 2, pending: 2, sent: 0 });
    await scene.client.ok('PATCH', `${path}/resume`);
    await steps.settle();
    expect(await scene.stats(path)).toMatchObject({ audience: 2, pending: 0, sent: 2 });
  });

  it('take nobody once they are closed', async () => {
    const path = await launch(triggerOf());
    await buy('ann');
    await scene.client.ok('PATCH', `${path}/close`);
    await buy('ben');
    await steps.settle();
    expect(await scene.stats(path)).toMatchObject({ audience: 1, canceled: 1, sent: 0 });
  });

  it('keep events coming in where their segment is gone', async () => {
    const path = await launch(triggerOf());
    await scene.client.ok('DELETE', `${scene.path}/segments/gold`);
    expect(await buy('ann')).toEqual({ accepted: 1 });
    expect(await taken(path)).toEqual([]);
  });

  it('take nobody in where the events are not kept', async () => {
    const path = await launch(triggerOf());
    const answer = await scene.client.post(`${scene.path}/profiles/events`, [
      { userId: 'ann', name: 'purchase' },
      { gid: 4711, name: 'purchase' },
    ]);
    expect(answer.status).toBe(400);
    expect(await taken(path)).toEqual([]);
  });

  describe('of touches', () => {
    const touches = { event: '$ma_channel_touch' };

    it('send to whom another campaign has reached, or failed to reach', async () => {
      const following = await launch(triggerOf(touches));
      const { id } = await scene.touchpoint(COUPONS);
      const path = await scene.launch({ ...CAMPAIGN, steps: [{ touchpointId: id }] });
      await steps.settle();
      await steps.answer(path, (_batch, [one, two]) => [succeeded(one ?? 0), failed(two ?? 0)]);
      // The third has no result, which is a failure.
      expect(await taken(following)).toEqual([['ann', 'ben', 'cem']]);
    });

    it('are not triggered by what campaigns like themselves send', async () => {
      const [one, two] = [await launch(triggerOf(touches)), await launch(triggerOf(touches))];
      const { id } = await scene.touchpoint(COUPONS);
      const path = await scene.launch({ ...CAMPAIGN, steps: [{ touchpointId: id }] });
      await steps.settle();
      await steps.answer(path, allSucceed);
      for (const each of [one, two]) await steps.finish(each);
      expect(await scene.stats(one)).toMatchObject({ audience: 3, succeeded: 3 });
      expect(await scene.stats(two)).toMatchObject({ audience: 3, succeeded: 3 });
    });
  });
});
