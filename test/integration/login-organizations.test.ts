import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PASSWORD = 'Pass1234';
const FORBIDDEN = { code: 'forbidden', message: 'Forbidden' };

describe.each(DATABASES)('organizations at sign-in (%s)', (kind) => {
  let flagpost: TestFlagpost;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
  });
  afterAll(() => flagpost.stop());

  const login = (account: string, more = {}, password = PASSWORD): Promise<Answer> =>
    flagpost.anonymous.post('/api/login', { account, password, source: 'platform', ...more });
  /** A member whom no organization has any more. */
  const makeHomeless = async (account: string): Promise<void> => {
    await flagpost.owner.ok('POST', '/api/members', {
      accounts: [account],
      role: 'WRITER',
      password: PASSWORD,
    });
    const unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
    await unitOfWork.run(() =>
      unitOfWork.manager.query(
        'DELETE FROM organization_member WHERE member_id = (SELECT id FROM member WHERE account = ?)',
        [account],
      ),
    );
  };

  it('are made for a member without one that asks for it, once', async () => {
    await makeHomeless('homeless');
    for (const more of [{}, { initializeOrganization: '' }, { organizationId: '1' }]) {
      const refused = await login('homeless', more);
      expect([refused.status, refused.body]).toEqual([412, FORBIDDEN]);
    }
    expect((await login('homeless', { initializeOrganization: 'true' }, 'wrong')).status).toBe(403);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => login('HOMELESS', { initializeOrganization: 'true' })),
    );
    const ids = new Set(answers.map(({ body }) => body.organizeId));
    expect([answers[0]?.status, answers[0]?.body.role, ids.size]).toEqual([200, 'OWNER', 1]);
    const client = await flagpost.anonymous.login('homeless', PASSWORD);
    expect(await client.ok('GET', '/api/members/current')).toEqual({
      account: 'homeless',
      role: 'OWNER',
      allowEdit: false,
      organizationName: 'Default Organization',
      organizationId: answers[0]?.body.organizeId,
    });
    const page = await client.ok('GET', '/api/members');
    expect(page.content[0]).toMatchObject({ organizationMemberCreateBy: 'homeless', createdBy: 'Admin' });
  });

  it('are not made for anybody else', async () => {
    const answer = await login('Admin', { initializeOrganization: 'true' }, ADMIN_PASSWORD);
    expect(answer.body.organizeId).toBe(1);
  });

  it('tell nobody without the password who has none', async () => {
    await makeHomeless('shy');
    expect((await login('shy', {}, 'wrong')).status).toBe(403);
  });
});

describe('callers behind a reverse proxy', () => {
  const fail = async (flagpost: TestFlagpost, from: string): Promise<number> => {
    const client = new ApiClient(flagpost.baseUrl, { 'X-Forwarded-For': from });
    const body = { account: 'Admin', password: 'wrong' };
    return (await client.post('/api/login', body)).status;
  };

  it('have limits of their own when the proxy is trusted', async () => {
    const flagpost = await startFlagpost('sqlite', { TRUST_PROXY: '10.0.0.0/8, 127.0.0.1' });
    for (let n = 0; n < 5; n += 1) expect(await fail(flagpost, '203.0.113.7')).toBe(403);
    expect(await fail(flagpost, '203.0.113.7')).toBe(429);
    expect(await fail(flagpost, '203.0.113.7, 10.1.2.3')).toBe(429);
    expect(await fail(flagpost, '203.0.113.8')).toBe(403);
    const proxied = new ApiClient(flagpost.baseUrl, {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'flags.example.com',
    });
    const { body } = await proxied.get('/api/application/settings');
    expect(body.serverURI).toBe('https://flags.example.com');
    await flagpost.stop();
  });

  it('can’t claim another address when it isn’t', async () => {
    const flagpost = await startFlagpost('sqlite', { SERVER_URI: 'https://sdk.example.com/' });
    for (let n = 0; n < 5; n += 1) expect(await fail(flagpost, `203.0.113.${n}`)).toBe(403);
    expect(await fail(flagpost, '203.0.113.99')).toBe(429);
    const proxied = new ApiClient(flagpost.baseUrl, { 'X-Forwarded-Host': 'evil.example.com' });
    const { body } = await proxied.get('/api/application/settings');
    expect(body.serverURI).toBe('https://sdk.example.com');
    await flagpost.stop();
  });
});

describe.each(DATABASES)('the versions of SDKs (%s)', (kind) => {
  it('are JSON strings, "null" where there is none', async () => {
    const flagpost = await startFlagpost(kind);
    const answer = await flagpost.owner.get('/api/misc/sdk/java_sdk_version');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    const raw = await fetch(`${flagpost.baseUrl}/api/misc/sdk/x`, { headers: flagpost.owner.headers });
    expect(answer.body).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await raw.text()).toBe('"null"');
    expect((await flagpost.anonymous.get('/api/misc/sdk/x')).status).toBe(401);
    await flagpost.stop();
  });
});
