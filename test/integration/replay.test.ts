import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { ReplayScene } from '../support/replay-scene.js';
import { waitFor } from '../support/wait-for.js';

describe.each(DATABASES)('replays on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let scene: ReplayScene;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { RETRY_SECONDS: '0.01' });
    scene = new ReplayScene(flagpost, () => receiver);
    await scene.owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    const { content } = await scene.owner.ok('GET', '/api/webhooks?pageSize=100');
    for (const { id } of content) await scene.owner.ok('DELETE', `/api/webhooks/${id}`);
    await receiver.stop();
  });

  it('send every event that the filters match now, also those from before the webhook existed, as it was', async () => {
    const toggle = await scene.addToggle();
    const first = await scene.addWebhook({ toggleKeys: [toggle] });
    const events = await scene.publish(toggle, 5);
    await scene.publish(await scene.addToggle());
    await scene.drained(first);
    const original = receiver.received.map(({ bytes }) => bytes.toString());
    receiver.received.length = 0;

    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const started = await scene.replay(id, { since: 0 });
    expect(started).toEqual({
      id: expect.any(String),
      matched: 5,
      done: 0,
      status: expect.stringMatching(/RUNNING|DONE/),
    });
    expect(await scene.ended(id, started.id)).toEqual({
      id: started.id,
      matched: 5,
      done: 5,
      status: 'DONE',
    });
    expect(scene.arrived()).toEqual(events);
    expect(receiver.received.map(({ bytes }) => bytes.toString())).toEqual(original);
    expect(await scene.eventsDelivered(first)).toEqual(events);
  });

  it('keep to the time, the patterns and the order of members and webhooks, too', async () => {
    const toggle = await scene.addToggle();
    const [first, second, third] = await scene.publish(toggle, 3);
    const timeOf = async (event?: string): Promise<number> =>
      (await scene.events(`toggleKey=${toggle}`)).find(({ id }) => id === event).timestamp;
    const id = await scene.addWebhook({ events: ['*'], toggleKeys: [toggle] });
    const count = async (request: Json): Promise<number> =>
      (await scene.replay(id, { dryRun: true, ...request })).matched;
    expect(await count({ since: 0 })).toBe(4);
    expect(await count({ since: 0, events: ['TOGGLE.CREATE', 'SEGMENT.*'] })).toBe(1);
    expect(await count({ since: 0, events: ['TOGGLE.*'] })).toBe(4);
    expect(await count({ since: new Date(await timeOf(third)).toISOString() })).toBe(1);
    const bounds = {
      since: await timeOf(first),
      until: await timeOf(second),
      events: ['TOGGLE.PUBLISH'],
      timeoutMs: 1000,
    };
    expect(await count(bounds)).toBe(2);
    expect(await count({ since: Date.now() + 60_000 })).toBe(0);
    const { id: replayId } = await scene.replay(id, bounds);
    await scene.ended(id, replayId);
    expect(scene.arrived()).toEqual([first, second]);
    const all = await scene.addWebhook({ events: ['MEMBER.*', 'WEBHOOK.*'], status: 'DISABLE' });
    await scene.owner.ok('PATCH', `/api/webhooks/${all}`, { status: 'ENABLE' });
    await scene.drained(all);
    receiver.received.length = 0;
    const ofAll = await scene.replay(all, { since: 0 });
    expect((await scene.ended(all, ofAll.id)).done).toBe(ofAll.matched);
    const created = receiver.of('WEBHOOK.CREATE').map(({ body }) => body.data.id);
    expect(created).toEqual(expect.arrayContaining([id, all]));
  });

  it('keep the order of each toggle although tries fail and changes go on', async () => {
    const toggles = [await scene.addToggle(), await scene.addToggle(), await scene.addToggle()];
    const expected = new Map<string, string[]>();
    for (const toggle of toggles) expected.set(toggle, await scene.publish(toggle, 12));
    let tries = 0;
    receiver.reply = (_request, response) => {
      tries += 1;
      response.writeHead(tries % 3 === 0 ? 500 : 200).end();
    };
    const id = await scene.addWebhook({ toggleKeys: toggles });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    for (const toggle of toggles) expected.get(toggle)?.push(...(await scene.publish(toggle, 6)));
    await scene.ended(id, replayId);
    await waitFor(() => scene.arrived().length === 54, 'all events');
    for (const toggle of toggles) {
      const own = receiver.received.filter(({ body }) => body.toggleKey === toggle);
      const arrived = [...new Set(own.map(({ headers }) => headers['webhook-id']))];
      expect(arrived).toEqual(expected.get(toggle));
      const versions = own.map(({ body }) => body.data.version);
      expect(versions).toEqual(versions.toSorted((a: number, b: number) => a - b));
    }
  });

  it('only count where that is asked for, also while the webhook is disabled', async () => {
    const toggle = await scene.addToggle();
    await scene.publish(toggle, 3);
    const id = await scene.addWebhook({ toggleKeys: [toggle], status: 'DISABLE' });
    const counted = await scene.replay(id, { since: 0, dryRun: true });
    expect(counted).toEqual({ matched: 3, done: 0, status: 'DONE' });
    expect(await scene.deliveries(id)).toEqual([]);
    const answer = await scene.owner.post(`/api/webhooks/${id}/replay`, { since: 0 });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toContain('disabled');
  });

  it('send again what failed or was canceled, and nothing that arrived', async () => {
    const toggle = await scene.addToggle();
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const [arrived] = await scene.publish(toggle);
    await scene.drained(id);
    receiver.answerWith(200, { 'webhook-delivery': 'abort-message' });
    const [failed, redelivered] = await scene.publish(toggle, 2);
    await scene.drained(id);
    receiver.answerWith(200);
    const [, second] = await scene.deliveries(id, 'status=FAILED');
    expect(second.eventId).toBe(redelivered);
    await scene.owner.ok('POST', `/api/deliveries/${second.id}/redeliver`);
    await scene.drained(id);
    receiver.reply = () => undefined;
    const [canceled] = await scene.publish(toggle);
    await scene.owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'DISABLE' });
    receiver.answerWith(200);
    await scene.owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'ENABLE' });
    receiver.received.length = 0;
    const { id: replayId } = await scene.replay(id, { since: 0, status: 'FAILED' });
    expect(await scene.ended(id, replayId)).toMatchObject({ matched: 2, done: 2, status: 'DONE' });
    expect(scene.arrived()).toEqual([failed, canceled]);
    expect(scene.arrived()).not.toContain(arrived);
    expect(await scene.replay(id, { since: 0, status: 'FAILED' })).toMatchObject({
      matched: 0,
      status: 'DONE',
    });
  });

  it('don’t take for failed what was skipped for something newer', async () => {
    const toggle = await scene.addToggle();
    const id = await scene.addWebhook({ toggleKeys: [toggle], ordering: 'LATEST' });
    receiver.answerWith(500);
    await scene.publish(toggle, 4);
    await waitFor(() => receiver.received.length > 0, 'a try');
    receiver.answerWith(200);
    const [newest] = await scene.publish(toggle);
    await scene.drained(id);
    expect(scene.arrived().at(-1)).toBe(newest);
    expect((await scene.deliveries(id, 'status=CANCELED')).length).toBeGreaterThan(0);
    expect(await scene.replay(id, { since: 0, status: 'FAILED', dryRun: true })).toMatchObject({
      matched: 0,
    });
  });

  it('send what a receiver says it lacks', async () => {
    const toggle = await scene.addToggle();
    const events = await scene.publish(toggle, 6);
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const ids = [events[0], events[2]?.toUpperCase(), events[5], 'never-heard-of'];
    const path = `/api/webhooks/${id}/reconcile`;
    expect(await scene.owner.ok('POST', path, { since: 0, ids, dryRun: true })).toEqual({
      matched: 3,
      done: 0,
      status: 'DONE',
    });
    const started = await scene.owner.ok('POST', path, { since: 0, ids });
    expect(started).toMatchObject({ id: expect.any(String), matched: 3 });
    expect(await scene.ended(id, started.id)).toMatchObject({ matched: 3, done: 3, status: 'DONE' });
    expect(scene.arrived()).toEqual([events[1], events[3], events[4]]);
    expect(await scene.owner.ok('POST', path, { since: 0, ids: events })).toMatchObject({
      id: expect.any(String),
      matched: 0,
      status: 'DONE',
    });
  });

  it('give up what fails for good and go on', async () => {
    const toggle = await scene.addToggle();
    const events = await scene.publish(toggle, 4);
    receiver.reply = ({ headers }, response) => {
      const isBad = headers['webhook-id'] === events[1];
      response.writeHead(200, isBad ? { 'webhook-delivery': 'abort-message' } : {}).end();
    };
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    const { id: replayId } = await scene.replay(id, { since: 0 });
    expect(await scene.ended(id, replayId)).toMatchObject({ matched: 4, done: 4, status: 'DONE' });
    expect(await scene.eventsDelivered(id, 'status=FAILED')).toEqual([events[1]]);
    expect(scene.arrived()).toEqual(events);
  });

  it('name the field that is wrong', async () => {
    const id = await scene.addWebhook();
    const wrong: [string, Json, string][] = [
      ['replay', {}, 'since'],
      ['replay', { since: 'yesterday' }, 'since'],
      ['replay', { since: -1 }, 'since'],
      ['replay', { since: 1e300 }, 'since'],
      ['replay', { since: 0, until: 'x' }, 'until'],
      ['replay', { since: 5, until: 4 }, 'until'],
      ['replay', { since: 0, status: 'SOME' }, 'status'],
      ['replay', { since: 0, events: ['TOGGLE.ODD'] }, 'events[0]'],
      ['replay', { since: 0, events: [] }, 'events'],
      ['replay', { since: 0, dryRun: 'no' }, 'dryRun'],
      ['reconcile', { since: 0 }, 'ids'],
      ['reconcile', { since: 0, ids: [1] }, 'ids'],
      ['reconcile', { since: 0, ids: Array.from({ length: 50_001 }, () => 'x') }, 'ids'],
      ['reconcile', { ids: [] }, 'since'],
    ];
    for (const [route, body, field] of wrong) {
      const answer = await scene.owner.post(`/api/webhooks/${id}/${route}`, body);
      expect([field, answer.status, answer.body.code]).toEqual([field, 400, 'invalid_request']);
      expect(answer.body.message).toContain(field);
    }
  });

  it('offer what was missed, once a webhook is enabled again, until it is replayed', async () => {
    const toggle = await scene.addToggle();
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    await scene.publish(toggle);
    await scene.drained(id);
    const disable = (status: string): Promise<Json> =>
      scene.owner.ok('PATCH', `/api/webhooks/${id}`, { status });
    await disable('DISABLE');
    expect(await disable('ENABLE')).not.toHaveProperty('missed');
    receiver.reply = () => undefined;
    const canceled = await scene.publish(toggle);
    expect(await disable('DISABLE')).not.toHaveProperty('missed');
    const missed = [...canceled, ...(await scene.publish(toggle, 3))];
    receiver.answerWith(200);
    const { missed: offer } = await disable('ENABLE');
    const later = await scene.publish(toggle);
    await scene.drained(id);
    const times = await scene.events(`toggleKey=${toggle}&limit=5`);
    const body = {
      since: new Date(times[4].timestamp).toISOString(),
      until: new Date(times[1].timestamp).toISOString(),
    };
    expect(offer).toEqual({
      since: body.since,
      events: 4,
      replay: { method: 'POST', path: `/api/webhooks/${id}/replay`, body },
    });
    expect((await scene.owner.ok('GET', `/api/webhooks/${id}`)).missed).toEqual(offer);
    await flagpost.owner.ok('POST', '/api/members', {
      accounts: [`writer-${id}`],
      role: 'WRITER',
      password: 'Pass1234',
    });
    const writer = await flagpost.anonymous.login(`writer-${id}`, 'Pass1234');
    expect(await writer.ok('GET', `/api/webhooks/${id}`)).not.toHaveProperty('missed');

    receiver.received.length = 0;
    const { id: replayId } = await scene.owner.ok(offer.replay.method, offer.replay.path, offer.replay.body);
    await scene.ended(id, replayId);
    expect(scene.arrived().filter((event) => !later.includes(event))).toEqual(missed);
    expect(await scene.owner.ok('GET', `/api/webhooks/${id}`)).not.toHaveProperty('missed');
  });

  it('offer what was missed because the platform disabled the webhook, too', async () => {
    const toggle = await scene.addToggle();
    const id = await scene.addWebhook({ toggleKeys: [toggle] });
    receiver.answerWith(410);
    await scene.publish(toggle);
    await waitFor(async () => (await scene.owner.ok('GET', `/api/webhooks/${id}`)).status === 'DISABLE');
    await scene.publish(toggle, 2);
    const { missed } = await scene.owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'ENABLE' });
    expect(missed.events).toBe(2);
  });

  it('are counted for Prometheus', async () => {
    const metrics = await (await fetch(`${flagpost.baseUrl}/metrics`)).text();
    expect(metrics).toMatch(/^flagpost_replays_running \d+$/m);
  });
});
