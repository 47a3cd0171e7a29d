import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectForbidden, expectRefusal, ISO_DATE, names, rowsOf } from '../support/shop.js';

const PASSWORD = 'Pass1234';
const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const TOKEN = /^api-[0-9a-f]{40}$/;

describe.each(DATABASES)('contract of tokens and dictionaries on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let writer: ApiClient;
  let count = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['walt'], role: 'WRITER', password: PASSWORD });
    writer = await owner.login('walt', PASSWORD);
  });
  afterAll(() => flagpost.stop());
  beforeEach(() => {
    count += 1;
  });

  const makeToken = async (by: ApiClient, type: string, more: object = {}): Promise<[number, ApiClient]> => {
    const name = `token-${(count += 1)}`;
    const made = await by.ok('POST', '/api/tokens', { name, type, ...more });
    const { content } = await by.ok('GET', `/api/tokens?type=${type}&pageSize=1000`);
    return [content.find((item: Json) => item.name === name).id, by.as({ Authorization: made.token })];
  };

  describe('2.11 Access tokens', () => {
    it('POST answers the token alone, once', async () => {
      for (const body of [
        { name: `p-${count}`, type: 'PERSON' },
        { name: `a-${count}`, type: 'APPLICATION', role: 'WRITER' },
      ]) {
        const answer = await owner.ok('POST', '/api/tokens', body);
        expect(answer).toEqual({ token: expect.stringMatching(TOKEN) });
        expect(JSON.stringify(await owner.ok('GET', '/api/tokens?pageSize=1000'))).not.toContain(
          answer.token,
        );
      }
    });

    it('GET pages the tokens of a type; /{id} is an item; the role is the application’s alone', async () => {
      const [application, client] = await makeToken(owner, 'APPLICATION', { role: 'WRITER' });
      const item = await owner.ok('GET', `/api/tokens/${application}`);
      expect(item).toEqual({
        id: application,
        name: expect.any(String),
        role: 'WRITER',
        createdBy: 'Admin',
      });
      const rows = rowsOf(await owner.ok('GET', '/api/tokens?type=APPLICATION&pageSize=1000'));
      expect(rows).toContainEqual(item);
      await client.ok('GET', '/api/projects');
      expect((await owner.ok('GET', `/api/tokens/${application}`)).visitedTime).toEqual(ISO_DATE);
      const [person] = await makeToken(owner, 'PERSON', { role: 'OWNER' });
      expect(await owner.ok('GET', `/api/tokens/${person}`)).not.toHaveProperty('role');
      expect(rows.map(({ id }) => id)).not.toContain(person);
      expectRefusal(await owner.get('/api/tokens?type=ROBOT'), 'invalid_request', 'type');
    });

    it('a name is unique for each type, and /exists says so', async () => {
      const name = `unique-${count}`;
      const exists = (type: string): ReturnType<ApiClient['get']> =>
        owner.get(`/api/tokens/exists?name=${name}&type=${type}`);
      expect(await exists('PERSON')).toMatchObject({ status: 200, body: { message: 'success' } });
      await owner.ok('POST', '/api/tokens', { name, type: 'PERSON' });
      expect(await exists('PERSON')).toMatchObject({ status: 400, body: CONFLICT });
      const again = await owner.post('/api/tokens', { name: name.toUpperCase(), type: 'PERSON' });
      expect(again).toMatchObject({ status: 400, body: CONFLICT });
      expect((await exists('APPLICATION')).body).toEqual({ message: 'success' });
      await owner.ok('POST', '/api/tokens', { name, type: 'APPLICATION', role: 'WRITER' });
      expectRefusal(await owner.get('/api/tokens/exists?type=PERSON'), 'invalid_request', 'name');
      expectRefusal(await owner.get('/api/tokens/exists?name=x'), 'invalid_request', 'type');
    });

    it('DELETE answers the item, and the token is worth nothing from then on', async () => {
      for (const type of ['PERSON', 'APPLICATION']) {
        const [id, client] = await makeToken(owner, type, { role: 'OWNER' });
        const item = await owner.ok('DELETE', `/api/tokens/${id}`);
        expect(item).toMatchObject({ id, createdBy: 'Admin' });
        expectForbidden(await client.get('/api/projects'));
        for (const again of [await owner.get(`/api/tokens/${id}`), await owner.delete(`/api/tokens/${id}`)])
          expectRefusal(again, 'not_found', `Access Token ${id} not found`);
      }
      expectRefusal(await owner.get('/api/tokens/abc'), 'invalid_request', 'id');
    });

    it('BUG not repeated: PERSON tokens are their owner’s alone', async () => {
      const [id] = await makeToken(owner, 'PERSON');
      const mine = rowsOf(await writer.ok('GET', '/api/tokens?type=PERSON&pageSize=1000'));
      expect(mine.map((token) => token.id)).not.toContain(id);
      expectForbidden(await writer.get(`/api/tokens/${id}`));
      expectForbidden(await writer.delete(`/api/tokens/${id}`));
    });

    it('BUG not repeated: a writer makes no OWNER token, and ends no APPLICATION token', async () => {
      const request = { name: `up-${count}`, type: 'APPLICATION', role: 'OWNER' };
      expectForbidden(await writer.post('/api/tokens', request));
      const [id, client] = await makeToken(writer, 'APPLICATION', { role: 'WRITER' });
      expectForbidden(await writer.delete(`/api/tokens/${id}`));
      expectForbidden(await client.post('/api/tokens', { ...request, name: `up2-${count}` }));
    });

    it.each<[string, object]>([
      ['name', { name: '' }],
      ['name', { name: 'x'.repeat(257) }],
      ['type', { type: 'ROBOT' }],
      ['type', { type: undefined }],
      ['role', { role: 'ADMIN' }],
    ])('POST names %s when it is wrong', async (field, wrong) => {
      const request = { name: `w-${count}`, type: 'APPLICATION', role: 'WRITER', ...wrong };
      expectRefusal(await owner.post('/api/tokens', request), 'invalid_request', `${field} `);
    });
  });

  describe('2.12 Dictionaries (per-user key/value store)', () => {
    const put = async (key: string, raw: string, by = owner): Promise<Json> => {
      const { status, body } = await by.raw('POST', `/api/dictionaries/${key}`, raw);
      expect(status).toBe(200);
      return body;
    };

    it('GET of a key that was never put is 400 not_found', async () => {
      const missing = await owner.get('/api/dictionaries/none');
      expectRefusal(missing, 'not_found', 'Dictionary none not found');
    });

    it.each([
      '{"projectKey": "shop",  "environmentKey":"online"}',
      '{}',
      '3',
      'false',
      'null',
      '"text"',
      '[1, 2]',
      '{"step1":{"done":true,"sdk":"Java"},"step2":{"done":false}}',
    ])('POST keeps the raw text: %s', async (raw) => {
      const answer = await put('user_last_seen', raw);
      expect(answer).toEqual({
        key: 'user_last_seen',
        value: raw,
        createdTime: ISO_DATE,
        modifiedTime: ISO_DATE,
      });
      expect(await owner.ok('GET', '/api/dictionaries/user_last_seen')).toEqual(answer);
    });

    it('POST again replaces the value and keeps the time of creation', async () => {
      const first = await put('flow_explain', 'true');
      const second = await put('flow_explain', 'false');
      expect(second).toMatchObject({ value: 'false', createdTime: first.createdTime });
    });

    it('each member has its own', async () => {
      await put('is_demo_tips_show', 'true');
      expectRefusal(await writer.get('/api/dictionaries/is_demo_tips_show'), 'not_found');
      await put('is_demo_tips_show', 'false', writer);
      expect((await owner.ok('GET', '/api/dictionaries/is_demo_tips_show')).value).toBe('true');
    });

    it('every key of FeatureProbe’s UI works', async () => {
      const keys =
        'user_last_seen is_demo_tips_show flow_explain user_guide_layout user_guide_toggle user_guide_targeting ' +
        'user_guide_project user_guide_track_event get_started_P_E_T access_event_P_E_T';
      for (const key of names(keys)) expect((await put(key, '5')).key).toBe(key);
    });

    it('what is no JSON, or nothing at all, is refused', async () => {
      for (const raw of ['{', 'nonsense', ''])
        expectRefusal(await owner.raw('POST', '/api/dictionaries/k', raw), 'invalid_request', 'JSON');
    });
  });
});
