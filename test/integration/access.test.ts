import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock } from '../../src/platform/clock/clock.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FORBIDDEN = { code: 'forbidden', message: 'Forbidden' };
const UNAUTHORIZED = { code: 'unauthorized', message: 'Unauthorized' };

/** Real time, moved ahead by hand. */
class SteppedClock extends Clock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

const login = (client: ApiClient, account: unknown, password: unknown, more = {}): Promise<Answer> =>
  client.post('/api/login', { account, password, source: 'platform', ...more });

const withToken = (flagpost: TestFlagpost, token: string, organizeId = '1'): ApiClient =>
  new ApiClient(flagpost.baseUrl, { Authorization: `Bearer ${token}`, 'X-OrganizeID': organizeId });

describe.each(DATABASES)('signing in (%s)', (kind) => {
  const clock = new SteppedClock();
  const lines: string[] = [];
  let flagpost: TestFlagpost;
  beforeAll(async () => {
    const logDestination = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    flagpost = await startFlagpost(kind, { LOG_LEVEL: 'trace' }, { clock, logDestination });
    await flagpost.owner.ok('POST', '/api/members', {
      accounts: ['bob', 'carol', 'dave'],
      role: 'WRITER',
      password: 'Bob-Pass-1',
    });
  });
  afterAll(() => flagpost.stop());

  it('answers account, role, organization and a token with the claims clients know', async () => {
    const answer = await login(flagpost.anonymous, 'admin', ADMIN_PASSWORD);
    expect(answer.status).toBe(200);
    const { token, ...rest } = answer.body;
    expect(rest).toEqual({ account: 'Admin', role: 'OWNER', organizeId: 1 });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({ sub: 'Admin', account: 'Admin', userId: 1, role: 'OWNER' });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(12 * 3600);
    expect(JSON.parse(String(claims['organizations']))).toEqual({
      '1': {
        organizationId: 1,
        organizationName: 'Default Organize',
        role: 'OWNER',
        valid: true,
        roleName: 'OWNER',
      },
    });
  });

  it('refuses alike whatever is wrong', async () => {
    const answers = [
      await login(flagpost.anonymous, 'Admin', 'wrong'),
      await login(flagpost.anonymous, 'nobody', 'wrong'),
      await login(flagpost.anonymous, 'Admin\0', ADMIN_PASSWORD),
      await login(flagpost.anonymous, 'carol', 'Bob-Pass-1', { organizationId: '2' }),
      await login(flagpost.anonymous, 'carol', 'Bob-Pass-1', { organizationId: 'x' }),
    ];
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([403, FORBIDDEN]);
    const chinese = new ApiClient(flagpost.baseUrl, { 'Accept-Language': 'zh-CN' });
    expect((await login(chinese, 'nobody', 'wrong')).body).toEqual({ code: 'forbidden', message: '无权限' });
  });

  it('takes the organization by number or text, and nulls for nothing', async () => {
    for (const organizationId of ['1', 1, null]) {
      const answer = await login(flagpost.anonymous, 'carol', 'Bob-Pass-1', {
        organizationId,
        source: null,
        initializeOrganization: 'true',
      });
      expect([answer.status, answer.body.organizeId]).toEqual([200, 1]);
    }
  });

  it.each([
    [{}],
    [{ account: 'Admin' }],
    [{ account: '', password: 'x' }],
    [{ account: 5, password: 'x' }],
    [{ account: ['Admin'], password: 'x' }],
    [{ account: { $ne: 1 }, password: 'x' }],
    [{ account: 'Admin', password: null }],
    [{ account: 'Admin', password: 'x'.repeat(1_000_000) }],
    [{ account: 'x'.repeat(1_000_000), password: 'x' }],
    [{ account: 'Admin', password: 'x', organizationId: [] }],
    [[]],
    ['text'],
    [null],
  ])('answers 400 to what is no sign-in: %#', async (body) => {
    const answer = await flagpost.anonymous.post('/api/login', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toBeTruthy();
  });

  it('answers 400 to a body that is no JSON, or none', async () => {
    for (const body of ['{', '', 'account=Admin']) {
      const answer = await flagpost.anonymous.raw('POST', '/api/login', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    }
  });

  it('locks out who fails five times, until a quarter of an hour has passed', async () => {
    for (let n = 0; n < 5; n += 1) expect((await login(flagpost.anonymous, 'BOB', 'wrong')).status).toBe(403);
    const locked = await login(flagpost.anonymous, 'bob', 'Bob-Pass-1');
    expect([locked.status, locked.body.code]).toEqual([429, 'too_many_requests']);
    const seconds = Number(locked.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
    const chinese = new ApiClient(flagpost.baseUrl, { 'Accept-Language': 'zh-CN' });
    expect((await login(chinese, 'bob', 'Bob-Pass-1')).body.message).toMatch(/失败次数过多/);
    expect((await login(flagpost.anonymous, 'Admin', ADMIN_PASSWORD)).status).toBe(200);
    clock.ahead += 15 * MINUTE_MS;
    expect((await login(flagpost.anonymous, 'bob', 'Bob-Pass-1')).status).toBe(200);
  });

  it('lets only five of many guesses at once be tried', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => login(flagpost.anonymous, 'dave', `guess${n}`)),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  it('keeps passwords out of the database and the log', async () => {
    const secrets = [ADMIN_PASSWORD, 'Bob-Pass-1'];
    for (const secret of secrets) expect(lines.join('')).not.toContain(secret);
    expect(lines.length).toBeGreaterThan(0);
    if (kind !== 'sqlite') return;
    const file = flagpost.database.url.slice('sqlite:'.length);
    for (const suffix of ['', '-wal']) {
      const bytes = await readFile(file + suffix);
      for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
    }
  });
});

describe.each(DATABASES)('sessions (%s)', (kind) => {
  const clock = new SteppedClock();
  let flagpost: TestFlagpost;
  let token: string;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind, {}, { clock });
    await flagpost.owner.ok('POST', '/api/members', {
      accounts: ['bob'],
      role: 'WRITER',
      password: 'Pass1234',
    });
    token = (await login(flagpost.anonymous, 'bob', 'Pass1234')).body.token;
  });
  afterAll(() => flagpost.stop());

  it('are demanded by every route that is not public, and not by unknown ones', async () => {
    for (const path of ['/api/members', '/api/members/current', '/api/events']) {
      const answer = await flagpost.anonymous.get(path);
      expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.headers.get('token')).toBeNull();
    }
    expect((await flagpost.anonymous.get('/api/nonsense')).status).toBe(404);
    expect((await flagpost.anonymous.get('/actuator/health')).status).toBe(200);
  });

  it('are refused when anything about the token is wrong', async () => {
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, userId: 1 })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const wrong = [
      `Bearer ${head}.${forged}.${signature}`,
      `Bearer ${none}.${body}.`,
      `Bearer ${token}x`,
      `Bearer ${'x'.repeat(5000)}`,
      'Bearer',
      'Bearer ',
      token,
      `Basic ${Buffer.from(`Admin:${ADMIN_PASSWORD}`).toString('base64')}`,
    ];
    for (const authorization of wrong) {
      const client = new ApiClient(flagpost.baseUrl, { Authorization: authorization, 'X-OrganizeID': '1' });
      const answer = await client.get('/api/events');
      expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
    }
  });

  it('work in the organization that the caller names and belongs to', async () => {
    const missing = await new ApiClient(flagpost.baseUrl, { Authorization: `bearer ${token}` }).get(
      '/api/events',
    );
    expect([missing.status, missing.body]).toEqual([
      400,
      { code: 'bad_request', message: 'No OrganizationID supplied' },
    ]);
    for (const organization of ['2', '-1', '01', '1e0', 'x', '1, 1', '9'.repeat(400)]) {
      const answer = await withToken(flagpost, token, organization).get('/api/events');
      expect([answer.status, answer.body]).toEqual([403, FORBIDDEN]);
    }
    expect((await withToken(flagpost, token).get('/api/events')).status).toBe(200);
  });

  it('end twelve hours after their last use, and every answer renews them', async () => {
    clock.ahead += 11 * HOUR_MS;
    const answer = await withToken(flagpost, token).get('/api/members/query?account=nobody');
    expect(answer.status).toBe(400);
    const fresh = String(answer.headers.get('token'));
    clock.ahead += HOUR_MS;
    expect((await withToken(flagpost, token).get('/api/events')).status).toBe(401);
    expect((await withToken(flagpost, fresh).get('/api/events')).status).toBe(200);
    clock.ahead += 11 * HOUR_MS;
    expect((await withToken(flagpost, fresh).get('/api/events')).status).toBe(401);
  });

  it('note visits at most once a minute', async () => {
    const visited = async (): Promise<number> => {
      const bob = await owner.ok('GET', '/api/members/query?account=bob');
      return Date.parse(bob.visitedTime);
    };
    const owner = await flagpost.anonymous.login('Admin', ADMIN_PASSWORD);
    const bob = await flagpost.anonymous.login('bob', 'Pass1234');
    clock.ahead += 2 * MINUTE_MS;
    await bob.get('/api/events');
    const first = await visited();
    expect(Math.abs(clock.now() - first)).toBeLessThan(10_000);
    clock.ahead += 30_000;
    await bob.get('/api/events');
    expect(await visited()).toBe(first);
    clock.ahead += 31_000;
    await Promise.all(Array.from({ length: 10 }, () => bob.get('/api/events')));
    expect(await visited()).toBeGreaterThanOrEqual(first + 60_000);
  });

  it('follow the member as it is now: role, password, deletion', async () => {
    const owner = await flagpost.anonymous.login('Admin', ADMIN_PASSWORD);
    await owner.ok('POST', '/api/members', {
      accounts: ['eve', 'mallory'],
      role: 'WRITER',
      password: 'Pass1234',
    });
    const eve = await flagpost.anonymous.login('eve', 'Pass1234');
    const newcomer = { accounts: ['frank'], role: 'WRITER', password: 'Pass1234' };
    const refused = await eve.post('/api/members', newcomer);
    expect([refused.status, refused.body]).toEqual([403, FORBIDDEN]);
    await owner.ok('PATCH', '/api/members', { account: 'eve', role: 'OWNER' });
    expect((await eve.post('/api/members', newcomer)).status).toBe(200);
    await owner.ok('PATCH', '/api/members', { account: 'eve', role: 'WRITER' });
    expect((await eve.delete('/api/members', { account: 'frank' })).status).toBe(403);
    await owner.ok('PATCH', '/api/members', { account: 'eve', password: 'Other-Pass' });
    expect((await eve.get('/api/events')).status).toBe(401);
    expect((await login(flagpost.anonymous, 'eve', 'Pass1234')).status).toBe(403);
    const again = await flagpost.anonymous.login('eve', 'Other-Pass');
    await owner.ok('DELETE', '/api/members', { account: 'eve' });
    expect((await again.get('/api/events')).status).toBe(401);
    expect((await login(flagpost.anonymous, 'eve', 'Other-Pass')).status).toBe(403);
  });

  it('outlive a change of one’s own password only in the answer to it', async () => {
    const first = await flagpost.anonymous.login('mallory', 'Pass1234');
    const second = await flagpost.anonymous.login('mallory', 'Pass1234');
    const answer = await first.patch('/api/members/modifyPassword', {
      oldPassword: 'Pass1234',
      newPassword: 'Pass5678',
    });
    expect(answer.status).toBe(200);
    expect((await first.get('/api/events')).status).toBe(401);
    expect((await second.get('/api/events')).status).toBe(401);
    const kept = withToken(flagpost, String(answer.headers.get('token')));
    expect((await kept.get('/api/events')).status).toBe(200);
  });

  it('of an owner outlive a change of its own password by PATCH in the same way', async () => {
    const owner = await flagpost.anonymous.login('Admin', ADMIN_PASSWORD);
    const answer = await owner.patch('/api/members', { account: 'admin', password: ADMIN_PASSWORD });
    expect(answer.status).toBe(200);
    expect((await owner.get('/api/events')).status).toBe(401);
    const kept = withToken(flagpost, String(answer.headers.get('token')));
    expect((await kept.get('/api/events')).status).toBe(200);
  });
});

describe.each(DATABASES)('what anybody may ask (%s)', (kind) => {
  let flagpost: TestFlagpost;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
  });
  afterAll(() => flagpost.stop());

  it('tells the UI how to sign in and where it is', async () => {
    const answer = await flagpost.anonymous.get('/api/application/settings');
    expect([answer.status, answer.body]).toEqual([
      200,
      { loginMode: 'PASSWORD', serverURI: flagpost.baseUrl },
    ]);
  });

  it('refuses an unknown guest mode as an unknown route', async () => {
    expect((await flagpost.anonymous.post('/api/guestLogin', { account: 'x', source: 'y' })).status).toBe(
      404,
    );
  });
});
