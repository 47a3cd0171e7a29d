import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Json } from '../support/api-client.js';
import { CampaignScene, DAY } from '../support/campaign-scene.js';
import { DATABASES } from '../support/databases.js';
import { expectRefusal } from '../support/shop.js';

const BASE = CampaignScene.base;
const HOUR = 3_600_000;

const ACTIONS = ['publish', 'pause', 'resume', 'close'];

/** What each status lets be done; all else is refused. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  DRAFT: ['update', 'delete', 'publish'],
  IN_APPROVAL: ['close'],
  TO_PUBLISH: ['close'],
  NOT_STARTED: ['pause', 'close'],
  RUNNING: ['pause', 'close'],
  PAUSED: ['update', 'resume', 'close'],
  FINISHED: ['delete'],
  CLOSED: ['delete'],
};

describe.each(DATABASES)('the life of campaigns on %s', (kind) => {
  let scene: CampaignScene;

  beforeAll(async () => {
    scene = await CampaignScene.start(kind);
  });
  afterAll(() => scene.stop());
  afterEach(() => vi.restoreAllMocks());

  const get = ({ id }: Json): Promise<Json> => scene.owner.ok('GET', `${BASE}/${id}`);
  const patch = ({ id }: Json, body: object): Promise<Json> => scene.owner.ok('PATCH', `${BASE}/${id}`, body);
  const triggered = (): Json => ({
    type: 'TRIGGERED',
    event: 'purchase',
    startTime: scene.in(HOUR),
    endTime: scene.in(2 * HOUR),
    reentry: 'ONCE',
  });

  /** Makes one of that status; those that nothing leads to so far by hand. */
  async function at(status: string): Promise<Json> {
    if (status === 'DRAFT') return scene.draft();
    const campaign = await scene.running();
    if (status === 'PAUSED') return scene.act(campaign, 'pause');
    await scene.sql('UPDATE campaign SET status = ? WHERE id = ?', [status, campaign.id]);
    return campaign;
  }

  it.each(Object.keys(ALLOWED))('lets from %s be done what it lets, and refuses the rest', async (status) => {
    for (const action of [...ACTIONS, 'update', 'delete']) {
      const { id } = await at(status);
      const path = `${BASE}/${id}`;
      const answer = ACTIONS.includes(action)
        ? await scene.owner.patch(`${path}/${action}`)
        : await scene.owner.call(action === 'delete' ? 'DELETE' : 'PATCH', path, { name: 'Changed' });
      if (ALLOWED[status]?.includes(action))
        expect([status, action, answer.status]).toEqual([status, action, 200]);
      else {
        expectRefusal(answer, 'invalid_request', `${action} is not possible: the campaign is ${status}`);
        expect(await get({ id })).toMatchObject({ status, name: 'Birthday coupon' });
      }
    }
  });

  it('goes from draft to closed, and tells so', async () => {
    const draft = await scene.draft();
    const seen = [draft];
    for (const action of ['publish', 'pause', 'resume', 'close']) seen.push(await scene.act(draft, action));
    expect(seen.map(({ status }) => status)).toEqual([
      'DRAFT',
      'NOT_STARTED',
      'PAUSED',
      'NOT_STARTED',
      'CLOSED',
    ]);
    expect(seen.map(({ nextRunTime }) => nextRunTime === draft.trigger.at)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    const events = await scene.events(draft);
    expect(events.map(({ action, operator, data }) => [action, operator, data.status])).toEqual([
      ['CREATE', 'Admin', 'DRAFT'],
      ['PUBLISH', 'Admin', 'NOT_STARTED'],
      ['PAUSE', 'Admin', 'PAUSED'],
      ['RESUME', 'Admin', 'NOT_STARTED'],
      ['CLOSE', 'Admin', 'CLOSED'],
    ]);
    expect(events.at(-1).changes).toEqual(
      expect.arrayContaining([{ path: '/status', from: 'NOT_STARTED', to: 'CLOSED' }]),
    );
    expect(await get(draft)).toEqual(seen.at(-1));
  });

  it('closes its runs in the same unit, and wakes them otherwise', async () => {
    const campaign = await scene.running();
    const wake = vi.spyOn(scene.runs, 'wake');
    const close = vi.spyOn(scene.runs, 'close').mockRejectedValueOnce(new Error('no'));
    expect((await scene.owner.patch(`${BASE}/${campaign.id}/close`)).status).toBe(500);
    expect(await get(campaign)).toMatchObject({ status: 'RUNNING' });
    expect(wake).not.toHaveBeenCalled();
    await scene.act(campaign, 'close');
    expect(close).toHaveBeenLastCalledWith(campaign.id, 'campaign closed');
    expect(await get(campaign)).toMatchObject({ status: 'CLOSED' });
    expect(wake).toHaveBeenCalledOnce();
  });

  it('resumes to running once a run has begun', async () => {
    const campaign = await scene.running();
    expect(campaign.status).toBe('RUNNING');
    expect(await scene.act(campaign, 'pause')).toMatchObject({ status: 'PAUSED' });
    expect(await scene.act(campaign, 'resume')).toMatchObject({
      status: 'RUNNING',
      nextRunTime: campaign.nextRunTime,
    });
  });

  it('starts and finishes by itself, as the system', async () => {
    const draft = await scene.draft({ trigger: { type: 'ONCE' } });
    const published = await scene.act(draft, 'publish');
    await scene.begin(draft.id);
    const running = await get(draft);
    expect(running).toMatchObject({ status: 'RUNNING', modifiedBy: 'Admin' });
    expect(running).not.toHaveProperty('nextRunTime');
    expect(running.modifiedTime).toBe(published.modifiedTime);
    await scene.locked(draft.id, (campaign) => scene.campaigns.finished(campaign));
    expect(await get(draft)).toMatchObject({ status: 'FINISHED' });
    const events = (await scene.events(draft)).slice(-2);
    expect(events).toMatchObject([
      { action: 'UPDATE', operator: 'system', data: { status: 'RUNNING' } },
      { action: 'UPDATE', operator: 'system', data: { status: 'FINISHED' } },
    ]);
    expect(events[1].changes).toEqual([{ path: '/status', from: 'RUNNING', to: 'FINISHED' }]);
    // What has ended, or was paused meanwhile, stays so.
    await scene.locked(draft.id, (campaign) => scene.campaigns.started(campaign, scene.clock.now()));
    const paused = await scene.act(await scene.running(), 'pause');
    await scene.locked(paused.id, (campaign) => scene.campaigns.finished(campaign));
    await scene.locked(paused.id, (campaign) => scene.campaigns.started(campaign, scene.clock.now()));
    expect((await Promise.all([get(draft), get(paused)])).map(({ status }) => status)).toEqual([
      'FINISHED',
      'PAUSED',
    ]);
  });

  it('is due again at its next time, and tells of its beginning once', async () => {
    const campaign = await scene.running();
    const first = campaign.nextRunTime;
    await scene.wait(Date.parse(first) - scene.clock.now());
    await scene.begin(campaign.id);
    const again = await get(campaign);
    expect(Date.parse(again.nextRunTime)).toBe(Date.parse(first) + DAY);
    const starts = (await scene.events(campaign)).filter(({ operator }) => operator === 'system');
    expect(starts).toHaveLength(1);
  });

  describe('after a pause', () => {
    it('runs at once where its one time came', async () => {
      const campaign = await scene.act(await scene.published(), 'pause');
      await scene.wait(2 * HOUR);
      const resumed = await scene.act(campaign, 'resume');
      expect(resumed).toMatchObject({ status: 'NOT_STARTED', nextRunTime: campaign.trigger.at });
      expect(await scene.campaigns.due(scene.clock.now(), 1000)).toContain(campaign.id);
    });

    it('skips times that came, and runs at the next', async () => {
      const campaign = await scene.published({ trigger: scene.daily() });
      await scene.act(campaign, 'pause');
      await scene.wait(2 * DAY);
      const resumed = await scene.act(campaign, 'resume');
      expect(resumed.status).toBe('NOT_STARTED');
      expect(Date.parse(resumed.nextRunTime)).toBe(Date.parse(campaign.nextRunTime) + 2 * DAY);
    });

    it('is finished where no time is left', async () => {
      const campaign = await scene.act(await scene.running(), 'pause');
      await scene.wait(20 * DAY);
      expect(await scene.act(campaign, 'resume')).toMatchObject({ status: 'FINISHED' });
      expect((await scene.events(campaign)).slice(-2)).toMatchObject([
        { action: 'RESUME', operator: 'Admin', data: { status: 'RUNNING' } },
        { action: 'UPDATE', operator: 'system', data: { status: 'FINISHED' } },
      ]);
    });

    it('is finished where its events no longer count, begun or not', async () => {
      const fresh = await scene.published({ trigger: triggered() });
      const begun = await scene.published({ trigger: triggered() });
      await scene.begin(begun.id);
      for (const campaign of [fresh, begun]) await scene.act(campaign, 'pause');
      await scene.wait(90 * 60_000);
      expect(await scene.act(begun, 'resume')).toMatchObject({ status: 'RUNNING' });
      expect(await scene.act(fresh, 'resume')).toMatchObject({ status: 'NOT_STARTED' });
      for (const campaign of [fresh, begun]) await scene.act(campaign, 'pause');
      await scene.wait(HOUR);
      expect(await scene.act(begun, 'resume')).toMatchObject({ status: 'FINISHED' });
      expect(await scene.act(fresh, 'resume')).toMatchObject({ status: 'FINISHED' });
    });

    it('is left to its runs while one has not ended', async () => {
      const campaign = await scene.published({ trigger: { type: 'ONCE' } });
      await scene.begin(campaign.id);
      const isBusy = vi.spyOn(scene.runs, 'isBusy').mockResolvedValueOnce(true);
      await scene.act(campaign, 'pause');
      expect(await scene.act(campaign, 'resume')).toMatchObject({ status: 'RUNNING' });
      expect(isBusy).toHaveBeenCalledExactlyOnceWith(campaign.id);
      await scene.act(campaign, 'pause');
      expect(await scene.act(campaign, 'resume')).toMatchObject({ status: 'FINISHED' });
    });
  });

  describe('while it is paused', () => {
    it('is edited, and stays right as a whole', async () => {
      const campaign = await scene.act(await scene.published(), 'pause');
      const { status, body } = await scene.owner.patch(`${BASE}/${campaign.id}`, {
        segmentKey: 'nobody',
        templateValues: {},
      });
      expect(status).toBe(400);
      expect(body.problems.map(({ field }: Json) => field)).toEqual(['segmentKey', 'templateValues.amount']);
      const touchpointId = await scene.touchpoint();
      const changed = { name: 'New', steps: [{ touchpointId }], templateValues: { amount: 5 } };
      expect(await patch(campaign, changed)).toMatchObject({ ...changed, status: 'PAUSED' });
      const resumed = await scene.act(campaign, 'resume');
      expect(resumed).toMatchObject({ ...changed, nextRunTime: campaign.trigger.at });
      expect((await scene.usage.holdersOf(touchpointId)).map(({ id }) => id)).toEqual([campaign.id]);
      expect(await scene.usage.holdersOf(campaign.steps[0].touchpointId)).toEqual([]);
    });

    it('takes a new time, and keeps one that has passed', async () => {
      const campaign = await scene.act(await scene.published(), 'pause');
      await scene.wait(2 * HOUR);
      expect(await patch(campaign, { name: 'Late' })).toMatchObject({
        name: 'Late',
        trigger: campaign.trigger,
      });
      const past = { trigger: { type: 'ONCE', at: scene.in(-HOUR) } };
      expect((await scene.owner.patch(`${BASE}/${campaign.id}`, past)).body.problems).toEqual([
        { field: 'trigger.at', message: 'is in the past' },
      ]);
      const trigger = { type: 'ONCE', at: scene.in(HOUR) };
      await patch(campaign, { trigger });
      expect(await scene.act(campaign, 'resume')).toMatchObject({
        status: 'NOT_STARTED',
        nextRunTime: trigger.at,
      });
    });

    it('takes another schedule, also once it has begun', async () => {
      const campaign = await scene.act(await scene.running(), 'pause');
      const trigger = { ...campaign.trigger, timeOfDay: '00:00', startDate: scene.in(3 * DAY).slice(0, 10) };
      await patch(campaign, { trigger });
      expect(await scene.act(campaign, 'resume')).toMatchObject({
        status: 'RUNNING',
        nextRunTime: `${trigger.startDate}T00:00:00.000Z`,
      });
    });

    it('takes another event before it begins, and another end after', async () => {
      const campaign = await scene.act(await scene.published({ trigger: triggered() }), 'pause');
      await patch(campaign, { trigger: { ...campaign.trigger, event: 'visit' } });
      await scene.act(campaign, 'resume');
      await scene.begin(campaign.id);
      const [row] = await scene.sql('SELECT * FROM campaign WHERE id = ?', [campaign.id]);
      expect(row).toMatchObject({ trigger_event: 'visit', next_run_at: null });
      await scene.act(campaign, 'pause');
      const endTime = scene.in(5 * HOUR);
      await patch(campaign, { trigger: { ...campaign.trigger, event: 'visit', endTime } });
      const resumed = await scene.act(campaign, 'resume');
      expect(resumed).toMatchObject({ status: 'RUNNING', trigger: { endTime } });
      expect(resumed).not.toHaveProperty('nextRunTime');
      const [{ ends_at: endsAt }] = await scene.sql('SELECT ends_at FROM campaign WHERE id = ?', [
        campaign.id,
      ]);
      expect(Number(endsAt)).toBe(Date.parse(endTime));
    });

    it('names what can’t change', async () => {
      const fresh = await scene.act(await scene.published(), 'pause');
      const begun = await scene.act(await scene.running(), 'pause');
      const refused = async ({ id }: Json, body: object, field: string): Promise<void> =>
        expectRefusal(
          await scene.owner.patch(`${BASE}/${id}`, body),
          'invalid_request',
          `${field} can’t change`,
        );
      await refused(fresh, { trigger: scene.daily() }, 'trigger.type');
      await refused(begun, { trigger: null }, 'trigger.type');
      await refused(begun, { steps: [{ touchpointId: await scene.touchpoint() }] }, 'steps');
      await refused(begun, { mode: 'FIRST_SUCCESS' }, 'mode');
      expect(await get(begun)).toEqual(begun);
    });
  });

  it('is deleted when it is over, and only then', async () => {
    const closed = await scene.act(await scene.published(), 'close');
    expect(await scene.owner.ok('DELETE', `${BASE}/${closed.id}`)).toEqual(closed);
    expect((await scene.events(closed)).at(-1)).toMatchObject({
      action: 'DELETE',
      data: { status: 'CLOSED' },
    });
  });

  it('ends with its project', async () => {
    await scene.owner.ok('POST', '/api/projects', { key: 'Doomed', name: 'Doomed' });
    await scene.owner.ok('POST', '/api/projects/Doomed/segments', { key: 'vip', name: 'VIP' });
    const touchpointId = await scene.touchpoint({ projects: ['Doomed'] });
    const base = '/api/projects/Doomed/campaigns';
    const make = async (...actions: string[]): Promise<number> => {
      const { id } = await scene.draft({ steps: [{ touchpointId }] }, base);
      for (const action of actions) await scene.owner.ok('PATCH', `${base}/${id}/${action}`);
      return id;
    };
    const ids = [
      await make('publish'),
      await make('publish', 'pause'),
      await make(),
      await make('publish', 'close'),
    ];
    const elsewhere = await scene.published();
    const close = vi.spyOn(scene.runs, 'close');
    await scene.owner.ok('DELETE', '/api/projects/doomed');
    const rows = await scene.sql(`SELECT status FROM campaign WHERE id IN (${ids.join()}) ORDER BY id`);
    expect(rows.map(({ status }) => status)).toEqual(['CLOSED', 'CLOSED', 'DRAFT', 'CLOSED']);
    expect(close.mock.calls).toEqual([
      [ids[0], 'project deleted'],
      [ids[1], 'project deleted'],
    ]);
    expect(await scene.usage.holdersOf(touchpointId)).toEqual([]);
    expect(await get(elsewhere)).toMatchObject({ status: 'NOT_STARTED' });
    expect((await scene.events({ id: ids[1] })).at(-1)).toMatchObject({
      action: 'CLOSE',
      operator: 'Admin',
      projectKey: 'Doomed',
    });
  });
});
