import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PASSWORD = 'Pass1234';
const FORBIDDEN = { code: 'forbidden', message: 'Forbidden' };
const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe.each(DATABASES)('members (%s)', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
  });
  afterAll(() => flagpost.stop());

  let count = 0;
  /** New members, by accounts no other test uses. */
  const make = async (role: 'OWNER' | 'WRITER', howMany = 1): Promise<string[]> => {
    const accounts = Array.from({ length: howMany }, () => `member-${(count += 1)}`);
    await owner.ok('POST', '/api/members', { accounts, role, password: PASSWORD });
    return accounts;
  };
  const makeOne = async (role: 'OWNER' | 'WRITER' = 'WRITER'): Promise<string> => (await make(role))[0] ?? '';
  const find = (account: string): Promise<Json> =>
    owner.ok('GET', `/api/members/query?account=${encodeURIComponent(account)}`);
  const newestEvents = async (limit: number): Promise<Json[]> =>
    (await owner.ok('GET', `/api/events?resource=MEMBER&limit=${limit}`)).content;

  describe('reading', () => {
    it('shows the caller with its organization', async () => {
      expect(await owner.ok('GET', '/api/members/current')).toEqual({
        account: 'Admin',
        role: 'OWNER',
        allowEdit: false,
        organizationName: 'Default Organize',
        organizationId: 1,
      });
    });

    it('lists newest first, page by page, without deleted ones', async () => {
      const [first = '', second = '', third = ''] = await make('WRITER', 3);
      await owner.ok('DELETE', '/api/members', { account: second });
      const page = await owner.ok('GET', '/api/members?pageIndex=0&pageSize=2&keyword=ignored');
      expect(page.content.map((row: Json) => row.account)).toEqual([third, first]);
      expect(page).toMatchObject({ number: 0, size: 2, numberOfElements: 2, first: true, last: false });
      expect(page.totalPages).toBe(Math.ceil(page.totalElements / 2));
      expect(page.content[0]).toEqual({
        account: third,
        role: 'WRITER',
        allowEdit: true,
        createdBy: 'Admin',
        valid: true,
        organizationMemberCreateBy: 'Admin',
      });
      const all = await owner.ok('GET', '/api/members?pageSize=1000');
      expect(all.content).toHaveLength(page.totalElements);
      expect(all.content.at(-1)).toMatchObject({
        account: 'Admin',
        visitedTime: expect.stringMatching(ISO_DATE),
      });
      expect((await owner.ok('GET', '/api/members?pageIndex=999')).content).toEqual([]);
    });

    it('finds by account in any case, deleted ones too', async () => {
      const account = await makeOne();
      expect(await find(account.toUpperCase())).toMatchObject({ account, allowEdit: true, valid: true });
      await owner.ok('DELETE', '/api/members', { account });
      expect(await find(account)).toMatchObject({ account, role: 'WRITER', allowEdit: false, valid: false });
    });

    it.each(['', '?account=', '?account=a&account=b', `?account=${'x'.repeat(200)}`, '?pageSize=0'])(
      'answers 400 to a query without one account: %s',
      async (query) => {
        const answer = await owner.get(`/api/members/query${query}`);
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      },
    );

    it.each(['nobody', 'Ádmin', 'Admin%00', '%25', "' OR 1=1 --"])('does not find %s', async (account) => {
      const answer = await owner.get(`/api/members/query?account=${account}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'not_found']);
      const client = new ApiClient(owner.baseUrl, { ...owner.headers, 'Accept-Language': 'zh-CN,zh;q=0.9' });
      expect((await client.get(`/api/members/query?account=${account}`)).body.message).toMatch(
        /^成员 .* 不存在$/s,
      );
    });

    it.each(['pageIndex=-1', 'pageSize=0', 'pageSize=x', 'pageIndex[]=1'])(
      'refuses the page %s',
      async (query) => {
        expect((await owner.get(`/api/members?${query}`)).body.code).toBe('invalid_request');
      },
    );

    it('offers nothing to edit to writers', async () => {
      const account = await makeOne();
      const writer = await flagpost.anonymous.login(account, PASSWORD);
      const page = await writer.ok('GET', '/api/members?pageSize=1000');
      expect(page.content.some((row: Json) => row.allowEdit)).toBe(false);
      expect(await writer.ok('GET', '/api/members/current')).toMatchObject({ account, role: 'WRITER' });
    });
  });

  describe('creation', () => {
    it('answers the members and records one event', async () => {
      const accounts = ['Zoë', '李雷', 'team+ops@example.com'];
      const created = await owner.ok('POST', '/api/members', {
        accounts: [` ${accounts[0]} `, ...accounts.slice(1)],
        role: 'WRITER',
        password: PASSWORD,
        source: 'PLATFORM',
        nonsense: 1,
      });
      expect(created).toEqual(
        accounts.map((account) => ({
          account,
          role: 'WRITER',
          createdBy: 'Admin',
          createdTime: expect.stringMatching(ISO_DATE),
          modifiedBy: 'Admin',
          modifiedTime: expect.stringMatching(ISO_DATE),
        })),
      );
      const [event] = await newestEvents(1);
      expect(event).toMatchObject({ resource: 'MEMBER', action: 'CREATE', operator: 'Admin' });
      expect(event.data).toEqual(
        created.map((member: Json) => ({
          ...member,
          createdTime: Date.parse(member.createdTime),
          modifiedTime: Date.parse(member.modifiedTime),
        })),
      );
      for (const account of accounts) await flagpost.anonymous.login(account, PASSWORD);
    });

    it('makes all or none', async () => {
      const taken = await makeOne();
      const before = await newestEvents(1);
      for (const other of [taken, taken.toUpperCase(), 'ADMIN']) {
        const answer = await owner.post('/api/members', {
          accounts: ['all-or-none', other],
          role: 'WRITER',
          password: PASSWORD,
        });
        expect([answer.status, answer.body]).toEqual([400, CONFLICT]);
      }
      expect((await owner.get('/api/members/query?account=all-or-none')).body.code).toBe('not_found');
      expect(await newestEvents(1)).toEqual(before);
    });

    it('never gives an account twice, not even a deleted one', async () => {
      const account = await makeOne();
      await owner.ok('DELETE', '/api/members', { account });
      const answer = await owner.post('/api/members', {
        accounts: [account],
        role: 'WRITER',
        password: PASSWORD,
      });
      expect([answer.status, answer.body]).toEqual([400, CONFLICT]);
    });

    it('lets one of many at once win', async () => {
      const body = { accounts: ['racer', 'racer-2'], role: 'WRITER', password: PASSWORD };
      const turned = { ...body, accounts: body.accounts.toReversed() };
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, n) => owner.post('/api/members', n % 2 ? body : turned)),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      for (const answer of answers.filter(({ status }) => status !== 200))
        expect([answer.status, answer.body]).toEqual([400, CONFLICT]);
      expect((await newestEvents(2)).map((event) => event.data[0]?.account)).not.toEqual(['racer', 'racer']);
    });

    it.each([
      [{ accounts: undefined }, 'accounts'],
      [{ accounts: 'bob' }, 'accounts'],
      [{ accounts: {} }, 'accounts'],
      [{ accounts: [] }, 'accounts'],
      [{ accounts: [''] }, 'accounts'],
      [{ accounts: [' \t '] }, 'accounts'],
      [{ accounts: [null] }, 'accounts'],
      [{ accounts: [5] }, 'accounts'],
      [{ accounts: [['x']] }, 'accounts'],
      [{ accounts: ['a\0b'] }, 'accounts'],
      [{ accounts: ['a\nb'] }, 'accounts'],
      [{ accounts: ['a\ud800'] }, 'accounts'],
      [{ accounts: ['twin', 'TWIN'] }, 'accounts'],
      [{ accounts: ['x'.repeat(129)] }, 'accounts'],
      [{ accounts: ['x'.repeat(1_000_000)] }, 'accounts'],
      [{ accounts: Array.from({ length: 101 }, (_, n) => `n${n}`) }, 'accounts'],
      [{ accounts: ['api:ci'] }, 'accounts'],
      [{ accounts: ['API:ci'] }, 'accounts'],
      [{ accounts: ['System'] }, 'accounts'],
      [{ role: undefined }, 'role'],
      [{ role: 'ADMIN' }, 'role'],
      [{ role: ['OWNER'] }, 'role'],
      [{ password: undefined }, 'password'],
      [{ password: 'abc' }, 'password'],
      [{ password: 'x'.repeat(129) }, 'password'],
      [{ password: 12345 }, 'password'],
      [{ source: 'ACCESS_TOKEN' }, 'source'],
      [{ source: 'x'.repeat(33) }, 'source'],
    ])('refuses %j', async (wrong, field) => {
      const good = { accounts: ['never-made'], role: 'WRITER', password: PASSWORD };
      const answer = await owner.post('/api/members', { ...good, ...wrong });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expect(answer.body.message).toMatch(new RegExp(`^${field} `));
      const client = new ApiClient(owner.baseUrl, { ...owner.headers, 'Accept-Language': 'zh-CN' });
      expect((await client.post('/api/members', { ...good, ...wrong })).body.message).toMatch(
        /\p{Script=Han}/u,
      );
    });

    it('refuses bodies that are no object', async () => {
      for (const body of ['', 'null', '[]', '"x"', '5']) {
        for (const method of ['POST', 'PATCH', 'DELETE']) {
          const answer = await owner.raw(method, '/api/members', body);
          expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
        }
      }
    });
  });

  describe('roles', () => {
    it('keep writers from all that is the owners’', async () => {
      const [writerAccount = '', other = ''] = await make('WRITER', 2);
      const writer = await flagpost.anonymous.login(writerAccount, PASSWORD);
      const refused = [
        await writer.post('/api/members', { accounts: ['x'], role: 'WRITER', password: PASSWORD }),
        await writer.delete('/api/members', { account: other }),
        await writer.patch('/api/members', { account: other, password: 'Pass5678' }),
        await writer.patch('/api/members', { account: writerAccount, password: 'Pass5678' }),
        await writer.patch('/api/members', { account: writerAccount, role: 'OWNER' }),
        await writer.patch('/api/members', { account: other, nickname: 'x' }),
        await owner.patch('/api/members', { account: other, nickname: 'x' }),
      ];
      for (const answer of refused) expect([answer.status, answer.body]).toEqual([403, FORBIDDEN]);
    });

    it('let everybody change the own nickname', async () => {
      const account = await makeOne();
      const writer = await flagpost.anonymous.login(account, PASSWORD);
      await writer.ok('PATCH', '/api/members', {
        account: account.toUpperCase(),
        nickname: ' Bob ',
        role: null,
      });
      expect(await find(account)).toMatchObject({ account, nickname: 'Bob' });
      expect(await writer.ok('GET', '/api/members/current')).toMatchObject({ nickname: 'Bob' });
      await writer.ok('PATCH', '/api/members', { account, nickname: '' });
      expect(await find(account)).not.toHaveProperty('nickname');
      for (const nickname of ['x'.repeat(65), 'a\0b', 5, []]) {
        expect((await writer.patch('/api/members', { account, nickname })).body.code).toBe('invalid_request');
      }
    });
  });

  describe('change', () => {
    it('of the role is answered fresh and recorded with what differs', async () => {
      const account = await makeOne();
      await delay(5);
      const updated = await owner.ok('PATCH', '/api/members', { account, role: 'OWNER' });
      expect(updated).toMatchObject({ account, role: 'OWNER', createdBy: 'Admin', modifiedBy: 'Admin' });
      expect(Date.parse(updated.modifiedTime)).toBeGreaterThan(Date.parse(updated.createdTime));
      const [event] = await newestEvents(1);
      expect(event).toMatchObject({
        action: 'UPDATE',
        changes: [{ path: '/role', from: 'WRITER', to: 'OWNER' }],
        data: { ...updated, createdTime: expect.any(Number), modifiedTime: expect.any(Number) },
      });
      expect(Object.keys(event.data)).toHaveLength(Object.keys(updated).length);
    });

    it('of the password keeps the role, and is recorded without it', async () => {
      const account = await makeOne();
      const updated = await owner.ok('PATCH', '/api/members', { account, password: 'Pass5678' });
      expect(updated.role).toBe('WRITER');
      await flagpost.anonymous.login(account, 'Pass5678');
      const [event] = await newestEvents(1);
      expect(event).toMatchObject({ action: 'UPDATE', changes: [{ path: '/password' }] });
      expect(JSON.stringify(event)).not.toContain('Pass5678');
    });

    it('of nothing changes nothing and is recorded all the same', async () => {
      const account = await makeOne();
      const [created] = await newestEvents(1);
      const writer = await flagpost.anonymous.login(await makeOne(), PASSWORD);
      const updated = await writer.ok('PATCH', '/api/members', { account, password: null });
      expect(updated.modifiedBy).toBe('Admin');
      const [event] = await newestEvents(1);
      expect(event).toMatchObject({ action: 'UPDATE', changes: [], data: created.data[0] });
    });

    it.each([
      [{}, 'invalid_request'],
      [{ account: 5 }, 'invalid_request'],
      [{ account: 'nobody' }, 'not_found'],
      [{ account: 'nobody', role: 'OWNER' }, 'not_found'],
      [{ account: 'Admin', role: 'KING' }, 'invalid_request'],
      [{ account: 'Admin', role: [] }, 'invalid_request'],
      [{ account: 'Admin', password: 'x' }, 'invalid_request'],
      [{ account: 'Admin', password: {} }, 'invalid_request'],
    ])('%j is answered %s', async (body, code) => {
      const answer = await owner.patch('/api/members', body);
      expect([answer.status, answer.body.code]).toEqual([400, code]);
    });
  });

  describe('a password of one’s own', () => {
    it('is changed with the old one, without an event', async () => {
      const account = await makeOne();
      const [before] = await newestEvents(1);
      const writer = await flagpost.anonymous.login(account, PASSWORD);
      const item = await writer.ok('PATCH', '/api/members/modifyPassword', {
        oldPassword: PASSWORD,
        newPassword: 'Pass5678',
      });
      expect(item).toMatchObject({ account, role: 'WRITER', allowEdit: false });
      await flagpost.anonymous.login(account, 'Pass5678');
      expect((await newestEvents(1))[0].id).toBe(before.id);
    });

    it('stays when the old one is wrong', async () => {
      const answer = await owner.patch('/api/members/modifyPassword', {
        oldPassword: 'wrong',
        newPassword: 'Pass5678',
      });
      expect([answer.status, answer.body]).toEqual([
        400,
        { code: 'invalid_request', message: 'Invalid old password' },
      ]);
      await flagpost.anonymous.login('Admin', ADMIN_PASSWORD);
    });

    it('is set by one of two changes at once', async () => {
      const account = await makeOne();
      const writer = await flagpost.anonymous.login(account, PASSWORD);
      const candidates = ['New-Pass-1', 'New-Pass-2'];
      const answers = await Promise.all(
        candidates.map((newPassword) =>
          writer.patch('/api/members/modifyPassword', { oldPassword: PASSWORD, newPassword }),
        ),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      const winner = candidates[answers.findIndex((answer) => answer.status === 200)] ?? '';
      await flagpost.anonymous.login(account, winner);
    });

    it.each([
      [{}],
      [{ oldPassword: ADMIN_PASSWORD }],
      [{ oldPassword: ADMIN_PASSWORD, newPassword: 'abc' }],
      [{ oldPassword: ADMIN_PASSWORD, newPassword: 'x'.repeat(129) }],
      [{ oldPassword: 5, newPassword: 'Pass5678' }],
    ])('is refused as %j', async (body) => {
      expect((await owner.patch('/api/members/modifyPassword', body)).body.code).toBe('invalid_request');
    });
  });

  describe('deletion', () => {
    it('answers and records the member without role', async () => {
      const account = await makeOne();
      const deleted = await owner.ok('DELETE', '/api/members', { account });
      expect(Object.keys(deleted).sort()).toEqual([
        'account',
        'createdBy',
        'createdTime',
        'modifiedBy',
        'modifiedTime',
      ]);
      const [event] = await newestEvents(1);
      expect(event).toMatchObject({ action: 'DELETE', data: { account, createdBy: 'Admin' } });
      expect(event.data).not.toHaveProperty('role');
      const again = await owner.delete('/api/members', { account });
      expect([again.status, again.body]).toEqual([
        400,
        { code: 'not_found', message: `Member ${account} not found` },
      ]);
      expect((await owner.patch('/api/members', { account, role: 'OWNER' })).body.code).toBe('not_found');
    });
  });
});
