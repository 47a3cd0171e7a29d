import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audiences } from '../../src/outreach/profiles/audience.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const SHOP = '/api/projects/shop';
const BASE = `${SHOP}/profiles`;

const PEOPLE = [
  {
    userId: 'ann',
    attributes: { city: 'Paris', level: 3, gold: true, birthday: '1990-02-28', app: '1.10.0' },
  },
  {
    userId: 'bob',
    attributes: { city: 'paris', level: '10', gold: false, birthday: '2001-01-01T00:00:00+01:00' },
  },
  { attributes: { city: 'Rome', level: 2.5, birthday: '978307200', app: '1.9.0' } },
  { userId: 'dan', attributes: { city: '', level: 'high', birthday: 'soon' } },
];

describe.each(DATABASES)('audiences on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let segments = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    for (const one of PEOPLE) await owner.ok('POST', BASE, one);
  });
  afterAll(() => flagpost.stop());

  const makeSegment = async (...rules: Json[][]): Promise<string> => {
    segments += 1;
    const key = `s${segments}`;
    await owner.ok('POST', `${SHOP}/segments`, { key, name: key });
    await owner.ok('PATCH', `${SHOP}/segments/${key}/publish`, {
      rules: rules.map((conditions, index) => ({ name: `r${index}`, conditions })),
    });
    return key;
  };
  const whoIsIn = async (key: string): Promise<number[]> => {
    const { count, sample } = await owner.ok('GET', `${SHOP}/segments/${key}/audience`);
    expect(sample).toHaveLength(count);
    return sample.map(({ gid }: Json) => gid).toReversed();
  };

  it.each<[number[], Json[]]>([
    [[1], ['string', 'city', 'is one of', ['Paris']]],
    [
      [2, 3, 4],
      ['string', 'city', 'is not any of', ['Paris']],
    ],
    [[1], ['string', 'gold', 'is one of', ['true']]],
    [[2], ['string', 'gold', 'is one of', ['false']]],
    [
      [1, 2],
      ['number', 'level', '>=', ['3']],
    ],
    [[3], ['string', 'level', 'is one of', ['2.5']]],
    [[1], ['semver', 'app', '>', ['1.9.0']]],
    [[1], ['string', 'userId', 'starts with', ['an']]],
    [
      [1, 2, 4],
      ['string', 'userId', 'does not contain', ['zzz']],
    ],
    [
      [2, 3, 4],
      ['number', 'gid', '>', ['1']],
    ],
    [
      [1, 2],
      ['datetime', 'birthday', 'before', ['2001-01-01T00:00:00+00:00']],
    ],
    [[3], ['datetime', 'birthday', 'after', ['2001-01-01T00:00:00+00:00']]],
    [[1], ['string', 'birthday', 'starts with', ['1990-02']]],
    [[], ['string', 'nothing', 'is not any of', ['x']]],
    [[], ['string', 'constructor', 'does not contain', ['x']]],
  ])('hold %j by %j', async (gids, [type, subject, predicate, objects]) => {
    expect(await whoIsIn(await makeSegment([{ type, subject, predicate, objects }]))).toEqual(gids);
  });

  it('hold who meets all conditions of any rule, a date being a date for datetime conditions alone', async () => {
    const before = {
      type: 'datetime',
      subject: 'birthday',
      predicate: 'before',
      objects: ['1995-01-01T00:00:00+00:00'],
    };
    const text = {
      type: 'string',
      subject: 'birthday',
      predicate: 'is one of',
      objects: ['1990-02-28', 'soon'],
    };
    const rome = { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Rome'] };
    expect(await whoIsIn(await makeSegment([before, text], [rome]))).toEqual([1, 3]);
    const first = { type: 'number', subject: 'gid', predicate: '<=', objects: ['2'] };
    expect(await whoIsIn(await makeSegment([first]))).toEqual([1, 2]);
  });

  it('of a segment without rules hold nobody', async () => {
    await owner.ok('POST', `${SHOP}/segments`, { key: 'empty', name: 'empty' });
    expect(await owner.ok('GET', `${SHOP}/segments/empty/audience`)).toEqual({ count: 0, sample: [] });
  });

  it('of segments that do not exist are not found', async () => {
    for (const path of [`${SHOP}/segments/none/audience`, `${BASE}?segmentKey=none`])
      expect((await owner.get(path)).body).toEqual({ code: 'not_found', message: 'Segment none not found' });
  });

  it('follow the segment and the profiles, but not once they are asked for', async () => {
    const key = await makeSegment([
      { type: 'string', subject: 'mood', predicate: 'is one of', objects: ['good'] },
    ]);
    const [{ id }]: Json[] = await flagpost.app
      .get(DataSource)
      .query("SELECT id FROM project WHERE name = 'Shop'");
    const test = await flagpost.app.get(Audiences, { strict: false }).testOf({ id, key: 'shop' }, key);
    expect(await whoIsIn(key)).toEqual([]);
    await owner.ok('POST', BASE, { gid: 1, attributes: { mood: 'good' } });
    expect(await whoIsIn(key)).toEqual([1]);
    expect(test({ gid: 9, attributes: { mood: 'good' } })).toBe(true);
    await owner.ok('PATCH', `${SHOP}/segments/${key}/publish`, { rules: [] });
    expect(await whoIsIn(key)).toEqual([]);
    expect(test({ gid: 9, attributes: { mood: 'good' } })).toBe(true);
  });

  it('narrow the list, page by page, with a keyword besides', async () => {
    await owner.ok('POST', '/api/projects', { key: 'many', name: 'Many' });
    const base = '/api/projects/many';
    const file = Array.from({ length: 2500 }, (_, index) => `u${index},${index % 2}\n`).join('');
    const headers = { ...owner.headers, 'Content-Type': 'text/csv' };
    await owner.as(headers).raw('POST', `${base}/profiles/import`, `userId,odd\n${file}`);
    await owner.ok('POST', `${base}/profiles`, { gid: Number.MAX_SAFE_INTEGER, attributes: { odd: 1 } });
    await owner.ok('POST', `${base}/segments`, { key: 'odd', name: 'odd' });
    const conditions = [{ type: 'string', subject: 'odd', predicate: 'is one of', objects: ['1'] }];
    await owner.ok('PATCH', `${base}/segments/odd/publish`, { rules: [{ name: 'r', conditions }] });
    const { count, sample } = await owner.ok('GET', `${base}/segments/odd/audience`);
    expect([count, sample.length, sample[0].gid]).toEqual([1251, 10, Number.MAX_SAFE_INTEGER]);
    const page = await owner.ok('GET', `${base}/profiles?segmentKey=odd&pageIndex=1&pageSize=100`);
    expect(page).toMatchObject({ totalElements: 1251, totalPages: 13, numberOfElements: 100 });
    expect([page.content[0].gid, page.content[99].gid]).toEqual([2302, 2104]);
    const last = await owner.ok('GET', `${base}/profiles?segmentKey=odd&pageIndex=12&pageSize=100`);
    expect(last.content.map(({ gid }: Json) => gid).at(-1)).toBe(2);
    const both = await owner.ok('GET', `${base}/profiles?segmentKey=odd&keyword=U249&pageSize=100`);
    expect(both.content.map(({ userId }: Json) => userId)).toEqual([
      'u2499',
      'u2497',
      'u2495',
      'u2493',
      'u2491',
      'u249',
    ]);
    expect((await owner.ok('GET', `${base}/profiles?segmentKey=odd&userId=u2`)).content).toEqual([]);
    expect((await owner.ok('GET', `${base}/profiles?segmentKey=odd&userId=u3`)).totalElements).toBe(1);
    const anywhere = await owner.ok('GET', `${base}/profiles?keyword=49&pageSize=1000`);
    expect(anywhere.content[0].gid).toBe(49);
    const contained = await owner.ok('GET', `${base}/profiles?keyword=U24&pageIndex=1&pageSize=50`);
    expect([contained.totalElements, contained.content.length]).toEqual([111, 50]);
  });
});
