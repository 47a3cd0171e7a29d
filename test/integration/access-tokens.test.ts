import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clock } from '../../src/platform/clock/clock.js';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PASSWORD = 'Pass1234';
const FORBIDDEN = [403, { code: 'forbidden', message: 'Forbidden' }];
const CONFLICT = [400, { code: 'conflict', message: 'This resource already exists, please modify' }];

/** Real time, moved ahead by hand. */
class SteppedClock extends Clock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

const brief = ({ status, body }: Answer): unknown[] => [status, body];

describe.each(DATABASES)('access tokens (%s)', (kind) => {
  const clock = new SteppedClock();
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let writer: ApiClient;
  beforeAll(async () => {
    flagpost = await startFlagpost(kind, {}, { clock });
    owner = flagpost.owner;
    writer = await member('writer');
  });
  afterAll(() => flagpost.stop());

  const member = async (account: string, role = 'WRITER'): Promise<ApiClient> => {
    await owner.ok('POST', '/api/members', { accounts: [account], role, password: PASSWORD });
    return flagpost.anonymous.login(account, PASSWORD);
  };
  const make = async (maker: ApiClient, body: object): Promise<ApiClient> => {
    const { token } = await maker.ok('POST', '/api/tokens', body);
    return new ApiClient(flagpost.baseUrl, { Authorization: token });
  };
  const named = async (client: ApiClient, type: string, name: string): Promise<Json> => {
    const page = await client.ok('GET', `/api/tokens?type=${type}&pageSize=1000`);
    return page.content.find((item: Json) => item.name === name);
  };

  it('are shown once, and kept as a hash', async () => {
    const answer = await owner.post('/api/tokens', { name: 'once', type: 'APPLICATION', role: 'OWNER' });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(['token']);
    expect(answer.body.token).toMatch(/^api-[0-9a-f]{40}$/);
    const item = await named(owner, 'APPLICATION', 'once');
    expect(item).toEqual({ id: item.id, name: 'once', role: 'OWNER', createdBy: 'Admin' });
    expect(await owner.ok('GET', `/api/tokens/${item.id}`)).toEqual(item);
    if (kind !== 'sqlite') return;
    const file = flagpost.database.url.slice('sqlite:'.length);
    for (const suffix of ['', '-wal']) {
      expect((await readFile(file + suffix)).includes(answer.body.token.slice(4))).toBe(false);
    }
  });

  it('of type APPLICATION act in their own name and role', async () => {
    const bot = await make(owner, { name: 'Bot', type: 'APPLICATION', role: 'OWNER' });
    const answer = await bot.get('/api/members/current');
    expect([answer.status, answer.headers.get('token')]).toEqual([200, null]);
    expect(answer.body).toEqual({
      account: 'api:Bot',
      role: 'OWNER',
      allowEdit: false,
      organizationName: 'Default Organize',
      organizationId: 1,
    });
    await bot.ok('POST', '/api/projects', { name: 'By a bot', key: 'by_a_bot' });
    const feed = await owner.ok('GET', '/api/events?resource=PROJECT&limit=1');
    expect(feed.content[0]).toMatchObject({ operator: 'api:Bot', projectKey: 'by_a_bot' });
  });

  it('of an owner may do what owners may', async () => {
    const bot = await make(owner, { name: 'boss', type: 'APPLICATION', role: 'OWNER' });
    const [made] = await bot.ok('POST', '/api/members', {
      accounts: ['made-by-bot'],
      role: 'OWNER',
      password: PASSWORD,
    });
    expect(made).toMatchObject({ account: 'made-by-bot', createdBy: 'api:boss' });
    await bot.ok('PATCH', '/api/members', { account: 'made-by-bot', role: 'WRITER', password: 'Other1234' });
    await bot.ok('DELETE', '/api/members', { account: 'made-by-bot' });
    const last = await bot.delete('/api/members', { account: 'Admin' });
    expect([last.status, last.body.code]).toEqual([400, 'invalid_request']);
    const personal = await make(owner, { name: 'boss', type: 'PERSON' });
    await personal.ok('POST', '/api/members', { accounts: ['x1'], role: 'WRITER', password: PASSWORD });
    await personal.ok('DELETE', '/api/members', { account: 'x1' });
  });

  it('of a writer may not', async () => {
    const clients = [
      await make(owner, { name: 'plain', type: 'APPLICATION' }),
      await make(writer, { name: 'mine', type: 'PERSON', role: 'OWNER' }),
    ];
    for (const client of clients) {
      expect((await client.ok('GET', '/api/members/current')).role).toBe('WRITER');
      const body = { accounts: ['x2'], role: 'WRITER', password: PASSWORD };
      expect(brief(await client.post('/api/members', body))).toEqual(FORBIDDEN);
      const token = { name: 'more', type: 'APPLICATION', role: 'OWNER' };
      expect(brief(await client.post('/api/tokens', token))).toEqual(FORBIDDEN);
    }
    expect(await named(writer, 'PERSON', 'mine')).not.toHaveProperty('role');
  });

  it('stand for nobody who signs in, is listed or found', async () => {
    const bot = await make(owner, { name: 'ghost', type: 'APPLICATION', role: 'OWNER' });
    const page = await owner.ok('GET', '/api/members?pageSize=1000');
    expect(page.content.filter((row: Json) => row.account.startsWith('api:'))).toEqual([]);
    const found = await owner.get('/api/members/query?account=api:ghost');
    expect([found.status, found.body.code]).toEqual([400, 'not_found']);
    const login = { account: 'api:ghost', password: '', source: 'platform' };
    expect((await flagpost.anonymous.post('/api/login', { ...login, password: 'x' })).status).toBe(403);
    const own = await bot.patch('/api/members', { account: 'api:ghost', password: PASSWORD });
    expect([own.status, own.body.code]).toEqual([400, 'not_found']);
    const change = { oldPassword: 'x', newPassword: PASSWORD };
    expect((await bot.patch('/api/members/modifyPassword', change)).body.code).toBe('invalid_request');
    expect(brief(await bot.post('/api/tokens', { name: 'child', type: 'PERSON' }))).toEqual(FORBIDDEN);
  });

  it('of type PERSON act as their owner, in the role it has now, and end with it', async () => {
    const eve = await member('eve');
    const token = await make(eve, { name: 'eves', type: 'PERSON' });
    expect(await token.ok('GET', '/api/members/current')).toMatchObject({ account: 'eve', role: 'WRITER' });
    await owner.ok('PATCH', '/api/members', { account: 'eve', role: 'OWNER' });
    expect((await token.ok('GET', '/api/members/current')).role).toBe('OWNER');
    const left = await make(token, { name: 'left behind', type: 'APPLICATION', role: 'OWNER' });
    const changed = await token.patch('/api/members', { account: 'eve', password: 'Changed-1' });
    expect([changed.status, changed.headers.get('token')]).toEqual([200, null]);
    expect((await token.get('/api/members/current')).status).toBe(200);
    await owner.ok('DELETE', '/api/members', { account: 'eve' });
    expect(brief(await token.get('/api/members/current'))).toEqual(FORBIDDEN);
    expect((await left.ok('GET', '/api/members/current')).role).toBe('OWNER');
    await make(owner, { name: 'EVES', type: 'PERSON' });
  });

  it('are the affair of whoever they belong to', async () => {
    await make(writer, { name: 'private', type: 'PERSON' });
    await make(writer, { name: 'shared', type: 'APPLICATION', role: 'WRITER' });
    const mine = await named(writer, 'PERSON', 'private');
    expect(await named(owner, 'PERSON', 'private')).toBeUndefined();
    expect(brief(await owner.get(`/api/tokens/${mine.id}`))).toEqual(FORBIDDEN);
    expect(brief(await owner.delete(`/api/tokens/${mine.id}`))).toEqual(FORBIDDEN);
    const shared = await named(writer, 'APPLICATION', 'shared');
    expect(brief(await writer.delete(`/api/tokens/${shared.id}`))).toEqual(FORBIDDEN);
    expect(await owner.ok('DELETE', `/api/tokens/${shared.id}`)).toEqual(shared);
    expect(await writer.ok('DELETE', `/api/tokens/${mine.id}`)).toEqual(mine);
    const both = await owner.ok('GET', '/api/tokens?type=&pageSize=1000');
    expect(both.totalElements).toBe(both.content.length);
    expect((await owner.ok('GET', '/api/tokens?pageSize=1&pageIndex=1')).content[0]).toEqual(both.content[1]);
  });

  it('end at once when deleted, and their names are free again', async () => {
    const body = { name: 'short-lived', type: 'APPLICATION', role: 'WRITER' };
    const first = await make(owner, body);
    const { id } = await named(owner, 'APPLICATION', 'short-lived');
    await owner.ok('DELETE', `/api/tokens/${id}`);
    expect(brief(await first.get('/api/members/current'))).toEqual(FORBIDDEN);
    for (const answer of [await owner.get(`/api/tokens/${id}`), await owner.delete(`/api/tokens/${id}`)]) {
      expect(brief(answer)).toEqual([400, { code: 'not_found', message: `Access Token ${id} not found` }]);
    }
    const second = await make(owner, body);
    expect((await second.get('/api/members/current')).status).toBe(200);
    expect((await first.get('/api/members/current')).status).toBe(403);
  });

  it('have names of their own, by type and whatever the case', async () => {
    await make(owner, { name: 'Unique', type: 'PERSON' });
    const exists = (client: ApiClient, name: string, type: string): Promise<Answer> =>
      client.get(`/api/tokens/exists?name=${encodeURIComponent(name)}&type=${type}`);
    expect(brief(await exists(writer, ' unique', 'PERSON'))).toEqual(CONFLICT);
    expect(brief(await exists(owner, 'unique', 'APPLICATION'))).toEqual([200, { message: 'success' }]);
    expect(brief(await writer.post('/api/tokens', { name: 'UNIQUE ', type: 'PERSON' }))).toEqual(CONFLICT);
    const race = await Promise.all(
      Array.from({ length: 5 }, () => owner.post('/api/tokens', { name: 'race', type: 'APPLICATION' })),
    );
    expect(race.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400]);
  });

  it.each([
    [{ type: 'PERSON' }, 'name'],
    [{ name: ' ', type: 'PERSON' }, 'name'],
    [{ name: 'x'.repeat(257), type: 'PERSON' }, 'name'],
    [{ name: 'x'.repeat(125), type: 'APPLICATION' }, 'name'],
    [{ name: 'a\nb', type: 'PERSON' }, 'name'],
    [{ name: 'ok' }, 'type'],
    [{ name: 'ok', type: 'ROBOT' }, 'type'],
    [{ name: 'ok', type: 'APPLICATION', role: 'ADMIN' }, 'role'],
  ])('are not made of %o', async (body, field) => {
    const answer = await owner.post('/api/tokens', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toMatch(new RegExp(`^${field} `));
  });

  it('need no organization, and take no other', async () => {
    const token = await make(owner, { name: 'where', type: 'APPLICATION' });
    const named = (organization: string): ApiClient =>
      new ApiClient(flagpost.baseUrl, { ...token.headers, 'X-OrganizeID': organization });
    expect((await named('1').get('/api/projects')).status).toBe(200);
    expect((await named('').get('/api/projects')).status).toBe(200);
    for (const other of ['2', '01', 'x']) {
      expect(brief(await named(other).get('/api/projects'))).toEqual(FORBIDDEN);
    }
  });

  it('are refused when unknown, whatever comes after "api-"', async () => {
    for (const value of ['api-', `api-${'0'.repeat(40)}`, `api-${'x'.repeat(5000)}`, "api-' OR 1=1 --"]) {
      const client = new ApiClient(flagpost.baseUrl, { Authorization: value, 'X-OrganizeID': '1' });
      expect(brief(await client.get('/api/members/current'))).toEqual(FORBIDDEN);
    }
    const bearer = new ApiClient(flagpost.baseUrl, { Authorization: `Bearer api-${'0'.repeat(40)}` });
    expect((await bearer.get('/api/members/current')).status).toBe(401);
  });

  it('note their uses at most once a minute', async () => {
    const token = await make(owner, { name: 'visits', type: 'APPLICATION' });
    const session = await member('watcher', 'OWNER');
    const visited = async (): Promise<number> =>
      Date.parse((await named(session, 'APPLICATION', 'visits')).visitedTime);
    await token.ok('GET', '/api/projects');
    const first = await visited();
    expect(Math.abs(clock.now() - first)).toBeLessThan(10_000);
    clock.ahead += 30_000;
    await token.ok('GET', '/api/projects');
    expect(await visited()).toBe(first);
    clock.ahead += 31_000;
    await Promise.all(Array.from({ length: 10 }, () => token.ok('GET', '/api/projects')));
    expect(await visited()).toBeGreaterThanOrEqual(first + 60_000);
  });
});
