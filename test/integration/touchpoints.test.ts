import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { addOrganization } from '../support/second-organization.js';
import { expectForbidden, expectRefusal, ISO_DATE, rowsOf, Shop } from '../support/shop.js';
import { channelBody, touchpointBody } from '../support/touchpoint-bodies.js';

const AMOUNT = { name: 'amount', displayName: 'Amount', type: 'INTEGER', required: true };
const LEVEL = {
  name: 'level',
  type: 'ENUM',
  options: { multiple: false, values: [{ code: 'gold', name: 'Gold members' }] },
};

describe.each(DATABASES)('touchpoints on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let writer: ApiClient;
  let stranger: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['writer'], role: 'WRITER', password: 'Pass1234' });
    writer = await flagpost.anonymous.login('writer', 'Pass1234');
    stranger = await addOrganization(flagpost, 'stranger');
    for (const key of ['shop', 'forum']) await Shop.open(owner, key);
  });
  afterAll(() => flagpost.stop());

  const make = (body: Json, client = owner): Promise<Json> => client.ok('POST', '/api/touchpoints', body);
  const disabled = async (body: Json): Promise<number> => {
    const { id } = await make(body);
    await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
    return id;
  };
  const rawRows = (sql: string): Promise<Json[]> => flagpost.app.get(UnitOfWork).reader.query(sql);

  describe('creation', () => {
    it('fills in the defaults of a touchpoint', async () => {
      const made = await make(touchpointBody());
      expect(made).toEqual({
        id: expect.any(Number),
        name: 'Coupons',
        kind: 'TOUCHPOINT',
        type: 'BENEFIT',
        url: 'http://127.0.0.1:9/reach',
        status: 'ENABLED',
        token: '',
        receipts: { mode: 'SYNC' },
        batchSize: 500,
        userAttributes: [{ attribute: 'userId', name: 'memberId' }],
        templateParams: [{ name: 'amount', type: 'NUMBER' }],
        timeoutMs: 5000,
        maxInFlight: 10,
        projectKeys: [],
        health: { state: 'HEALTHY' },
        createdTime: ISO_DATE,
        createdBy: 'Admin',
        modifiedTime: made.createdTime,
        modifiedBy: 'Admin',
      });
      expect(await owner.ok('GET', `/api/touchpoints/${made.id}`)).toEqual(made);
    });

    it('fills in the defaults of a channel', async () => {
      const made = await make(channelBody());
      expect(made).toMatchObject({
        kind: 'CHANNEL',
        auth: { type: 'NONE' },
        usersPerSecond: 1000,
        batchSize: 500,
        userAttributes: [],
        templateParams: [],
      });
      for (const field of ['type', 'token', 'receipts', 'receiptsHealth'])
        expect(made).not.toHaveProperty(field);
    });

    it('takes all that a touchpoint may have', async () => {
      const fields = {
        name: '一二三四五六七八九十一二三四😀',
        type: 'NOTICE',
        token: 'a token',
        batchSize: 1,
        usersPerSecond: 100_000,
        receipts: { mode: 'ASYNC', url: 'https://127.0.0.1/receipts?a=1', timeoutMinutes: 43_200 },
        userAttributes: [
          { attribute: 'gid', name: 'gid' },
          { attribute: 'phone', name: 'mobile', displayName: 'Phone', defaultValue: 'none' },
          { attribute: 'age', name: 'age', defaultValue: 0 },
        ],
        templateParams: [
          { name: 'title', displayName: 'Title', type: 'TEXT', required: true },
          { name: 'until', type: 'DATE', required: false },
          LEVEL,
          { name: 'coupon', type: 'ENUM', options: { multiple: true, url: 'http://127.0.0.1/coupons' } },
        ],
        timeoutMs: 30_000,
        maxInFlight: 100,
        retryForMinutes: 0,
      };
      const made = await make(touchpointBody(fields));
      expect(made).toMatchObject({ ...fields, receiptsHealth: { state: 'HEALTHY' } });
      expect(await owner.ok('GET', `/api/touchpoints/${made.id}`)).toEqual(made);
    });

    it('takes all that a channel may have, and calls an attribute by its own name unless told otherwise', async () => {
      const attributes = Array.from({ length: 10 }, (_, index) => ({ attribute: `a${index}` }));
      const made = await make(
        channelBody({
          auth: { type: 'BASIC', username: 'us er', password: 'pa:ss' },
          usersPerSecond: null,
          batchSize: 20,
          userAttributes: attributes,
          templateParams: [AMOUNT],
          unknown: 1,
        }),
      );
      expect(made).toMatchObject({
        auth: { type: 'BASIC', username: 'us er', password: 'pa:ss' },
        batchSize: 20,
        templateParams: [AMOUNT],
      });
      expect(made.userAttributes[9]).toEqual({ attribute: 'a9', name: 'a9' });
      for (const field of ['usersPerSecond', 'unknown']) expect(made).not.toHaveProperty(field);
    });

    it('keeps secrets sealed', async () => {
      await make(touchpointBody({ token: 'plain-to-see' }));
      await make(channelBody({ auth: { type: 'SECRET', secret: 'plain-to-see' } }));
      const rows = JSON.stringify(await rawRows('SELECT * FROM touchpoint'));
      expect(rows).toContain('Dove coupon centre');
      expect(rows).not.toContain('plain-to-see');
    });

    it.each([
      ['a touchpoint without a name', touchpointBody({ name: ' ' }), 'name is required'],
      [
        'a name that is too long',
        touchpointBody({ name: '一二三四五六七八九十一二三四五六' }),
        'name must have at most 15 characters',
      ],
      [
        'a channel’s name of 65',
        channelBody({ name: 'x'.repeat(65) }),
        'name must have at most 64 characters',
      ],
      ['no kind', touchpointBody({ kind: undefined }), 'kind must be one of CHANNEL, TOUCHPOINT'],
      ['no type', touchpointBody({ type: undefined }), 'type is required'],
      ['an unknown type', touchpointBody({ type: 'GIFT' }), 'type must be one of NOTICE, BENEFIT, OTHER'],
      ['a channel with a type', channelBody({ type: 'NOTICE' }), 'type is nothing that a CHANNEL has'],
      [
        'a URL that may not be called',
        touchpointBody({ url: 'http://10.0.0.1/' }),
        'url is refused. 10.0.0.1 is',
      ],
      [
        'a URL of another scheme',
        channelBody({ url: 'ftp://example.com/' }),
        'url is refused. URLs with the scheme',
      ],
      [
        'a receipt URL that may not be called',
        touchpointBody({ receipts: { mode: 'ASYNC', url: 'http://[::1]/', timeoutMinutes: 1 } }),
        'receipts.url is refused. ::1 is a loopback address',
      ],
      [
        'an API of values that may not be called',
        touchpointBody({
          templateParams: [LEVEL, { name: 'x', type: 'ENUM', options: { url: 'http://10.0.0.1/' } }],
        }),
        'templateParams[1].options.url is refused.',
      ],
      [
        'an attribute without a name of its own kind',
        touchpointBody({
          userAttributes: [{ attribute: 'a' }, { attribute: 'b' }, { attribute: 'c', name: 7 }],
        }),
        'userAttributes[2].name',
      ],
      [
        'an attribute that is no object',
        touchpointBody({ userAttributes: [7] }),
        'userAttributes[0] must be an object',
      ],
      [
        'an option without a code',
        touchpointBody({
          templateParams: [{ name: 'x', type: 'ENUM', options: { values: [{ name: 'a' }] } }],
        }),
        'templateParams[0].options.values[0].code is required',
      ],
      ['no batch', touchpointBody({ batchSize: 0 }), 'batchSize must be at least 1'],
      ['a batch of 501', touchpointBody({ batchSize: 501 }), 'batchSize must be at most 500'],
      ['no rate', channelBody({ usersPerSecond: 0 }), 'usersPerSecond must be at least 1'],
    ])('refuses %s', async (_what, body, message) => {
      expectRefusal(await owner.post('/api/touchpoints', body), 'invalid_request', message);
    });

    it('says in Chinese what is wrong', async () => {
      const client = owner.as({ ...owner.headers, 'Accept-Language': 'zh-CN' });
      const answer = await client.post('/api/touchpoints', touchpointBody({ userAttributes: [] }));
      expectRefusal(answer, 'invalid_request', 'userAttributes 至少 1 项');
    });

    it('makes nothing where it refuses', async () => {
      const count = async (): Promise<Json> => rawRows('SELECT COUNT(*) AS n FROM endpoint');
      const before = await count();
      expect((await owner.post('/api/touchpoints', touchpointBody({ name: '' }))).status).toBe(400);
      expect(await count()).toEqual(before);
    });
  });

  describe('reading', () => {
    it('lists the newest first, page by page, all filters at once', async () => {
      await make(touchpointBody({ name: 'List 100% A' }));
      await disabled(touchpointBody({ name: 'list 100% b' }));
      await make(channelBody({ name: 'LIST 100% C' }));
      const names = async (query: string): Promise<string[]> =>
        rowsOf(await owner.ok('GET', `/api/touchpoints?${query}`)).map(({ name }) => name);
      expect(await names('keyword=List 100%25')).toEqual(['LIST 100% C', 'list 100% b', 'List 100% A']);
      expect(await names('keyword=list 100%25&kind=TOUCHPOINT')).toEqual(['list 100% b', 'List 100% A']);
      expect(await names('keyword=list 100%25&status=DISABLED')).toEqual(['list 100% b']);
      expect(await names('keyword=list 100%25&pageSize=2&pageIndex=1')).toEqual(['List 100% A']);
      expect(await names('keyword=100_')).toEqual([]);
    });

    it('lists what campaigns of a project may pick', async () => {
      const { id } = await make(touchpointBody({ name: 'For the forum' }));
      await make(touchpointBody({ name: 'For nobody' }));
      const off = await disabled(touchpointBody({ name: 'Off' }));
      for (const each of [id, off])
        await owner.ok('PATCH', `/api/touchpoints/${each}/spaces`, { projectKeys: ['forum'] });
      const page = await writer.ok('GET', '/api/touchpoints?projectKey=FORUM');
      expect(rowsOf(page, 1)).toMatchObject([{ id, projectKeys: ['forum'] }]);
      expectRefusal(await owner.get('/api/touchpoints?projectKey=none'), 'not_found', 'Project none');
    });

    it('shows secrets to owners alone', async () => {
      const bodies = [
        [touchpointBody({ token: 'tok' }), { token: 'tok' }],
        [
          channelBody({ auth: { type: 'SECRET', secret: 'sec' } }),
          { auth: { type: 'SECRET', secret: 'sec' } },
        ],
        [
          channelBody({ auth: { type: 'BASIC', username: 'u', password: 'pw' } }),
          { auth: { type: 'BASIC', username: 'u', password: 'pw' } },
        ],
      ];
      for (const [body, shown] of bodies) {
        const { id } = await make(body);
        expect(await owner.ok('GET', `/api/touchpoints/${id}`)).toMatchObject(shown);
        const seen = await writer.ok('GET', `/api/touchpoints/${id}`);
        const listed = (await writer.ok('GET', '/api/touchpoints?pageSize=1')).content[0];
        for (const each of [seen, listed]) {
          expect(each.id).toBe(id);
          expect(each).not.toHaveProperty('token');
          expect(each.auth ?? {}).not.toHaveProperty('secret');
          expect(each.auth ?? {}).not.toHaveProperty('password');
        }
      }
    });

    it.each(['4711', 'x', '-1', '99999999999'])('answers 400 for the id %s', async (id) => {
      expect((await owner.get(`/api/touchpoints/${id}`)).status).toBe(400);
    });
  });

  describe('who may do what', () => {
    it('lets writers read, and keeps all else for owners', async () => {
      const { id } = await make(touchpointBody());
      const url = `/api/touchpoints/${id}`;
      expect((await writer.ok('GET', url)).id).toBe(id);
      expectForbidden(await writer.post('/api/touchpoints', touchpointBody()));
      expectForbidden(await writer.patch(url, { name: 'x' }));
      expectForbidden(await writer.delete(url));
      for (const action of ['enable', 'disable']) expectForbidden(await writer.patch(`${url}/${action}`));
      expectForbidden(await writer.patch(`${url}/spaces`, { projectKeys: [] }));
    });

    it('hides touchpoints from other organizations, and their projects from these', async () => {
      const { id } = await make(touchpointBody({ name: 'Ours' }));
      const url = `/api/touchpoints/${id}`;
      await Shop.open(stranger, 'theirs');
      expect((await stranger.ok('GET', '/api/touchpoints')).totalElements).toBe(0);
      const answers = [
        await stranger.get(url),
        await stranger.patch(url, { name: 'x' }),
        await stranger.delete(url),
        await stranger.patch(`${url}/enable`),
        await stranger.patch(`${url}/disable`),
        await stranger.patch(`${url}/spaces`, { projectKeys: ['theirs'] }),
        await stranger.post(`${url}/test`, { users: [{}] }),
        await stranger.get(`${url}/options/amount`),
        await stranger.get(`${url}/deliveries`),
      ];
      for (const answer of answers) expectRefusal(answer, 'not_found', `Touchpoint ${id} not found`);
      const foreign = await owner.patch(`${url}/spaces`, { projectKeys: ['theirs'] });
      expectRefusal(foreign, 'not_found', 'Project theirs not found');
      expect(await owner.ok('GET', url)).toMatchObject({ name: 'Ours', status: 'ENABLED', projectKeys: [] });
    });
  });
});
