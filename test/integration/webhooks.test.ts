import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryPlanner, EndpointOwners } from '../../src/delivery/index.js';
import { EVENT_NAMES } from '../../src/events/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';

const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };

// Nothing but samples is sent: what deliveries come to is tested with the engine.
describe.each(DATABASES)('webhooks on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  let count = 0;
  const make = (fields: Json = {}): Promise<Json> =>
    owner.ok('POST', '/api/webhooks', { name: `hook ${(count += 1)}`, url: receiver.url, ...fields });
  const get = (id: number): Promise<Json> => owner.ok('GET', `/api/webhooks/${id}`);
  const list = (query: string): Promise<Json> => owner.ok('GET', `/api/webhooks?${query}`);
  const patch = (id: number, body: Json): Promise<Json> => owner.ok('PATCH', `/api/webhooks/${id}`, body);

  /** Names and states of the deliveries planned for a webhook, oldest first. */
  async function deliveriesOf(id: number): Promise<string[]> {
    const rows = (await flagpost.app
      .get(UnitOfWork)
      .reader.query(
        `SELECT event_name, status FROM delivery WHERE endpoint_id = ${id} ORDER BY id`,
      )) as Json[];
    return rows.map((row) => `${row.event_name} ${row.status}`);
  }

  /** The latest event, without what differs at each run. */
  async function lastEvent(): Promise<Json> {
    const { content } = await owner.ok('GET', '/api/events?resource=WEBHOOK&limit=1');
    return content[0];
  }

  describe('creation', () => {
    it('fills in defaults and makes a secret', async () => {
      const webhook = await make({ name: 'defaults' });
      expect(webhook).toEqual({
        id: expect.any(Number),
        name: 'defaults',
        status: 'ENABLE',
        url: receiver.url,
        secretKey: expect.stringMatching(/^[0-9a-f]{40}$/),
        description: '',
        events: ['*'],
        format: 'FEATUREPROBE',
        timeoutMs: 10000,
        retryForHours: 72,
        maxInFlight: 10,
        ordering: 'RESOURCE',
        maskSdkKeys: false,
        asymmetricSignature: false,
        health: { state: 'HEALTHY' },
        createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
        createdBy: 'Admin',
        modifiedTime: webhook.createdTime,
        modifiedBy: 'Admin',
      });
      expect(await get(webhook.id)).toEqual(webhook);
    });

    it('takes all fields', async () => {
      const fields = {
        name: 'all fields',
        url: receiver.url,
        status: 'DISABLE',
        secretKey: 'geheim',
        description: 'Two\nlines',
        events: ['TOGGLE.PUBLISH', 'SEGMENT.*'],
        projectKeys: ['shop'],
        environmentKeys: ['online', 'test'],
        toggleKeys: ['new_checkout'],
        format: 'FEATUREPROBE',
        timeoutMs: 100,
        retryForHours: 720,
        maxInFlight: 1,
        ordering: 'NONE',
        maskSdkKeys: true,
        asymmetricSignature: true,
      };
      const webhook = await make({ ...fields, headers: { Authorization: 'Bearer x' }, unknown: 1 });
      expect(webhook).toMatchObject({ ...fields, headers: { Authorization: '***' } });
      expect(webhook.health).toEqual({ state: 'DISABLED', why: 'webhook disabled' });
      expect(webhook).not.toHaveProperty('unknown');
      expect(await get(webhook.id)).toEqual(webhook);
    });

    it('makes no secret where an empty one is asked for, and takes empty filters as unset', async () => {
      const webhook = await make({ secretKey: '', projectKeys: [], environmentKeys: null, headers: {} });
      expect(webhook.secretKey).toBe('');
      for (const field of ['projectKeys', 'environmentKeys', 'headers'])
        expect(webhook).not.toHaveProperty(field);
    });

    it('refuses a name that is taken, whatever its case', async () => {
      await make({ name: 'Taken' });
      const answer = await owner.post('/api/webhooks', { name: 'tAKEN', url: receiver.url });
      expect(answer).toMatchObject({ status: 400, body: CONFLICT });
    });

    it('gives the name to one of two that come at once', async () => {
      const answers = await Promise.all(
        [1, 2].map(() => owner.post('/api/webhooks', { name: 'at once', url: receiver.url })),
      );
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '400']);
      expect(answers.find(({ status }) => status === 400)?.body).toEqual(CONFLICT);
    });

    it('fails as a whole when its deliveries cannot be planned', async () => {
      const planner = flagpost.app.get(DeliveryPlanner, { strict: false });
      vi.spyOn(planner, 'plan').mockRejectedValueOnce(new Error('no planning today'));
      expect((await owner.post('/api/webhooks', { name: 'half made', url: receiver.url })).status).toBe(500);
      expect((await list('nameLike=half made')).totalElements).toBe(0);
    });
  });

  describe('reading', () => {
    it('lists the newest first, page by page, all filters at once', async () => {
      await make({ name: 'List 100% A' });
      await make({ name: 'list 100% b', status: 'DISABLE' });
      await make({ name: 'LIST 100% C' });
      const names = async (query: string): Promise<string[]> =>
        (await list(query)).content.map(({ name }: Json) => name);
      expect(await names('nameLike=list 100%25')).toEqual(['LIST 100% C', 'list 100% b', 'List 100% A']);
      expect(await names('nameLike=list 100%25&status=ENABLE')).toEqual(['LIST 100% C', 'List 100% A']);
      expect(await names('nameLike=list 100%25&pageSize=2&pageIndex=1')).toEqual(['List 100% A']);
      expect(await names('nameLike=list_100')).toEqual([]);
      expect(await names('nameLike=&status=DISABLE&pageSize=100')).toContain('list 100% b');
    });

    it('suggests a new secret at each call', async () => {
      const first = await owner.ok('GET', '/api/webhooks/secretKey');
      const second = await owner.ok('GET', '/api/webhooks/secretKey');
      expect(first.secretKey).toMatch(/^[0-9a-f]{40}$/);
      expect(second.secretKey).not.toBe(first.secretKey);
    });

    it('names the webhooks with exactly a URL, encoded or not', async () => {
      const url = `${receiver.url}/Exact?a=1&b=2`;
      await make({ name: 'exact', url });
      const check = (value: string): Promise<Json> => owner.ok('GET', `/api/webhooks/checkUrl?url=${value}`);
      expect(await check(url)).toEqual(['exact']);
      expect(await check(encodeURIComponent(url))).toEqual(['exact']);
      expect(await check(url.toLowerCase())).toEqual([]);
      expect(await check(`${receiver.url}/Exact?a=1`)).toEqual([]);
    });

    it('answers not_found for an id beyond any there can be', async () => {
      const answer = await owner.get('/api/webhooks/99999999999999');
      expect(answer).toMatchObject({ status: 400, body: { code: 'not_found' } });
    });

    it.each(['get', 'patch', 'delete'] as const)(
      'answers not_found for an unknown id (%s)',
      async (method) => {
        expect(await owner[method]('/api/webhooks/99999', method === 'get' ? undefined : {})).toMatchObject({
          status: 400,
          body: { code: 'not_found', message: 'WebHook 99999 not found' },
        });
      },
    );
  });

  describe('changes', () => {
    it('keeps what a PATCH does not name, or names with null', async () => {
      const webhook = await make({ events: ['TOGGLE.*'], projectKeys: ['shop'], headers: { 'X-A': '1' } });
      const { modifiedTime: _before, ...kept } = webhook;
      expect(await patch(webhook.id, {})).toMatchObject(kept);
      const nulls = { name: null, url: null, status: null, secretKey: null, description: null, events: null };
      expect(await patch(webhook.id, nulls)).toMatchObject(kept);
      expect(await patch(webhook.id, { description: 'new' })).toMatchObject({ ...kept, description: 'new' });
    });

    it('takes null for a flow limit as its default', async () => {
      const { id } = await make({ maxInFlight: 3, maxPerSecond: 5 });
      const webhook = await patch(id, { maxInFlight: null, maxPerSecond: null });
      expect(webhook.maxInFlight).toBe(10);
      expect(webhook).not.toHaveProperty('maxPerSecond');
    });

    it('unsets filters and headers', async () => {
      const { id } = await make({ projectKeys: ['a'], environmentKeys: ['b'], headers: { 'X-A': '1' } });
      const webhook = await patch(id, { projectKeys: [], environmentKeys: null, headers: {} });
      for (const field of ['projectKeys', 'environmentKeys', 'headers'])
        expect(webhook).not.toHaveProperty(field);
    });

    it('takes the whole row back, as the UI of FeatureProbe sends it', async () => {
      const webhook = await make({ headers: { 'X-A': 'kept' }, toggleKeys: ['t'] });
      const { modifiedTime: _then, ...same } = webhook;
      expect(await patch(webhook.id, webhook)).toMatchObject(same);
      const sent = await owner.ok('POST', `/api/webhooks/${webhook.id}/test`);
      expect(sent.request.headers['X-A']).toBe('***');
      expect(receiver.received.at(-1)?.headers['x-a']).toBe('kept');
    });

    it('refuses the name of another, not its own', async () => {
      const { id, name } = await make();
      await make({ name: 'occupied' });
      expect((await owner.patch(`/api/webhooks/${id}`, { name: 'Occupied' })).body).toEqual(CONFLICT);
      expect((await patch(id, { name: name.toUpperCase() })).name).toBe(name.toUpperCase());
    });

    it('cancels what is pending when disabled, and plans again when enabled', async () => {
      const { id } = await make({ events: ['WEBHOOK.*'] });
      expect(await deliveriesOf(id)).toEqual(['WEBHOOK.CREATE PENDING']);
      const disabled = await patch(id, { status: 'DISABLE' });
      expect(disabled).toMatchObject({ status: 'DISABLE', health: { state: 'DISABLED' } });
      expect(await deliveriesOf(id)).toEqual(['WEBHOOK.CREATE CANCELED']);
      expect(await patch(id, { status: 'ENABLE' })).toMatchObject({ health: { state: 'HEALTHY' } });
      expect(await deliveriesOf(id)).toEqual(['WEBHOOK.CREATE CANCELED', 'WEBHOOK.UPDATE PENDING']);
    });

    it('is disabled by the platform without a trace of an edit', async () => {
      const webhook = await make();
      const owners = flagpost.app.get(EndpointOwners, { strict: false });
      const disable = (): Promise<void> =>
        flagpost.app.get(UnitOfWork).run(() => owners.disable(webhook.id, 'failed for 5 days'));
      await disable();
      const { modifiedTime, modifiedBy } = webhook;
      expect(await get(webhook.id)).toMatchObject({
        status: 'DISABLE',
        health: { state: 'DISABLED', why: 'failed for 5 days' },
        modifiedTime,
        modifiedBy,
      });
      const event = await lastEvent();
      expect(event).toMatchObject({ action: 'UPDATE', operator: 'system', data: { id: webhook.id } });
      expect(event.changes).toEqual([{ path: '/status', from: 'ENABLE', to: 'DISABLE' }]);
      await disable();
      expect((await lastEvent()).id).toBe(event.id);
    });

    it('deletes for good', async () => {
      const webhook = await make({ name: 'to go', events: ['WEBHOOK.*'] });
      const { health: _health, ...shown } = webhook;
      expect(await owner.ok('DELETE', `/api/webhooks/${webhook.id}`)).toEqual(shown);
      expect((await owner.get(`/api/webhooks/${webhook.id}`)).body.code).toBe('not_found');
      expect(await deliveriesOf(webhook.id)).toEqual(['WEBHOOK.CREATE CANCELED']);
      await make({ name: 'to go' });
    });
  });

  describe('events', () => {
    it('show what FeatureProbe shows of a plain webhook', async () => {
      const { id, name, createdTime, url } = await make();
      const event = await lastEvent();
      expect(event).toMatchObject({ resource: 'WEBHOOK', action: 'CREATE', operator: 'Admin' });
      expect(event.data).toEqual({
        createdBy: 'Admin',
        createdTime: Date.parse(createdTime),
        description: '',
        id,
        modifiedBy: 'Admin',
        modifiedTime: Date.parse(createdTime),
        name,
        status: 'ENABLE',
        url,
      });
    });

    it('show of our settings those apart from their defaults, and what changed', async () => {
      const { id } = await make({ ordering: 'NONE', headers: { 'X-A': 'value-a', 'X-B': 'value-b' } });
      expect((await lastEvent()).data).toMatchObject({
        ordering: 'NONE',
        headers: { 'X-A': '***', 'X-B': '***' },
      });
      await patch(id, {
        events: ['TOGGLE.*'],
        timeoutMs: 500,
        ordering: 'RESOURCE',
        secretKey: 'another',
        headers: { 'X-A': 'value-c', 'X-C': 'value-d' },
      });
      const { action, data, changes } = await lastEvent();
      expect(action).toBe('UPDATE');
      expect(data).toMatchObject({ events: ['TOGGLE.*'], timeoutMs: 500 });
      expect(data).not.toHaveProperty('ordering');
      expect(changes).toHaveLength(7);
      expect(changes).toEqual(
        expect.arrayContaining([
          { path: '/events', to: ['TOGGLE.*'] },
          { path: '/timeoutMs', to: 500 },
          { path: '/ordering', from: 'NONE' },
          { path: '/headers/X-B', from: '***' },
          { path: '/headers/X-C', to: '***' },
          { path: '/headers/X-A' },
          { path: '/secretKey' },
        ]),
      );
      await owner.ok('DELETE', `/api/webhooks/${id}`);
      expect(await lastEvent()).toMatchObject({ action: 'DELETE', data: { id, events: ['TOGGLE.*'] } });
    });

    it('go to those alone whose filters let them through', async () => {
      const all = await make();
      const toggles = await make({ events: ['TOGGLE.*'] });
      const project = await make({ projectKeys: ['shop'] });
      const updates = await make({ events: ['WEBHOOK.UPDATE'] });
      await patch(updates.id, { description: 'x' });
      expect((await deliveriesOf(all.id)).at(-1)).toBe('WEBHOOK.UPDATE PENDING');
      expect(await deliveriesOf(toggles.id)).toEqual([]);
      expect(await deliveriesOf(project.id)).toEqual([]);
      expect(await deliveriesOf(updates.id)).toEqual(['WEBHOOK.UPDATE PENDING']);
    });
  });

  describe('test requests', () => {
    beforeEach(() => receiver.received.splice(0));

    it('send a signed sample, TOGGLE.PUBLISH unless told otherwise, also while disabled', async () => {
      const { id, secretKey } = await make({ status: 'DISABLE' });
      const result = await owner.ok('POST', `/api/webhooks/${id}/test`);
      expect(result).toMatchObject({ success: true, statusCode: 200, response: { body: 'ok' } });
      const [request] = receiver.received;
      expect(request?.headers['x-featureprobe-event']).toBe('TOGGLE.PUBLISH');
      expect(request?.body).toMatchObject({ operator: 'Admin', resource: 'TOGGLE', action: 'PUBLISH' });
      expect(result.request.body).toBe(request?.bytes.toString());
      new Webhook(secretKey, { format: 'raw' }).verify(
        request!.bytes,
        request!.headers as Record<string, string>,
      );
      expect(await deliveriesOf(id)).toEqual([]);
    });

    it('send a sample of every event', async () => {
      const { id } = await make({ maskSdkKeys: true });
      for (const event of EVENT_NAMES) await owner.ok('POST', `/api/webhooks/${id}/test`, { event });
      expect(receiver.received.map(({ headers }) => headers['x-featureprobe-event'])).toEqual(EVENT_NAMES);
      expect(receiver.of('ENVIRONMENT.CREATE')[0]?.body.data.serverSdkKey).toBe('****4567');
    });

    it('are refused for an event that there is not', async () => {
      const { id } = await make();
      const answer = await owner.post(`/api/webhooks/${id}/test`, { event: 'TOGGLE.EXPLODE' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toMatch(/^event must be one of .*TOGGLE\.PUBLISH/);
    });
  });
});
