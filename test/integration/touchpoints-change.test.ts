import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, ISO_DATE, Shop } from '../support/shop.js';
import { channelBody, touchpointBody } from '../support/touchpoint-bodies.js';

describe.each(DATABASES)('changes of touchpoints on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    await Shop.open(owner);
  });
  afterAll(() => flagpost.stop());

  const make = (body: Json): Promise<Json> => owner.ok('POST', '/api/touchpoints', body);
  const disabled = async (body: Json): Promise<number> => {
    const { id } = await make(body);
    await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
    return id;
  };
  const patch = (id: number, body: Json): Promise<Json> => owner.ok('PATCH', `/api/touchpoints/${id}`, body);
  const rawRows = (sql: string): Promise<Json[]> => flagpost.app.get(UnitOfWork).reader.query(sql);
  const lastEvent = async (): Promise<Json> =>
    (await owner.ok('GET', '/api/events?resource=TOUCHPOINT&limit=1')).content[0];

  describe('change', () => {
    it('changes what is named and keeps the rest, secrets included', async () => {
      const id = await disabled(
        touchpointBody({ token: 'tok', batchSize: 7, usersPerSecond: 9, retryForMinutes: 5 }),
      );
      const before = await owner.ok('GET', `/api/touchpoints/${id}`);
      const after = await patch(id, {
        name: 'Other',
        batchSize: null,
        usersPerSecond: null,
        retryForMinutes: null,
      });
      const { usersPerSecond, retryForMinutes, ...kept } = before;
      expect([usersPerSecond, retryForMinutes]).toEqual([9, 5]);
      expect(after).toEqual({ ...kept, name: 'Other', modifiedTime: ISO_DATE });
      expect(after).toMatchObject({ token: 'tok', batchSize: 7, status: 'DISABLED' });
    });

    it('takes the kind and the type that it has, and refuses others by name', async () => {
      const id = await disabled(touchpointBody());
      expect(await patch(id, { kind: 'TOUCHPOINT', type: 'BENEFIT' })).toMatchObject({ type: 'BENEFIT' });
      const url = `/api/touchpoints/${id}`;
      expectRefusal(
        await owner.patch(url, { type: 'NOTICE' }),
        'invalid_request',
        'type never changes: it is BENEFIT',
      );
      expectRefusal(
        await owner.patch(url, { kind: 'CHANNEL' }),
        'invalid_request',
        'kind never changes: it is TOUCH',
      );
      expectRefusal(
        await owner.patch(url, { auth: { type: 'NONE' } }),
        'invalid_request',
        'auth is nothing that a',
      );
    });

    it('keeps a secret as long as the way of signing stays', async () => {
      const id = await disabled(channelBody({ auth: { type: 'SECRET', secret: 's1' } }));
      const authAfter = async (auth: Json): Promise<Json> => (await patch(id, { auth })).auth;
      expect(await authAfter({ type: 'SECRET' })).toEqual({ type: 'SECRET', secret: 's1' });
      expect(await authAfter({ type: 'SECRET', secret: 's2' })).toEqual({ type: 'SECRET', secret: 's2' });
      const answer = await owner.patch(`/api/touchpoints/${id}`, { auth: { type: 'BASIC', username: 'u' } });
      expectRefusal(answer, 'invalid_request', 'auth.password is required');
      const basic = { type: 'BASIC', username: 'u', password: 'p' };
      expect(await authAfter(basic)).toEqual(basic);
      expect(await authAfter({ type: 'BASIC', username: 'v' })).toEqual({ ...basic, username: 'v' });
      expect(await authAfter({ type: 'NONE' })).toEqual({ type: 'NONE' });
      const secretless = await owner.patch(`/api/touchpoints/${id}`, { auth: { type: 'SECRET' } });
      expectRefusal(secretless, 'invalid_request', 'auth.secret is required');
    });

    it('does not check an address again that stays', async () => {
      const id = await disabled(touchpointBody());
      await flagpost.app
        .get(UnitOfWork)
        .run(() =>
          flagpost.app
            .get(UnitOfWork)
            .manager.query('UPDATE touchpoint SET url = ? WHERE id = ?', ['http://10.0.0.1/', id]),
        );
      expect(await patch(id, { name: 'Still open' })).toMatchObject({ url: 'http://10.0.0.1/' });
      const moved = await owner.patch(`/api/touchpoints/${id}`, { url: 'http://10.0.0.2/' });
      expectRefusal(moved, 'invalid_request', 'url is refused');
    });

    it('makes and removes the endpoint for receipts', async () => {
      const receiptIdOf = async (id: number): Promise<Json> =>
        (await rawRows(`SELECT receipt_endpoint_id AS r FROM touchpoint WHERE id = ${id}`))[0].r;
      const endpoints = (ids: number[]): Promise<Json[]> =>
        rawRows(`SELECT kind, enabled FROM endpoint WHERE id IN (${ids.join(',')}) ORDER BY id`);
      const receipts = { mode: 'ASYNC', url: 'http://127.0.0.1:9/r', timeoutMinutes: 60 };
      const id = await disabled(touchpointBody());
      expect(await receiptIdOf(id)).toBeNull();
      expect(await patch(id, { receipts })).toMatchObject({
        receipts,
        receiptsHealth: { state: 'DISABLED' },
      });
      const receiptId = await receiptIdOf(id);
      expect(await endpoints([id, receiptId])).toEqual([
        { kind: 'REACH', enabled: 0 },
        { kind: 'RECEIPT', enabled: 0 },
      ]);
      expect(await patch(id, { receipts: { mode: 'ASYNC', timeoutMinutes: 61 } })).toMatchObject({
        receipts: { ...receipts, timeoutMinutes: 61 },
      });
      expect(await receiptIdOf(id)).toBe(receiptId);
      await owner.ok('PATCH', `/api/touchpoints/${id}/enable`);
      expect((await endpoints([id, receiptId])).map(({ enabled }) => enabled)).toEqual([1, 1]);
      await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
      expect((await endpoints([id, receiptId])).map(({ enabled }) => enabled)).toEqual([0, 0]);
      expect(await patch(id, { receipts: { mode: 'SYNC' } })).toMatchObject({ receipts: { mode: 'SYNC' } });
      expect(await receiptIdOf(id)).toBeNull();
      expect(await endpoints([id, receiptId])).toHaveLength(1);
    });
  });

  describe('events', () => {
    it('tell what was done, and of secrets only that they changed', async () => {
      const { id } = await make(touchpointBody({ token: 'tok-1' }));
      expect(await lastEvent()).toMatchObject({
        action: 'CREATE',
        operator: 'Admin',
        data: { id, name: 'Coupons', status: 'ENABLED', projectKeys: [], createdTime: expect.any(Number) },
      });
      await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
      expect(await lastEvent()).toMatchObject({
        action: 'DISABLE',
        changes: [{ path: '/status', from: 'ENABLED', to: 'DISABLED' }],
      });
      await patch(id, { token: 'tok-2', batchSize: 3 });
      expect(await lastEvent()).toMatchObject({
        action: 'UPDATE',
        changes: [{ path: '/batchSize', from: 500, to: 3 }, { path: '/token' }],
      });
      await patch(id, { token: 'tok-2' });
      expect((await lastEvent()).changes).toEqual([]);
      await owner.ok('PATCH', `/api/touchpoints/${id}/spaces`, { projectKeys: ['shop'] });
      expect(await lastEvent()).toMatchObject({
        action: 'UPDATE',
        changes: [{ path: '/projectKeys/0', to: 'shop' }],
      });
      await owner.ok('PATCH', `/api/touchpoints/${id}/enable`);
      expect(await lastEvent()).toMatchObject({ action: 'ENABLE', data: { status: 'ENABLED' } });
      await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
      await owner.ok('DELETE', `/api/touchpoints/${id}`);
      expect(await lastEvent()).toMatchObject({ action: 'DELETE', data: { id, projectKeys: ['shop'] } });
      const all = await owner.ok('GET', '/api/events?resource=TOUCHPOINT&limit=1000');
      expect(JSON.stringify(all)).not.toContain('tok-');
    });

    it('name the place of a channel’s secret', async () => {
      const id = await disabled(channelBody({ auth: { type: 'SECRET', secret: 's' } }));
      await patch(id, { auth: { type: 'SECRET', secret: 't' } });
      expect((await lastEvent()).changes).toEqual([{ path: '/auth/secret' }]);
      await patch(id, { auth: { type: 'BASIC', username: 'u', password: 't' } });
      expect((await lastEvent()).changes).toEqual([
        { path: '/auth/type', from: 'SECRET', to: 'BASIC' },
        { path: '/auth/username', to: 'u' },
        { path: '/auth/secret' },
        { path: '/auth/password' },
      ]);
    });
  });
});
