import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DeliveryPlanner } from '../../src/delivery/index.js';
import { Touchpoints } from '../../src/outreach/touchpoints/touchpoint.js';
import { TouchpointUsage } from '../../src/outreach/touchpoints/touchpoint-usage.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { ProjectService } from '../../src/projects/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, Shop } from '../support/shop.js';
import { channelBody, touchpointBody } from '../support/touchpoint-bodies.js';

const ENABLED = 'A touchpoint is edited and deleted only while it is disabled';
const ASYNC = { mode: 'ASYNC', url: 'http://127.0.0.1:9/receipts', timeoutMinutes: 60 };

describe.each(DATABASES)('the life of touchpoints on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let touchpoints: Touchpoints;
  let unitOfWork: UnitOfWork;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    touchpoints = flagpost.app.get(Touchpoints, { strict: false });
    unitOfWork = flagpost.app.get(UnitOfWork);
    for (const key of ['shop', 'forum', 'blog']) await Shop.open(owner, key);
  });
  afterAll(() => flagpost.stop());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const make = async (body: Json = touchpointBody()): Promise<number> =>
    (await owner.ok('POST', '/api/touchpoints', body)).id;
  const to = (id: number, action: string, body?: Json): Promise<Json> =>
    owner.ok('PATCH', `/api/touchpoints/${id}/${action}`, body);
  const projectId = async (key: string): Promise<number> =>
    (await flagpost.app.get(ProjectService, { strict: false }).findLive(1, key)).id;
  const query = (sql: string): Promise<Json[]> => unitOfWork.reader.query(sql);
  const countEvents = async (): Promise<number> =>
    Number((await query(`SELECT COUNT(*) AS n FROM event WHERE resource = 'TOUCHPOINT'`))[0].n);
  const plan = (endpointId: number): Promise<void> =>
    unitOfWork.run(() =>
      flagpost.app
        .get(DeliveryPlanner, { strict: false })
        .plan([
          {
            organizationId: 1,
            eventId: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50',
            eventName: 'OUTREACH.REACH',
            orderingKey: 'x',
            sequence: 1,
            subject: 'x',
            contentType: 'application/json',
            body: '{}',
            traceparent: undefined,
            targets: [{ endpointId, ordering: 'NONE', retryForMs: 60_000 }],
          },
        ])
        .then(() => undefined),
    );
  const usage = (): TouchpointUsage => flagpost.app.get(TouchpointUsage, { strict: false });
  const HOLDER = { id: 7, name: 'Birthday coupon', projectKey: 'shop', status: 'RUNNING' };

  describe('editing and deleting', () => {
    it('wait until it is disabled', async () => {
      const id = await make();
      const url = `/api/touchpoints/${id}`;
      expectRefusal(await owner.patch(url, { name: 'x' }), 'invalid_request', ENABLED);
      expectRefusal(await owner.delete(url), 'invalid_request', ENABLED);
      await to(id, 'disable');
      expect(await owner.ok('PATCH', url, { name: 'x' })).toMatchObject({ name: 'x', status: 'DISABLED' });
      expect(await owner.ok('DELETE', url)).toMatchObject({ id, name: 'x' });
      expectRefusal(await owner.get(url), 'not_found', `Touchpoint ${id} not found`);
    });

    it('removes what belongs to it', async () => {
      const id = await make(touchpointBody({ receipts: ASYNC }));
      await to(id, 'spaces', { projectKeys: ['shop'] });
      const [{ r }] = await query(`SELECT receipt_endpoint_id AS r FROM touchpoint WHERE id = ${id}`);
      await to(id, 'disable');
      await owner.ok('DELETE', `/api/touchpoints/${id}`);
      expect(await query(`SELECT * FROM touchpoint_space WHERE touchpoint_id = ${id}`)).toEqual([]);
      expect(await query(`SELECT id FROM endpoint WHERE id IN (${id}, ${r})`)).toEqual([]);
    });
  });

  describe('disabling', () => {
    it('is refused while campaigns use it, and names them', async () => {
      const id = await make();
      const others = Array.from({ length: 21 }, (_, index) => ({ ...HOLDER, name: `C${index}` }));
      const spy = vi.spyOn(usage(), 'holdersOf').mockResolvedValue([HOLDER, { ...HOLDER, status: 'PAUSED' }]);
      const answer = await owner.patch(`/api/touchpoints/${id}/disable`);
      const named = 'Birthday coupon (shop, RUNNING), Birthday coupon (shop, PAUSED)';
      expectRefusal(answer, 'invalid_request', `Campaigns use this touchpoint: ${named}. Close them first`);
      expect(spy).toHaveBeenCalledWith(id);
      spy.mockResolvedValue(others);
      expect((await owner.patch(`/api/touchpoints/${id}/disable`)).body.message).toContain('and 1 more');
      spy.mockResolvedValue([]);
      expect((await to(id, 'disable')).status).toBe('DISABLED');
    });

    it('and enabling do nothing where that is so already', async () => {
      const id = await make();
      const before = await countEvents();
      const enabled = await to(id, 'enable');
      expect(enabled.status).toBe('ENABLED');
      expect(await countEvents()).toBe(before);
      const off = await to(id, 'disable');
      expect(await countEvents()).toBe(before + 1);
      const again = await to(id, 'disable');
      expect(again).toEqual(off);
      expect(await countEvents()).toBe(before + 1);
    });

    it('by the platform says so, cancels what is pending, and leaves the owners’ stamp', async () => {
      const id = await make(touchpointBody({ receipts: ASYNC }));
      const before = await owner.ok('GET', `/api/touchpoints/${id}`);
      const [{ r }] = await query(`SELECT receipt_endpoint_id AS r FROM touchpoint WHERE id = ${id}`);
      for (const endpointId of [id, r]) await plan(endpointId);
      await unitOfWork.run(() => touchpoints.disableBySystem(id, 'failed for too long'));
      const pending = `SELECT status, last_error FROM delivery WHERE endpoint_id IN (${id}, ${r})`;
      const canceled = { status: 'CANCELED', last_error: 'failed for too long' };
      expect(await query(pending)).toEqual([canceled, canceled]);
      const disabled = { state: 'DISABLED', why: 'failed for too long' };
      expect(await owner.ok('GET', `/api/touchpoints/${id}`)).toEqual({
        ...before,
        status: 'DISABLED',
        health: disabled,
        receiptsHealth: disabled,
      });
      const [event] = (await owner.ok('GET', '/api/events?resource=TOUCHPOINT&limit=1')).content;
      expect(event).toMatchObject({ action: 'DISABLE', operator: 'system', data: { id } });
      const events = await countEvents();
      await unitOfWork.run(() => touchpoints.disableBySystem(id, 'again'));
      await unitOfWork.run(() => touchpoints.disableBySystem(999_999, 'gone'));
      expect(await countEvents()).toBe(events);
    });

    it('by the platform under its campaigns does not let it be deleted', async () => {
      const id = await make();
      await unitOfWork.run(() => touchpoints.disableBySystem(id, 'gone'));
      vi.spyOn(usage(), 'holdersOf').mockResolvedValue([HOLDER]);
      expectRefusal(
        await owner.delete(`/api/touchpoints/${id}`),
        'invalid_request',
        'Birthday coupon (shop, RUNNING)',
      );
    });
  });

  describe('authorising', () => {
    it('holds for these projects and no others', async () => {
      const id = await make();
      const events = await countEvents();
      expect(await to(id, 'spaces', { projectKeys: ['shop', 'FORUM', 'shop'] })).toMatchObject({
        projectKeys: ['forum', 'shop'],
      });
      expect(await countEvents()).toBe(events + 1);
      await to(id, 'spaces', { projectKeys: ['forum', 'shop'] });
      expect(await countEvents()).toBe(events + 1);
      expect(await to(id, 'spaces', { projectKeys: ['blog', 'forum'] })).toMatchObject({
        projectKeys: ['blog', 'forum'],
      });
      expect(await to(id, 'spaces', { projectKeys: [] })).toMatchObject({ projectKeys: [] });
    });

    it('is taken back only where no campaign of that project uses it', async () => {
      const id = await make();
      await to(id, 'spaces', { projectKeys: ['shop', 'forum'] });
      const spy = vi.spyOn(usage(), 'holdersIn').mockResolvedValue([HOLDER]);
      const answer = await owner.patch(`/api/touchpoints/${id}/spaces`, { projectKeys: ['forum', 'blog'] });
      expectRefusal(answer, 'invalid_request', 'Birthday coupon (shop, RUNNING)');
      expect(spy.mock.calls).toEqual([[id, [await projectId('shop')]]]);
      expect(await owner.ok('GET', `/api/touchpoints/${id}`)).toMatchObject({
        projectKeys: ['forum', 'shop'],
      });
      await to(id, 'spaces', { projectKeys: ['forum', 'blog', 'shop'] });
      expect(spy).toHaveBeenCalledTimes(1);
    });

    it('refuses projects that there are not, and bodies without a list', async () => {
      const id = await make();
      const url = `/api/touchpoints/${id}/spaces`;
      expectRefusal(await owner.patch(url, { projectKeys: ['shop', 'none'] }), 'not_found', 'Project none');
      expectRefusal(await owner.patch(url, {}), 'invalid_request', 'projectKeys must be a list');
      expectRefusal(
        await owner.patch(url, { projectKeys: [7] }),
        'invalid_request',
        'projectKeys must be text',
      );
      expect(await owner.ok('GET', `/api/touchpoints/${id}`)).toMatchObject({ projectKeys: [] });
    });

    it('no longer shows projects that were deleted', async () => {
      const { key } = await Shop.open(owner, 'passing');
      const id = await make();
      await to(id, 'spaces', { projectKeys: [key, 'shop'] });
      await owner.ok('DELETE', `/api/projects/${key}`);
      expect(await owner.ok('GET', `/api/touchpoints/${id}`)).toMatchObject({ projectKeys: ['shop'] });
    });
  });

  describe('for those who send', () => {
    it('is what they need to know, whatever its status', async () => {
      const id = await make(touchpointBody({ token: 'tok', receipts: ASYNC, usersPerSecond: 5 }));
      const channel = await make(channelBody({ auth: { type: 'BASIC', username: 'u', password: 'pw' } }));
      const off = await make();
      await to(off, 'disable');
      const found = await touchpoints.load([id, channel, off, 999_999]);
      expect([...found.keys()].toSorted((a, b) => a - b)).toEqual(
        [id, channel, off].toSorted((a, b) => a - b),
      );
      const receiptEndpointId = found.get(id)?.receiptEndpointId;
      expect(found.get(id)).toEqual({
        id,
        organizationId: 1,
        kind: 'TOUCHPOINT',
        type: 'BENEFIT',
        name: 'Coupons',
        url: 'http://127.0.0.1:9/reach',
        status: 'ENABLED',
        secret: 'tok',
        config: {
          receipts: ASYNC,
          batchSize: 500,
          usersPerSecond: 5,
          userAttributes: [{ attribute: 'userId', name: 'memberId' }],
          templateParams: [{ name: 'amount', type: 'NUMBER' }],
          timeoutMs: 5000,
          maxInFlight: 10,
        },
        receiptEndpointId: expect.any(Number),
      });
      expect(found.get(channel)).toMatchObject({
        secret: 'pw',
        config: { auth: { type: 'BASIC', username: 'u' } },
      });
      expect(found.get(off)).toMatchObject({ status: 'DISABLED', secret: '' });
      const asked = await touchpoints.ofReceiptEndpoints([receiptEndpointId ?? 0, id]);
      expect([...asked]).toEqual([[receiptEndpointId, found.get(id)]]);
      for (const none of [await touchpoints.load([]), await touchpoints.ofReceiptEndpoints([])])
        expect(none.size).toBe(0);
    });

    it('counts as edited at once', async () => {
      const id = await make(touchpointBody({ token: 'old' }));
      expect((await touchpoints.load([id])).get(id)).toMatchObject({ secret: 'old' });
      await to(id, 'disable');
      await owner.ok('PATCH', `/api/touchpoints/${id}`, { token: 'new', batchSize: 3 });
      expect((await touchpoints.load([id])).get(id)).toMatchObject({
        secret: 'new',
        config: { batchSize: 3 },
      });
      await owner.ok('PATCH', `/api/touchpoints/${id}`, { token: '' });
      expect((await touchpoints.load([id])).get(id)).toMatchObject({ secret: '' });
    });

    it('is authorised or not', async () => {
      const [first, second] = [await make(), await make()];
      await to(first, 'spaces', { projectKeys: ['shop'] });
      await to(second, 'spaces', { projectKeys: ['forum'] });
      const shop = await projectId('shop');
      expect([...(await touchpoints.authorisedFor(shop, [first, second]))]).toEqual([first]);
      expect((await touchpoints.authorisedFor(shop, [])).size).toBe(0);
    });

    it('can’t be disabled while they take hold of it', async () => {
      const id = await make();
      const order: string[] = [];
      let disabling: Promise<Json> | undefined;
      await unitOfWork.run(async () => {
        const found = await touchpoints.loadForUse([id]);
        order.push(`found ${found.get(id)?.status}`);
        disabling = to(id, 'disable').then(() => order.push('disabled'));
        await new Promise((resolve) => setTimeout(resolve, 200));
        order.push('held');
      });
      await disabling;
      expect(order).toEqual(['found ENABLED', 'held', 'disabled']);
    });
  });

  describe('the delivery log', () => {
    it('lists the requests of each of its endpoints, page by page', async () => {
      const id = await make(touchpointBody({ receipts: ASYNC }));
      const [{ r }] = await query(`SELECT receipt_endpoint_id AS r FROM touchpoint WHERE id = ${id}`);
      for (const endpointId of [id, id, r]) await plan(endpointId);
      const list = (search: string): Promise<Json> =>
        owner.ok('GET', `/api/touchpoints/${id}/deliveries?${search}`);
      const first = await list('limit=1');
      expect(first.content).toEqual([
        {
          id: first.next,
          orderNo: '019a9d5c5f3e7cc1a1bb3f6f2a6fce50',
          status: 'PENDING',
          attemptCount: 0,
          nextAttemptTime: expect.any(String),
          createdTime: expect.any(String),
        },
      ]);
      const second = await list(`limit=1&cursor=${first.next}`);
      expect(second.content).toHaveLength(1);
      expect(second).not.toHaveProperty('next');
      expect((await list('status=SUCCEEDED')).content).toEqual([]);
      expect((await list('receipts=true')).content).toHaveLength(1);
      const plain = await make();
      expect(await owner.ok('GET', `/api/touchpoints/${plain}/deliveries?receipts=true`)).toEqual({
        content: [],
      });
    });
  });
});
