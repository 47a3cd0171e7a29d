import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayPlanner } from '../../src/webhooks/replays/replay-planner.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { ReplayScene } from '../support/replay-scene.js';
import { addOrganization } from '../support/second-organization.js';

// Without a worker replays stand still, and the test takes the steps.
describe.each(DATABASES)('replays step by step on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let scene: ReplayScene;
  let planner: ReplayPlanner;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    scene = new ReplayScene(flagpost, () => receiver);
    planner = flagpost.app.get(ReplayPlanner, { strict: false });
    await scene.owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  const planAll = async (replayId: string): Promise<void> => {
    while (await planner.planBatch(replayId)) continue;
  };

  it('let an event wait for the older ones of its resource, and no other', async () => {
    const toggle = await scene.addToggle();
    const other = await scene.addToggle();
    const old = await scene.publish(toggle, 3);
    const id = await scene.addWebhook({ toggleKeys: [toggle, other] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    const live = await scene.publish(toggle, 2);
    const [free] = await scene.publish(other);
    expect(await scene.eventsDelivered(id)).toEqual([free]);
    await planAll(replayId);
    expect(await scene.progress(id, replayId)).toEqual({ id: replayId, matched: 3, done: 3, status: 'DONE' });
    expect(await scene.eventsDelivered(id)).toEqual([free, ...old, ...live]);
    const [after] = await scene.publish(toggle);
    expect((await scene.eventsDelivered(id)).at(-1)).toBe(after);
  });

  it('let an event wait for listed ones likewise, and nothing wait where order does not matter', async () => {
    const toggle = await scene.addToggle();
    const [first, second] = await scene.publish(toggle, 2);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const unordered = await scene.addWebhook({ toggleKeys: [toggle], ordering: 'NONE' });
    const { id: replayId } = await scene.owner.ok('POST', `/api/webhooks/${id}/reconcile`, {
      since: 0,
      ids: [first],
    });
    const { id: ofUnordered } = await scene.replay(unordered, { since: 0 });
    const [live] = await scene.publish(toggle);
    expect(await scene.eventsDelivered(id)).toEqual([]);
    expect(await scene.eventsDelivered(unordered)).toEqual([live]);
    await planAll(replayId);
    await planAll(ofUnordered);
    expect(await scene.eventsDelivered(id)).toEqual([second, live]);
    expect(await scene.progress(id, replayId)).toMatchObject({ matched: 1, done: 1, status: 'DONE' });
    expect(await scene.eventsDelivered(unordered)).toEqual([live, first, second]);
  });

  it('are stopped by cancel: nothing more is planned, and what waited goes', async () => {
    const toggle = await scene.addToggle();
    await scene.publish(toggle, 2);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    const live = await scene.publish(toggle, 2);
    const canceled = { id: replayId, matched: 2, done: 0, status: 'CANCELED' };
    const cancel = `/api/webhooks/${id}/replays/${replayId}/cancel`;
    expect(await scene.owner.ok('POST', cancel)).toEqual(canceled);
    expect(await scene.eventsDelivered(id)).toEqual(live);
    await planAll(replayId);
    expect(await scene.owner.ok('POST', cancel)).toEqual(canceled);
    expect(await scene.eventsDelivered(id)).toEqual(live);
  });

  it('run one at a time for each webhook', async () => {
    const toggle = await scene.addToggle();
    await scene.publish(toggle);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const started = await Promise.all(
      [1, 2, 3].map(() => scene.owner.post(`/api/webhooks/${id}/replay`, { since: 0 })),
    );
    const [won] = started.filter(({ status }) => status === 200);
    const lost = started.filter(({ status }) => status === 400);
    expect(lost.map(({ body }) => body.code)).toEqual(['conflict', 'conflict']);
    expect(lost[0]?.body.message).toContain(won?.body.id);
    await planAll(won?.body.id);
    expect(await scene.replay(id, { since: 0 })).toMatchObject({ matched: 1, status: 'RUNNING' });
  });

  it.each(['disabled', 'deleted'])('end when their webhook is %s, with all that waited', async (how) => {
    const toggle = await scene.addToggle();
    await scene.publish(toggle, 2);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    const live = await scene.publish(toggle);
    if (how === 'disabled') await scene.owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'DISABLE' });
    else await scene.owner.ok('DELETE', `/api/webhooks/${id}`);
    await planAll(replayId);
    expect(await scene.progress(id, replayId)).toMatchObject({ matched: 2, done: 0, status: 'CANCELED' });
    expect(await scene.deliveries(id)).toMatchObject([
      { eventId: live[0], status: 'CANCELED', lastError: `webhook ${how}` },
    ]);
  });

  it('count as done what still matches when it is planned', async () => {
    const [kept, dropped] = [await scene.addToggle(), await scene.addToggle()];
    await scene.publish(dropped);
    const events = await scene.publish(kept, 2);
    const id = await scene.addWebhook({ toggleKeys: [kept, dropped] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    await scene.owner.ok('PATCH', `/api/webhooks/${id}`, { toggleKeys: [kept] });
    await planAll(replayId);
    expect(await scene.progress(id, replayId)).toMatchObject({ matched: 3, done: 2, status: 'DONE' });
    expect(await scene.eventsDelivered(id)).toEqual(events);
  });

  it('plan each event once, whoever plans', async () => {
    const toggle = await scene.addToggle();
    const events = await scene.publish(toggle, 20);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    await Promise.all([1, 2, 3, 4].map(() => planAll(replayId)));
    expect(await scene.progress(id, replayId)).toMatchObject({ matched: 20, done: 20, status: 'DONE' });
    expect(await scene.eventsDelivered(id)).toEqual(events);
  });

  it('of another organization or webhook are not found', async () => {
    const stranger = await addOrganization(flagpost, 'stranger');
    const toggle = await scene.addToggle();
    await scene.publish(toggle);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    const unknown = [
      await stranger.post(`/api/webhooks/${id}/replay`, { since: 0 }),
      await stranger.post(`/api/webhooks/${id}/reconcile`, { since: 0, ids: [] }),
      await stranger.get(`/api/webhooks/${id}/replays/${replayId}`),
      await stranger.post(`/api/webhooks/${id}/replays/${replayId}/cancel`),
      await scene.owner.get(`/api/webhooks/${id + 1}/replays/${replayId}`),
      await scene.owner.post('/api/webhooks/4711/replay', { since: 0 }),
    ];
    for (const { status, body } of unknown) expect([status, body.code]).toEqual([400, 'not_found']);
    expect((await scene.progress(id, replayId)).status).toBe('RUNNING');
  });
});
