import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectForbidden, expectRefusal, fieldsOf, ISO_DATE, names, rowsOf } from '../support/shop.js';

const PASSWORD = 'Pass1234';
const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const MEMBER = names('account role createdTime createdBy modifiedTime modifiedBy');
const TOKEN = /^api-[0-9a-f]{40}$/;

describe.each(DATABASES)('contract of members, tokens and dictionaries on %s', (kind) => {
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

  const addMember = async (role = 'WRITER'): Promise<string> => {
    const account = `member-${(count += 1)}`;
    await owner.ok('POST', '/api/members', { accounts: [account], role, password: PASSWORD });
    return account;
  };
  const query = (account: string, by = owner): Promise<Json> =>
    by.ok('GET', `/api/members/query?account=${account}`);
  const list = async (by = owner): Promise<Json[]> =>
    rowsOf(await by.ok('GET', '/api/members?pageSize=1000'));
  const inList = async (account: string, by = owner): Promise<Json> =>
    (await list(by)).find((member) => member.account === account);

  describe('2.10 Members', () => {
    it('GET /current answers the caller with its organization', async () => {
      expect(await owner.ok('GET', '/api/members/current')).toEqual({
        account: 'Admin',
        role: 'OWNER',
        allowEdit: false,
        organizationName: expect.any(String),
        organizationId: Number(owner.headers['X-OrganizeID']),
      });
      expect(await writer.ok('GET', '/api/members/current')).toMatchObject({
        account: 'walt',
        role: 'WRITER',
        allowEdit: false,
      });
    });

    it('GET pages the members; `keyword` is accepted and ignored', async () => {
      const account = await addMember();
      expect(await inList(account)).toEqual({
        account,
        role: 'WRITER',
        allowEdit: true,
        createdBy: 'Admin',
        valid: true,
        organizationMemberCreateBy: 'Admin',
      });
      const found = rowsOf(await owner.ok('GET', '/api/members?keyword=nobody&pageIndex=0&pageSize=1'));
      expect(found.map((member) => member.account)).toEqual([account]);
      expect((await inList('walt')).visitedTime).toEqual(ISO_DATE);
    });

    it('the list has neither access tokens nor deleted members, and a role on each row', async () => {
      const name = `app-${count}`;
      await owner.ok('POST', '/api/tokens', { name, type: 'APPLICATION', role: 'WRITER' });
      const gone = await addMember();
      await owner.ok('DELETE', '/api/members', { account: gone });
      const accounts = (await list()).map((member) => {
        expect(['OWNER', 'WRITER']).toContain(member.role);
        return member.account;
      });
      expect(accounts).not.toContain(gone);
      expect(accounts.filter((account) => account.startsWith('api:'))).toEqual([]);
    });

    it('allowEdit: the caller is an owner and the target is not the last one', async () => {
      expect((await inList('Admin')).allowEdit).toBe(false);
      expect((await inList('walt')).allowEdit).toBe(true);
      expect((await inList('walt', writer)).allowEdit).toBe(false);
      const second = await addMember('OWNER');
      expect((await inList('Admin')).allowEdit).toBe(true);
      await owner.ok('DELETE', '/api/members', { account: second });
      expect((await inList('Admin')).allowEdit).toBe(false);
    });

    it('GET /query finds one by account, whatever its case, a deleted one too', async () => {
      const account = await addMember();
      expect(fieldsOf(await query(account.toUpperCase()))).toEqual(
        names('account role allowEdit createdBy valid organizationMemberCreateBy'),
      );
      await owner.ok('DELETE', '/api/members', { account });
      expect(await query(account)).toMatchObject({ account, valid: false, allowEdit: false });
      expectRefusal(
        await owner.get('/api/members/query?account=nobody'),
        'not_found',
        'Member nobody not found',
      );
      expectRefusal(await owner.get('/api/members/query'), 'invalid_request', 'account ');
    });

    it('POST makes members, answered as a list of exactly these fields', async () => {
      const accounts = [`a-${count}`, `b-${count}`];
      const made = await owner.ok('POST', '/api/members', {
        accounts,
        role: 'WRITER',
        password: PASSWORD,
        source: 'platform',
      });
      expect(made).toEqual(
        accounts.map((account) => ({
          account,
          role: 'WRITER',
          createdTime: ISO_DATE,
          createdBy: 'Admin',
          modifiedTime: ISO_DATE,
          modifiedBy: 'Admin',
        })),
      );
      await owner.login(accounts[0]!, PASSWORD);
    });

    it('POST: an account that ever existed, deleted too, is a conflict, and nobody is made', async () => {
      const gone = await addMember();
      await owner.ok('DELETE', '/api/members', { account: gone });
      for (const taken of [gone, gone.toUpperCase(), 'walt', 'ADMIN']) {
        const fresh = `fresh-${(count += 1)}`;
        const answer = await owner.post('/api/members', {
          accounts: [fresh, taken],
          role: 'WRITER',
          password: PASSWORD,
        });
        expect(answer).toMatchObject({ status: 400, body: CONFLICT });
        expect(await inList(fresh)).toBeUndefined();
      }
    });

    it.each<[string, object]>([
      ['accounts', { accounts: [] }],
      ['accounts', { accounts: undefined }],
      ['accounts', { accounts: [' '] }],
      ['accounts', { accounts: ['x'.repeat(129)] }],
      ['role', { role: 'ADMIN' }],
      ['role', { role: undefined }],
      ['password', { password: undefined }],
      ['password', { password: 'abc' }],
    ])('POST names %s when it is wrong: %j', async (field, wrong) => {
      const request = { accounts: [`n-${count}`], role: 'WRITER', password: PASSWORD, ...wrong };
      expectRefusal(await owner.post('/api/members', request), 'invalid_request', field);
    });

    it('PATCH answers the member; what is not named stays', async () => {
      const account = await addMember();
      const answer = await owner.ok('PATCH', '/api/members', { account, role: 'OWNER' });
      expect(fieldsOf(answer)).toEqual(MEMBER);
      expect(answer).toMatchObject({ account, role: 'OWNER' });
      await owner.login(account, PASSWORD);
      await owner.ok('PATCH', '/api/members', { account, role: 'WRITER' });
    });

    it('BUG not repeated: a password without a role keeps the role', async () => {
      const account = await addMember('OWNER');
      const answer = await owner.ok('PATCH', '/api/members', { account, password: 'Another1' });
      expect(answer.role).toBe('OWNER');
      expect((await query(account)).role).toBe('OWNER');
      await owner.login(account, 'Another1');
      await owner.ok('DELETE', '/api/members', { account });
    });

    it('PATCH: password and role are for owners, a nickname is one’s own', async () => {
      const account = await addMember();
      expectForbidden(await writer.patch('/api/members', { account, password: 'Another1' }));
      expectForbidden(await writer.patch('/api/members', { account: 'walt', role: 'OWNER' }));
      expectForbidden(await owner.patch('/api/members', { account, nickname: 'Nick' }));
      await writer.ok('PATCH', '/api/members', { account: 'walt', nickname: 'Walter' });
      expect(await inList('walt')).toMatchObject({ nickname: 'Walter', role: 'WRITER' });
      const noOp = await writer.ok('PATCH', '/api/members', { account });
      expect(fieldsOf(noOp)).toEqual(MEMBER);
      expect(await query(account)).toMatchObject({ role: 'WRITER' });
    });

    it.each<[string, object]>([
      ['account', { account: undefined }],
      ['role', { role: 'BOSS' }],
      ['password', { password: 'x' }],
      ['nickname', { nickname: 'x'.repeat(65) }],
    ])('PATCH names %s when it is wrong', async (field, wrong) => {
      const request = { account: 'walt', ...wrong };
      expectRefusal(await owner.patch('/api/members', request), 'invalid_request', `${field} `);
    });

    it('PATCH and DELETE of nobody are not_found', async () => {
      const body = { account: 'nobody' };
      expectRefusal(await owner.patch('/api/members', body), 'not_found', 'Member nobody not found');
      expectRefusal(await owner.delete('/api/members', body), 'not_found', 'Member nobody not found');
    });

    it('PATCH /modifyPassword changes one’s own; a wrong old one is invalid_request', async () => {
      const account = await addMember();
      const self = await owner.login(account, PASSWORD);
      const path = '/api/members/modifyPassword';
      const wrong = await self.patch(path, { oldPassword: 'Wrong123', newPassword: 'Another1' });
      expect(wrong.status).toBe(400);
      expect(wrong.body).toEqual({ code: 'invalid_request', message: 'Invalid old password' });
      const answer = await self.ok('PATCH', path, { oldPassword: PASSWORD, newPassword: 'Another1' });
      expect(answer).toMatchObject({ account, role: 'WRITER', allowEdit: false });
      const known =
        'account nickname role allowEdit createdBy visitedTime organizationName organizationId valid organizationMemberCreateBy';
      for (const field of fieldsOf(answer)) expect(names(known)).toContain(field);
      await owner.login(account, 'Another1');
      for (const field of ['oldPassword', 'newPassword']) {
        const body = { oldPassword: 'Another1', newPassword: 'Another2', [field]: undefined };
        expectRefusal(await owner.patch(path, body), 'invalid_request', `${field} `);
      }
    });

    it('DELETE has a body, answers the member without a role, and ends its sessions', async () => {
      const account = await addMember();
      const session = await owner.login(account, PASSWORD);
      const answer = await owner.ok('DELETE', '/api/members', { account });
      expect(fieldsOf(answer)).toEqual(MEMBER.filter((name) => name !== 'role'));
      expect((await session.get('/api/projects')).status).toBe(401);
      const login = { account, password: PASSWORD, source: 'platform' };
      expectForbidden(await flagpost.anonymous.post('/api/login', login));
    });

    it('the last owner is neither deleted nor demoted', async () => {
      expectRefusal(await owner.delete('/api/members', { account: 'Admin' }), 'invalid_request', 'owner');
      expectRefusal(
        await owner.patch('/api/members', { account: 'Admin', role: 'WRITER' }),
        'invalid_request',
        'owner',
      );
      await owner.login('admin', ADMIN_PASSWORD);
    });

    it('POST and DELETE are an owner’s, GET is every member’s', async () => {
      const body = { accounts: ['x'], role: 'WRITER', password: PASSWORD };
      expectForbidden(await writer.post('/api/members', body));
      expectForbidden(await writer.delete('/api/members', { account: 'Admin' }));
      expect((await list(writer)).length).toBeGreaterThan(1);
    });
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
