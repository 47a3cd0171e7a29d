import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api-client.js';
import { CampaignScene, DAY } from '../support/campaign-scene.js';
import { DATABASES } from '../support/databases.js';

const BASE = CampaignScene.base;
const HOUR = 3_600_000;

describe.each(DATABASES)('campaigns as other parts read them on %s', (kind) => {
  let scene: CampaignScene;
  let projectId: number;

  beforeAll(async () => {
    scene = await CampaignScene.start(kind);
    const [project] = await scene.sql("SELECT id FROM project WHERE `key` = 'shop'");
    projectId = Number(project.id);
  });
  afterAll(() => scene.stop());

  const byEvent = async (event: string, more: object = {}): Promise<Json> => {
    const window = { startTime: scene.in(0), endTime: scene.in(HOUR), reentry: 'ONCE', ...more };
    return scene.published({ trigger: { type: 'TRIGGERED', event, ...window } });
  };

  it('are loaded whole, whatever their status, unless they are drafts', async () => {
    const draft = await scene.draft();
    const touchpoints = [await scene.touchpoint(), await scene.touchpoint(), await scene.touchpoint()];
    const steps = touchpoints.map((touchpointId, index) => ({ touchpointId, priority: 3 - index }));
    const online = await scene.published({ steps, mode: 'FIRST_SUCCESS' });
    const closed = await scene.act(await scene.published({ trigger: scene.daily() }), 'close');
    const loaded = await scene.campaigns.load([draft.id, online.id, closed.id, 999_999]);
    expect([...loaded.keys()].toSorted()).toEqual([online.id, closed.id].toSorted());
    const [row] = await scene.sql('SELECT organization_id FROM campaign WHERE id = ?', [online.id]);
    expect(loaded.get(online.id)).toEqual({
      id: online.id,
      organizationId: Number(row.organization_id),
      projectId,
      projectKey: 'shop',
      name: 'Birthday coupon',
      status: 'NOT_STARTED',
      segmentKey: 'vip',
      mode: 'FIRST_SUCCESS',
      templateValues: { amount: 100 },
      trigger: online.trigger,
      steps: steps.toReversed(),
      nextRunAt: Date.parse(online.nextRunTime),
    });
    expect(loaded.get(closed.id)).toMatchObject({ status: 'CLOSED' });
    expect(loaded.get(closed.id)).not.toHaveProperty('nextRunAt');
    expect(await scene.campaigns.load([])).toEqual(new Map());
  });

  it('are locked one by one, but for drafts and what is not there', async () => {
    const [draft, online] = [await scene.draft(), await scene.published()];
    await scene.unitOfWork.run(async () => {
      expect(await scene.campaigns.lock(online.id)).toMatchObject({ id: online.id, projectKey: 'shop' });
      expect(await scene.campaigns.lock(draft.id)).toBeUndefined();
      expect(await scene.campaigns.lock(999_999)).toBeUndefined();
    });
  });

  it('are due once their time has come, the longest due first', async () => {
    const now = scene.clock.now();
    const at = (ms: number): object => ({ trigger: { type: 'ONCE', at: new Date(now + ms).toISOString() } });
    const late = await scene.published(at(5 * DAY + 2000));
    const early = await scene.published(at(5 * DAY + 1000));
    const running = await scene.running();
    const paused = await scene.act(await scene.published(at(5 * DAY)), 'pause');
    await scene.draft(at(5 * DAY));
    const ours = new Set([late.id, early.id, running.id, paused.id]);
    const due = async (ms: number, limit = 1000): Promise<number[]> =>
      (await scene.campaigns.due(now + ms, limit)).filter((id) => ours.has(id));
    expect(await due(0)).toEqual([]);
    expect(await due(5 * DAY + 999)).toEqual([running.id]);
    expect(await due(5 * DAY + 1000)).toEqual([running.id, early.id]);
    expect(await due(6 * DAY)).toEqual([running.id, early.id, late.id]);
    const all = await scene.campaigns.due(now + 6 * DAY, 1000);
    expect(await scene.campaigns.due(now + 6 * DAY, 2)).toEqual(all.slice(0, 2));
  });

  it('are triggered by their event from their beginning to their end', async () => {
    const names = (...some: string[]): Promise<number[]> =>
      scene.campaigns.triggeredBy(projectId, new Set(some)).then((found) => found.map(({ id }) => id));
    const buy = await byEvent('buy');
    const visit = await byEvent('visit', { occurrence: 3, reentry: 'EACH_TIME' });
    expect(await names('buy', 'visit')).toEqual([]);
    for (const { id } of [buy, visit]) await scene.begin(id);
    expect(await names('buy')).toEqual([buy.id]);
    expect((await names('visit', 'buy', 'other')).toSorted()).toEqual([buy.id, visit.id].toSorted());
    expect(await names('BUY')).toEqual([]);
    expect(await names()).toEqual([]);
    const [campaign] = await scene.campaigns.triggeredBy(projectId, new Set(['visit']));
    expect(campaign).toMatchObject({ trigger: { occurrence: 3 }, endsAt: Date.parse(visit.trigger.endTime) });
    expect(await scene.campaigns.triggeredBy(projectId + 1, new Set(['buy']))).toEqual([]);
    // More names than one statement takes.
    const many = Array.from({ length: 1200 }, (_, index) => `event ${index}`);
    expect(await names(...many, 'buy')).toEqual([buy.id]);
    // Users whose event comes during a pause are sent to after it.
    await scene.act(buy, 'pause');
    expect((await names('buy', 'visit')).toSorted()).toEqual([buy.id, visit.id].toSorted());
    await scene.act(buy, 'resume');
    await scene.act(visit, 'close');
    expect(await names('buy', 'visit')).toEqual([buy.id]);
    scene.clock.ahead += HOUR;
    expect(await names('buy')).toEqual([]);
  });

  it('hold their touchpoints from publishing to their end', async () => {
    await scene.owner.ok('POST', '/api/projects', { key: 'second', name: 'Second' });
    const [second] = await scene.sql("SELECT id FROM project WHERE `key` = 'second'");
    const touchpointId = await scene.touchpoint();
    const steps = [{ touchpointId }, { touchpointId: await scene.touchpoint() }];
    const draft = await scene.draft({ steps });
    const one = await scene.published({ steps, name: 'One' });
    const two = await scene.running({ steps, name: 'Two' });
    const holders = await scene.usage.holdersOf(touchpointId);
    expect(holders).toEqual([
      { id: one.id, name: 'One', projectKey: 'shop', status: 'NOT_STARTED' },
      { id: two.id, name: 'Two', projectKey: 'shop', status: 'RUNNING' },
    ]);
    expect(await scene.usage.holdersIn(touchpointId, [projectId, 999_999])).toEqual(holders);
    expect(await scene.usage.holdersIn(touchpointId, [Number(second.id)])).toEqual([]);
    expect(await scene.usage.holdersIn(touchpointId, [])).toEqual([]);
    await scene.act(one, 'pause');
    await scene.act(two, 'close');
    expect(await scene.usage.holdersOf(touchpointId)).toEqual([
      { id: one.id, name: 'One', projectKey: 'shop', status: 'PAUSED' },
    ]);
    await scene.owner.ok('PATCH', `${BASE}/${draft.id}`, { steps: [] });
    const uses = await scene.sql('SELECT campaign_id FROM campaign_touchpoint WHERE touchpoint_id = ?', [
      touchpointId,
    ]);
    expect(uses.map(({ campaign_id: id }) => id).toSorted()).toEqual([one.id, two.id].toSorted());
  });

  it('are found by reading few rows', async () => {
    const plan = async (statement: string): Promise<string> => {
      const explain = kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
      return JSON.stringify(await scene.sql(`${explain} ${statement}`));
    };
    expect(
      await plan(
        "SELECT * FROM campaign WHERE project_id = 1 AND trigger_event IN ('buy') AND status = 'RUNNING'",
      ),
    ).toContain('ix_campaign_trigger');
  });
});
