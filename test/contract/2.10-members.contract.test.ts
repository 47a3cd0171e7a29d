import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectForbidden, expectRefusal, fieldsOf, ISO_DATE, names, rowsOf } from '../support/shop.js';

const PASSWORD = 'Pass1234';
const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const MEMBER = names('account role createdTime createdBy modifiedTime modifiedBy');

describe.each(DATABASES)('contract of members on %s', (kind) => {
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
});
