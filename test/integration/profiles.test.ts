import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProfileSource } from '../../src/outreach/profiles/profile-source.js';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { addOrganization } from '../support/second-organization.js';

const BASE = '/api/projects/shop/profiles';
const MAX_GID = Number.MAX_SAFE_INTEGER;

describe.each(DATABASES)('profiles on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  const put = (body: object): Promise<Json> => owner.ok('POST', BASE, body);
  const refused = async (answer: Promise<Answer>): Promise<string> => {
    const { status, body } = await answer;
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    return body.message;
  };
  const projectIdOf = async (name: string): Promise<number> => {
    const [row]: Json[] = await flagpost.app
      .get(DataSource)
      .query('SELECT id FROM project WHERE name = ?', [name]);
    return row.id;
  };

  it('are made with a gid of their own, and changed by gid or userId', async () => {
    const made = await put({ userId: 'ann', attributes: { city: 'Paris', level: 3, gold: true } });
    expect(made).toEqual({
      gid: expect.any(Number),
      userId: 'ann',
      attributes: { city: 'Paris', level: 3, gold: true },
      createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      modifiedTime: made.createdTime,
    });
    const byUser = await put({
      userId: 'ann',
      attributes: { city: 'Rome', age: 30, gold: null, unknown: null },
    });
    expect(byUser).toMatchObject({ gid: made.gid, attributes: { city: 'Rome', level: 3, age: 30 } });
    expect(byUser.attributes).not.toHaveProperty('gold');
    const byGid = await put({ gid: made.gid, attributes: { level: -0.5 } });
    expect(byGid).toMatchObject({ userId: 'ann', attributes: { city: 'Rome', level: -0.5, age: 30 } });
    expect(await put({ gid: made.gid, userId: 'ann' })).toEqual(byGid);
    const { events, eventCounts, ...read } = await owner.ok('GET', `${BASE}/${made.gid}`);
    expect(read).toEqual(byGid);
    expect([events, eventCounts]).toEqual([[], []]);
  });

  it('without gid and userId are new visitors, who may sign in later', async () => {
    const [first, second] = [await put({}), await put({ attributes: { seen: 'home' } })];
    expect(second.gid).toBeGreaterThan(first.gid);
    expect(first).not.toHaveProperty('userId');
    const signedIn = await put({ gid: second.gid, userId: 'visitor-1', attributes: { a: 'b' } });
    expect(signedIn).toMatchObject({ gid: second.gid, attributes: { seen: 'home', a: 'b' } });
    expect((await put({ userId: 'visitor-1' })).gid).toBe(second.gid);
  });

  it('are told by their userId byte by byte, a number being taken as text', async () => {
    const lower = await put({ userId: 'case' });
    const upper = await put({ userId: 'CASE' });
    const accent = await put({ userId: 'cåse' });
    expect(new Set([lower.gid, upper.gid, accent.gid]).size).toBe(3);
    const number = await put({ userId: 4711 });
    expect(number.userId).toBe('4711');
    expect((await put({ userId: '4711' })).gid).toBe(number.gid);
    expect((await owner.ok('GET', `${BASE}?userId=CASE`)).content).toEqual([upper]);
  });

  it('may have gids that callers choose, and new ones are given out beyond those', async () => {
    const chosen = await put({ gid: 50_000, userId: 'chosen' });
    expect(chosen.gid).toBe(50_000);
    expect((await put({})).gid).toBe(50_001);
    expect((await put({ gid: 40_000 })).gid).toBe(40_000);
    expect((await put({})).gid).toBe(50_002);
    expect(await put({ gid: MAX_GID, attributes: { last: true } })).toMatchObject({ gid: MAX_GID });
    expect((await put({})).gid).toBe(50_003);
    expect(await owner.ok('GET', `${BASE}/${MAX_GID}`)).toMatchObject({ attributes: { last: true } });
    await owner.ok('DELETE', `${BASE}/${MAX_GID}`);
  });

  it('are refused where gid and userId are of two profiles, or a profile has another userId', async () => {
    const one = await put({ userId: 'one', attributes: { mark: 1 } });
    const two = await put({ userId: 'two' });
    expect(await refused(owner.post(BASE, { gid: one.gid, userId: 'two', attributes: { mark: 2 } }))).toBe(
      `userId is of the profile ${two.gid}`,
    );
    expect(await refused(owner.post(BASE, { gid: one.gid, userId: 'new' }))).toBe(
      'gid is of a profile with another userId',
    );
    expect(await refused(owner.post(BASE, { gid: 999_999, userId: 'two' }))).toBe(
      `userId is of the profile ${two.gid}`,
    );
    expect((await owner.ok('GET', `${BASE}/${one.gid}`)).attributes).toEqual({ mark: 1 });
    expect((await owner.get(`${BASE}/999999`)).body.code).toBe('not_found');
  });

  it.each<[string, unknown]>([
    ['gid must be a whole number', { gid: 0 }],
    ['gid must be a whole number', { gid: -1 }],
    ['gid must be a whole number', { gid: 1.5 }],
    ['gid must be a whole number', { gid: '17' }],
    ['gid must be a whole number', { gid: 2 ** 53 }],
    ['gid must be a whole number', { gid: {} }],
    ['userId must be text', { userId: true }],
    ['userId must be text', { userId: ['a'] }],
    ['userId must be text', { userId: 2 ** 60 }],
    ['userId must not be empty', { userId: '' }],
    ['userId must have at most 255', { userId: 'x'.repeat(256) }],
    ['userId must not contain control', { userId: 'a\u0000b' }],
    ['userId must not contain control', { userId: 'a\ud83d' }],
    ['userId must not begin or end', { userId: 'a ' }],
    ['attributes must be an object', { attributes: [] }],
    ['attributes must be an object', { attributes: 'x' }],
    ['attributes.address must be text', { attributes: { address: { city: 'Paris' } } }],
    ['attributes.tags must be text', { attributes: { tags: ['a'] } }],
    ['attributes.bio must have at most 4096', { attributes: { bio: 'x'.repeat(4097) } }],
    ['attributes.bio must be valid Unicode', { attributes: { bio: '\ud83d' } }],
    ['attributes. must not be empty', { attributes: { '': 1 } }],
    ['attributes.a\u0007 must not contain', { attributes: { 'a\u0007': 1 } }],
    ['attributes.gid is not a name', { attributes: { gid: 1 } }],
    ['attributes.userId is not a name', { attributes: { userId: 'x' } }],
    [`attributes.${'x'.repeat(128)} must have at most 128`, { attributes: { ['x'.repeat(129)]: 1 } }],
    [
      'attributes must have at most 200',
      { attributes: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`a${index}`, index])) },
    ],
    [
      'attributes must have at most 65536',
      {
        attributes: Object.fromEntries(
          Array.from({ length: 17 }, (_, index) => [`a${index}`, 'x'.repeat(4096)]),
        ),
      },
    ],
  ])('are refused: %s', async (message, body) => {
    const before = await owner.ok('GET', `${BASE}?pageSize=1`);
    expect((await refused(owner.post(BASE, body))).startsWith(message)).toBe(true);
    expect((await owner.ok('GET', `${BASE}?pageSize=1`)).totalElements).toBe(before.totalElements);
  });

  it('keep what is at the limits as it is', async () => {
    const attributes = {
      ...Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`a${index}`, index / 3])),
      ['n'.repeat(128)]: '🚩'.repeat(2048),
      text: 'two\nlines\tand "quotes" \u0000',
      空: '',
    };
    const made = await put({ userId: '€'.repeat(255), attributes });
    expect(made.attributes).toEqual(attributes);
    expect((await owner.ok('GET', `${BASE}/${made.gid}`)).attributes).toEqual(attributes);
  });

  it('cannot grow beyond the limits bit by bit', async () => {
    const some = (from: number): object =>
      Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`a${from + index}`, 1]));
    await put({ userId: 'grower', attributes: some(0) });
    expect(await refused(owner.post(BASE, { userId: 'grower', attributes: some(100) }))).toContain(
      'at most 200',
    );
    expect(await put({ userId: 'grower', attributes: some(50) })).toHaveProperty('attributes.a199', 1);
  });

  it('are one where many make the same user at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => put({ userId: 'race', attributes: { [`a${index}`]: index } })),
    );
    expect(new Set(answers.map(({ gid }) => gid)).size).toBe(1);
    const { attributes } = await owner.ok('GET', `${BASE}/${answers[0].gid}`);
    expect(Object.keys(attributes)).toHaveLength(20);
  });

  it('have gids of their own where many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => put({})));
    expect(new Set(answers.map(({ gid }) => gid)).size).toBe(20);
  });

  it('are found by gid, by the beginning of their userId, or by what it contains', async () => {
    await owner.ok('POST', '/api/projects', { key: 'lists', name: 'Lists' });
    const base = '/api/projects/lists/profiles';
    for (const userId of ['12', '120', 'Bob', 'bobby', 'joe%', 'x_y', undefined])
      await owner.ok('POST', base, { userId });
    const idsOf = async (query: string): Promise<unknown[]> =>
      (await owner.ok('GET', `${base}?${query}`)).content.map(({ gid, userId }: Json) => userId ?? gid);
    expect(await idsOf('')).toEqual([7, 'x_y', 'joe%', 'bobby', 'Bob', '120', '12']);
    expect(await idsOf('keyword=3')).toEqual(['Bob']);
    expect(await idsOf('keyword=1')).toEqual(['12', '120']);
    expect(await idsOf('keyword=bob')).toEqual(['bobby']);
    expect(await idsOf('keyword=OB')).toEqual(['bobby', 'Bob']);
    expect(await idsOf('keyword=%25')).toEqual(['joe%']);
    expect(await idsOf('keyword=_')).toEqual(['x_y']);
    expect(await idsOf('keyword=nobody')).toEqual([]);
    expect(await idsOf('userId=12')).toEqual(['12']);
    expect(await idsOf('userId=bob')).toEqual([]);
    const page = await owner.ok('GET', `${base}?pageIndex=1&pageSize=3`);
    expect(page.content.map(({ gid }: Json) => gid)).toEqual([4, 3, 2]);
    expect(page).toMatchObject({ totalElements: 7, totalPages: 3, first: false, last: false });
    const second = await owner.ok('GET', `${base}?keyword=1&pageIndex=1&pageSize=1`);
    expect([second.totalElements, second.content[0].userId]).toEqual([2, '120']);
    expect((await owner.ok('GET', `${base}?pageIndex=9`)).content).toEqual([]);
  });

  it('that do not exist are not found, whatever stands in the path', async () => {
    for (const gid of ['123456789', '0', '-1', 'x', '1e3', '1.0', '99999999999999999999', '007', 'import'])
      for (const answer of [await owner.get(`${BASE}/${gid}`), await owner.delete(`${BASE}/${gid}`)])
        expect([gid, answer.body]).toEqual([gid, { code: 'not_found', message: `Profile ${gid} not found` }]);
  });

  it('can be removed, with all their events', async () => {
    const { gid } = await put({ userId: 'leaver', attributes: { email: 'secret' } });
    const events = Array.from({ length: 1000 }, (_, index) => ({ gid, name: `step-${index % 3}` }));
    await owner.ok('POST', `${BASE}/events`, events);
    await owner.ok('POST', `${BASE}/events`, events.slice(0, 30));
    expect(await owner.ok('DELETE', `${BASE}/${gid}`)).toMatchObject({ gid, userId: 'leaver' });
    expect((await owner.get(`${BASE}/${gid}`)).body.code).toBe('not_found');
    for (const table of ['profile', 'profile_event', 'profile_event_count']) {
      const rows = await flagpost.app.get(DataSource).query(`SELECT gid FROM ${table} WHERE gid = ?`, [gid]);
      expect([table, rows]).toEqual([table, []]);
    }
    const again = await put({ userId: 'leaver' });
    expect(again.gid).not.toBe(gid);
    expect(again.attributes).toEqual({});
  });

  it('are for any member to read and write, and for no other organization', async () => {
    const stranger = await addOrganization(flagpost, 'stranger');
    const { gid } = await put({ userId: 'private' });
    for (const [method, path, body] of [
      ['GET', BASE],
      ['GET', `${BASE}/${gid}`],
      ['DELETE', `${BASE}/${gid}`],
      ['POST', BASE, { gid, attributes: { stolen: true } }],
      ['POST', `${BASE}/import`, {}],
      ['POST', `${BASE}/events`, [{ gid, name: 'x' }]],
      ['GET', '/api/projects/shop/segments/vip/audience'],
    ] as const) {
      const { body: answer } = await stranger.call(method, path, body);
      expect([path, answer]).toEqual([path, { code: 'not_found', message: 'Project shop not found' }]);
    }
    await stranger.ok('POST', '/api/projects', { key: 'shop', name: 'Their shop' });
    expect((await stranger.ok('GET', BASE)).totalElements).toBe(0);
    expect((await stranger.ok('POST', BASE, { userId: 'private' })).gid).toBe(1);
    await owner.ok('POST', '/api/members', { accounts: ['walt'], role: 'WRITER', password: 'Pass1234' });
    const walt = await flagpost.anonymous.login('walt', 'Pass1234');
    expect(await walt.ok('POST', BASE, { gid, attributes: { by: 'walt' } })).toMatchObject({
      userId: 'private',
    });
  });

  it('are read in stretches by gid, within bounds', async () => {
    await owner.ok('POST', '/api/projects', { key: 'source', name: 'Source' });
    for (const gid of [3, 5, 8, 13]) await owner.ok('POST', '/api/projects/source/profiles', { gid });
    const projectId = await projectIdOf('Source');
    const source = flagpost.app.get(ProfileSource, { strict: false });
    const gidsOf = async (after: number, through: number, limit: number): Promise<number[]> =>
      (await source.stretch(projectId, { after, through }, limit)).map(({ gid }) => gid);
    expect(await gidsOf(0, MAX_GID, 10)).toEqual([3, 5, 8, 13]);
    expect(await gidsOf(3, 8, 10)).toEqual([5, 8]);
    expect(await gidsOf(3, 13, 1)).toEqual([5]);
    expect(await source.lastGid(projectId)).toBe(13);
    expect(await source.lastGid(projectId + 1000)).toBe(0);
    expect([...(await source.byGids(projectId, [13, 4, 3])).keys()].toSorted((a, b) => a - b)).toEqual([
      3, 13,
    ]);
    expect((await source.byGids(projectId, [5])).get(5)).toEqual({ gid: 5, attributes: {} });
  });
});
