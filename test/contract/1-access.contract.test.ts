import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { brief, expectFields, FORBIDDEN, missing, UNAUTHORIZED } from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { SteppedClock } from '../support/stepped-clock.js';
import { addOrganization } from '../support/second-organization.js';

const PASSWORD = 'Pass1234';
const LIFETIME_MS = 12 * 60 * 60 * 1000;
const NO_ORGANIZATION = [400, { code: 'bad_request', message: 'No OrganizationID supplied' }];

describe.each(DATABASES)('on %s', (kind) => {
  const clock = new SteppedClock();
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let bob: ApiClient;
  let stranger: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, {}, { clock });
    owner = flagpost.owner;
    const accounts = ['bob', 'gone'];
    await owner.ok('POST', '/api/members', { accounts, role: 'WRITER', password: PASSWORD });
    bob = await flagpost.anonymous.login('bob', PASSWORD);
    stranger = await addOrganization(flagpost, 'stranger');
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  const login = (body: object): Promise<Answer> => flagpost.anonymous.post('/api/login', body);
  const withHeaders = (headers: Record<string, string>): ApiClient =>
    new ApiClient(flagpost.baseUrl, headers);
  const makeToken = async (maker: ApiClient, body: object): Promise<ApiClient> => {
    const { token } = await maker.ok('POST', '/api/tokens', body);
    return withHeaders({ Authorization: token });
  };

  describe('1.1 Transport conventions', () => {
    it('answers are JSON in UTF-8, errors too', async () => {
      for (const path of [
        '/api/projects',
        '/api/projects/nope',
        '/api/nonsense',
        '/api/application/settings',
      ]) {
        const { headers } = await owner.get(path);
        expect([path, headers.get('content-type')]).toEqual([path, 'application/json; charset=utf-8']);
      }
      const made = await owner.ok('POST', '/api/projects', { key: 'utf', name: 'Überall 界 🚩' });
      expect(made.name).toBe('Überall 界 🚩');
    });

    it('long answers are compressed with gzip', async () => {
      const response = await fetch(`${flagpost.baseUrl}/api/v3/api-docs.yaml`, {
        headers: { 'Accept-Encoding': 'gzip' },
      });
      expect(response.headers.get('content-encoding')).toBe('gzip');
    });

    it.each(['/api/projects', '/api/login', '/internal/server/toggles', '/actuator/health'])(
      'CORS: %s is open to every origin, header and method',
      async (path) => {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
          const preflight = await fetch(flagpost.baseUrl + path, {
            method: 'OPTIONS',
            headers: {
              Origin: 'https://ui.example.com',
              'Access-Control-Request-Method': method,
              'Access-Control-Request-Headers': 'authorization,x-organizeid,x-anything',
            },
          });
          const allowed = (name: string): string =>
            preflight.headers.get(`access-control-allow-${name}`) ?? '';
          expect([preflight.ok, allowed('origin')]).toEqual([true, '*']);
          expect(allowed('methods').split(/, */)).toContain(method);
          expect(allowed('headers').toLowerCase()).toMatch(/^\*$|x-anything/);
        }
      },
    );

    it('the headers that the UI sends with every call are understood', async () => {
      const ui = withHeaders({ ...owner.headers, 'Accept-Language': 'zh-CN' });
      expect((await ui.get('/api/projects')).status).toBe(200);
    });

    it('a response header token, which the UI takes over, goes on with the session', async () => {
      const token = (await owner.get('/api/projects')).headers.get('token') ?? '';
      const next = withHeaders({ ...owner.headers, Authorization: `Bearer ${token}` });
      expect((await next.get('/api/projects')).status).toBe(200);
    });

    it('no cookies are set', async () => {
      for (const answer of [
        await owner.get('/api/projects'),
        await login({ account: 'bob', password: PASSWORD }),
      ])
        expect(answer.headers.get('set-cookie')).toBeNull();
    });
  });

  describe('1.2 Login endpoints', () => {
    it('POST /api/login answers account, role, organizeId and token', async () => {
      const answer = await login({ account: 'admin', password: ADMIN_PASSWORD, source: 'platform' });
      expect(answer.status).toBe(200);
      expectFields(answer.body, 'account role organizeId token');
      expect(answer.body).toMatchObject({ account: 'Admin', role: 'OWNER', organizeId: 1 });
    });

    it('account and password alone will do; organizationId is text', async () => {
      expect((await login({ account: 'bob', password: PASSWORD })).status).toBe(200);
      const answer = await login({ account: 'bob', password: PASSWORD, organizationId: '1' });
      expect([answer.status, answer.body.role]).toEqual([200, 'WRITER']);
    });

    it('unknown account, wrong password, deleted member and foreign organization are all 403 forbidden', async () => {
      await owner.ok('DELETE', '/api/members', { account: 'gone' });
      for (const body of [
        { account: 'nobody', password: PASSWORD },
        { account: 'bob', password: 'wrong' },
        { account: 'gone', password: PASSWORD },
        { account: 'bob', password: PASSWORD, organizationId: '2' },
        { account: 'bob', password: PASSWORD, organizationId: '999' },
      ])
        expect(brief(await login({ ...body, source: 'platform' }))).toEqual(FORBIDDEN);
    });

    it('a member of no organization gets 412 with the same body, unless initializeOrganization is set', async () => {
      // That the setting makes an organization, owned by the member, is how `stranger` came to be.
      const current = await stranger.ok('GET', '/api/members/current');
      expect(current).toMatchObject({
        account: 'stranger',
        role: 'OWNER',
        organizationName: 'Default Organization',
      });
      await owner.ok('POST', '/api/members', { accounts: ['left'], role: 'WRITER', password: PASSWORD });
      const { UnitOfWork } = await import('../../src/platform/database/index.js');
      const unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
      await unitOfWork.run(() =>
        unitOfWork.manager.query(
          "DELETE FROM organization_member WHERE member_id = (SELECT id FROM member WHERE account = 'left')",
        ),
      );
      expect(brief(await login({ account: 'left', password: PASSWORD }))).toEqual([412, FORBIDDEN[1]]);
      const made = await login({ account: 'left', password: PASSWORD, initializeOrganization: 'true' });
      expect([made.status, made.body.role]).toEqual([200, 'OWNER']);
    });

    it('synthetic members of access tokens never log in', async () => {
      await makeToken(owner, { name: 'robot', type: 'APPLICATION', role: 'OWNER' });
      expect(brief(await login({ account: 'api:robot', password: PASSWORD }))).toEqual(FORBIDDEN);
    });

    it('guestLogin, refresh and logout do not exist', async () => {
      for (const path of ['/api/guestLogin', '/api/refresh', '/api/logout'])
        expect((await flagpost.anonymous.post(path, { account: 'x', source: 'x' })).status).toBe(404);
    });
  });

  describe('1.3 JWT', () => {
    it('carries sub, account, userId, role and organizations as JSON text, from now for 12 hours', async () => {
      const from = Math.floor(clock.now() / 1000);
      const { body } = await login({ account: 'Admin', password: ADMIN_PASSWORD });
      const claims = decodeJwt(body.token) as Json;
      expect(claims).toMatchObject({ sub: 'Admin', account: 'Admin', userId: 1, role: 'OWNER' });
      expect(JSON.parse(claims.organizations)).toEqual({
        '1': {
          organizationId: 1,
          organizationName: 'Default Organize',
          role: 'OWNER',
          valid: true,
          roleName: 'OWNER',
        },
      });
      expect(claims.nbf).toBeGreaterThanOrEqual(from);
      expect(claims.nbf).toBeLessThanOrEqual(Math.floor(clock.now() / 1000));
      expect(claims.exp - claims.nbf).toBe(LIFETIME_MS / 1000);
    });

    it('missing credentials are 401 unauthorized', async () => {
      for (const path of ['/api/projects', '/api/members/current', '/api/dictionaries/x'])
        expect(brief(await flagpost.anonymous.get(path))).toEqual(UNAUTHORIZED);
    });

    it('a bad or expired bearer is 401, and WWW-Authenticate says why', async () => {
      const { body } = await login({ account: 'Admin', password: ADMIN_PASSWORD });
      const session = withHeaders({ Authorization: `Bearer ${body.token}`, 'X-OrganizeID': '1' });
      expect((await session.get('/api/projects')).status).toBe(200);
      const refuse = async (client: ApiClient): Promise<void> => {
        const answer = await client.get('/api/projects');
        expect(brief(answer)).toEqual(UNAUTHORIZED);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
      };
      await refuse(withHeaders({ Authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.x', 'X-OrganizeID': '1' }));
      clock.ahead += LIFETIME_MS + 120_000;
      try {
        await refuse(session);
      } finally {
        clock.ahead -= LIFETIME_MS + 120_000;
      }
    });

    it('public paths and everything outside /api need nobody', async () => {
      for (const path of [
        '/api/application/settings',
        '/api/v3/api-docs.yaml',
        '/actuator/health',
        '/metrics',
      ])
        expect([path, (await flagpost.anonymous.get(path)).status]).toEqual([path, 200]);
    });
  });

  describe('1.4 Tenant (organization) resolution', () => {
    it('a session without X-OrganizeID is 400 bad_request', async () => {
      const { Authorization = '' } = owner.headers;
      expect(brief(await withHeaders({ Authorization }).get('/api/projects'))).toEqual(NO_ORGANIZATION);
      const empty = withHeaders({ Authorization, 'X-OrganizeID': '' });
      expect(brief(await empty.get('/api/projects'))).toEqual(NO_ORGANIZATION);
    });

    it('an access token needs none: its own organization counts', async () => {
      const token = await makeToken(owner, { name: 'no header', type: 'PERSON' });
      const list = await token.ok('GET', '/api/projects');
      expect(list.map(({ key }: Json) => key)).toContain('shop');
    });

    it('the caller must be a member of the organization, else 403 forbidden, answered once', async () => {
      for (const id of ['2', '999', 'abc', '1 ', '-1']) {
        const client = withHeaders({ ...owner.headers, 'X-OrganizeID': id === '1 ' ? '1x' : id });
        expect(brief(await client.get('/api/projects'))).toEqual(FORBIDDEN);
      }
    });

    it('public routes ask for no organization', async () => {
      const { Authorization = '' } = owner.headers;
      expect((await withHeaders({ Authorization }).get('/api/application/settings')).status).toBe(200);
      expect((await withHeaders({ Authorization }).get('/api/v3/api-docs.yaml')).status).toBe(200);
    });

    it('all data is the organization’s own', async () => {
      expect(await stranger.ok('GET', '/api/projects')).toEqual([]);
      expect(brief(await stranger.get('/api/projects/shop'))).toEqual(missing('Project', 'shop'));
      await stranger.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
      expect((await owner.ok('GET', '/api/projects/shop')).environments[0].serverSdkKey).not.toBe(
        (await stranger.ok('GET', '/api/projects/shop')).environments[0].serverSdkKey,
      );
    });
  });

  describe('1.5 API access tokens', () => {
    it('are api- and 40 hex digits, sent raw, shown once', async () => {
      const made = await owner.ok('POST', '/api/tokens', { name: 'value', type: 'PERSON' });
      expectFields(made, 'token');
      expect(made.token).toMatch(/^api-[0-9a-f]{40}$/);
      expect((await withHeaders({ Authorization: made.token }).get('/api/projects')).status).toBe(200);
      const bearer = withHeaders({ Authorization: `Bearer ${made.token}`, 'X-OrganizeID': '1' });
      expect((await bearer.get('/api/projects')).status).toBe(401);
      const list = JSON.stringify(await owner.ok('GET', '/api/tokens?type=PERSON&pageSize=100'));
      expect(list).not.toContain(made.token);
    });

    it('PERSON tokens act as their creator, APPLICATION tokens as api:<name>', async () => {
      const person = await makeToken(bob, { name: 'as bob', type: 'PERSON' });
      expect((await person.ok('GET', '/api/members/current')).account).toBe('bob');
      const robot = await makeToken(owner, { name: 'ci', type: 'APPLICATION', role: 'WRITER' });
      expect(await robot.ok('GET', '/api/members/current')).toMatchObject({
        account: 'api:ci',
        role: 'WRITER',
      });
    });

    it('unknown and deleted tokens, and those of deleted members, are 403 forbidden', async () => {
      const unknown = withHeaders({ Authorization: `api-${'0'.repeat(40)}` });
      expect(brief(await unknown.get('/api/projects'))).toEqual(FORBIDDEN);
      expect(brief(await withHeaders({ Authorization: 'api-x' }).get('/api/projects'))).toEqual(FORBIDDEN);
      const deleted = await makeToken(owner, { name: 'short', type: 'APPLICATION', role: 'WRITER' });
      const { content } = await owner.ok('GET', '/api/tokens?type=APPLICATION&pageSize=100');
      const { id } = content.find(({ name }: Json) => name === 'short');
      await owner.ok('DELETE', `/api/tokens/${id}`);
      expect(brief(await deleted.get('/api/projects'))).toEqual(FORBIDDEN);
      await owner.ok('POST', '/api/members', { accounts: ['leaver'], role: 'WRITER', password: PASSWORD });
      const leaver = await flagpost.anonymous.login('leaver', PASSWORD);
      const orphan = await makeToken(leaver, { name: 'orphan', type: 'PERSON' });
      await owner.ok('DELETE', '/api/members', { account: 'leaver' });
      expect(brief(await orphan.get('/api/projects'))).toEqual(FORBIDDEN);
    });

    it('a use is noted in visitedTime', async () => {
      const token = await makeToken(owner, { name: 'visited', type: 'PERSON' });
      const find = async (): Promise<Json> =>
        (await owner.ok('GET', '/api/tokens?type=PERSON&pageSize=100')).content.find(
          ({ name }: Json) => name === 'visited',
        );
      expect((await find()).visitedTime).toBeUndefined();
      await token.ok('GET', '/api/projects');
      expect(Math.abs(Date.parse((await find()).visitedTime) - clock.now())).toBeLessThan(60_000);
    });

    it('BUG: tokens have a role, so that those of owners may do what owners may', async () => {
      for (const type of ['PERSON', 'APPLICATION']) {
        const token = await makeToken(owner, { name: `boss ${type}`, type, role: 'OWNER' });
        expect((await token.get('/api/members')).status).toBe(200);
        const accounts = [`by_${type}`];
        await token.ok('POST', '/api/members', { accounts, role: 'WRITER', password: PASSWORD });
        await token.ok('PATCH', '/api/members', { account: accounts[0], role: 'OWNER' });
        await token.ok('DELETE', '/api/members', { account: accounts[0] });
        await token.ok('POST', '/api/projects', { key: accounts[0], name: accounts[0] });
        await token.ok('DELETE', `/api/projects/${accounts[0]}`);
      }
      const plain = await makeToken(owner, { name: 'plain', type: 'APPLICATION', role: 'WRITER' });
      expect(brief(await plain.delete('/api/projects/shop'))).toEqual(FORBIDDEN);
    });
  });
});
