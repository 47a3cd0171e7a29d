import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const STALE = { code: 'invalid_request', message: 'Request conflict, please try again' };
const BASE = '/api/projects/shop/segments';

const RULES = [
  {
    name: 'paris',
    conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
    note: { kept: [1, null, 'as it is'] },
  },
];

const missing = (key: string): object => ({ code: 'not_found', message: `Segment ${key} not found` });

describe.each(DATABASES)('segments on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', '/api/projects', { key: 'other', name: 'Other' });
    await owner.ok('POST', '/api/projects/shop/environments', { key: 'stage', name: 'Stage' });
  });

  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', BASE, { key, name: `Name of ${key}`, ...more });

  const publish = (key: string, body: object): Promise<Json> =>
    owner.ok('PATCH', `${BASE}/${key}/publish`, body);

  const keysOf = async (query: string): Promise<string[]> =>
    (await owner.ok('GET', `${BASE}?${query}`)).content.map(({ key }: Json) => key);

  async function newestEvent(segmentKey: string): Promise<Json> {
    const feed = await owner.ok('GET', `/api/events?projectKey=shop&segmentKey=${segmentKey}&limit=1`);
    return feed.content[0];
  }

  /** The versions of the project's environments. */
  async function environmentVersions(): Promise<number[]> {
    const query =
      "SELECT version FROM environment WHERE project_id IN (SELECT id FROM project WHERE name = 'Shop') ORDER BY id";
    const rows: Json[] = await flagpost.app.get(DataSource).query(query);
    return rows.map(({ version }) => Number(version));
  }

  it('are made without rules, at version 1, which their history has', async () => {
    const made = await make('vip', { description: 'Good customers' });
    expect(made).toEqual({
      name: 'Name of vip',
      key: 'vip',
      rules: [],
      description: 'Good customers',
      projectKey: 'shop',
      createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      modifiedTime: made.createdTime,
      modifiedBy: 'Admin',
      version: 1,
    });
    expect(await owner.ok('GET', `${BASE}/vip`)).toEqual(made);
    const history = await owner.ok('GET', `${BASE}/vip/versions`);
    expect(history.content).toEqual([
      {
        projectKey: 'shop',
        key: 'vip',
        rules: [],
        version: 1,
        createdTime: made.createdTime,
        createdBy: 'Admin',
      },
    ]);
  });

  it('have keys and names that are unique in the project, whatever their case', async () => {
    await make('unique');
    expect((await owner.post(BASE, { key: 'UNIQUE', name: 'Another' })).body).toEqual(CONFLICT);
    expect((await owner.post(BASE, { key: 'another', name: 'name OF unique' })).body).toEqual(CONFLICT);
    expect((await owner.get(`${BASE}/exists?type=KEY&value=Unique`)).body).toEqual(CONFLICT);
    expect((await owner.get(`${BASE}/exists?type=NAME&value=Name%20of%20unique`)).body).toEqual(CONFLICT);
    expect((await owner.get(`${BASE}/exists?type=KEY&value=free`)).body).toEqual({ message: 'success' });
    const elsewhere = { key: 'unique', name: 'Name of unique' };
    expect(await owner.ok('POST', '/api/projects/other/segments', elsewhere)).toMatchObject({
      projectKey: 'other',
    });
  });

  it('let one of many take a name at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => owner.post(BASE, { key: `race-${index}`, name: 'Race' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'conflict')).toHaveLength(7);
  });

  it('are listed newest first, in pages, by text in name, key or description', async () => {
    await owner.ok('POST', '/api/projects', { key: 'lists', name: 'Lists' });
    const base = '/api/projects/lists/segments';
    await owner.ok('POST', base, { key: 'one', name: 'Needle A' });
    await owner.ok('POST', base, { key: 'two-needle', name: 'B' });
    await owner.ok('POST', base, { key: 'three', name: 'C', description: 'a NEEDLE in hay' });
    await owner.ok('POST', base, { key: 'four', name: '100% D' });
    const list = async (query: string): Promise<Json> => owner.ok('GET', `${base}?${query}`);
    const keys = (page: Json): string[] => page.content.map(({ key }: Json) => key);
    expect(keys(await list(''))).toEqual(['four', 'three', 'two-needle', 'one']);
    expect(keys(await list('keyword=needle'))).toEqual(['three', 'two-needle', 'one']);
    expect(keys(await list('keyword=%25'))).toEqual(['four']);
    expect(keys(await list('keyword=_'))).toEqual([]);
    const page = await list('keyword=needle&pageIndex=1&pageSize=2');
    expect(keys(page)).toEqual(['one']);
    expect(page).toMatchObject({
      totalElements: 3,
      totalPages: 2,
      number: 1,
      size: 2,
      numberOfElements: 1,
      first: false,
      last: true,
      pageable: { offset: 2, pageNumber: 1, pageSize: 2 },
    });
  });

  it('are published with rules as submitted, and every change moves on the version and the environments', async () => {
    const made = await make('rising');
    const before = await environmentVersions();
    const published = await publish('rising', { rules: RULES, comment: 'Paris', baseVersion: 1 });
    expect(published).toEqual({
      ...made,
      rules: RULES,
      modifiedTime: expect.any(String),
      version: 2,
    });
    expect(await environmentVersions()).toEqual(before.map((version) => version + 1));
    const renamed = await owner.ok('PATCH', `${BASE}/rising`, { name: 'Risen' });
    expect(renamed).toMatchObject({ name: 'Risen', description: '', rules: RULES, version: 3 });
    expect(await publish('rising', { rules: null })).toMatchObject({ rules: [], version: 4 });
    expect(await environmentVersions()).toEqual(before.map((version) => version + 3));
    const { content } = await owner.ok('GET', `${BASE}/rising/versions`);
    expect(content.map(({ version, rules, comment }: Json) => [version, rules, comment])).toEqual([
      [4, [], undefined],
      [2, RULES, 'Paris'],
      [1, [], undefined],
    ]);
    const second = await owner.ok('GET', `${BASE}/rising/versions?pageIndex=1&pageSize=1`);
    expect([second.content[0].version, second.totalElements]).toEqual([2, 3]);
  });

  it('stay as they are when the rules published are the present ones', async () => {
    await make('same');
    const published = await publish('same', { rules: RULES });
    const versions = await environmentVersions();
    expect(await publish('same', { rules: RULES, comment: 'again' })).toEqual(published);
    expect(await environmentVersions()).toEqual(versions);
    expect((await owner.ok('GET', `${BASE}/same/versions`)).totalElements).toBe(2);
    expect(await newestEvent('same')).toMatchObject({ action: 'PUBLISH', changes: [] });
  });

  it('refuse a publishing that started from another version, and let one of many through', async () => {
    await make('contested');
    expect((await owner.patch(`${BASE}/contested/publish`, { rules: RULES, baseVersion: 2 })).body).toEqual(
      STALE,
    );
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        owner.patch(`${BASE}/contested/publish`, {
          rules: [{ ...RULES[0], name: `r${index}` }],
          baseVersion: 1,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(
      answers.filter(({ body }) => body.code === 'invalid_request').map(({ body }) => body),
    ).toContainEqual(STALE);
    expect((await owner.ok('GET', `${BASE}/contested`)).version).toBe(2);
  });

  it('are deleted unless in use; the key stays taken, the name becomes free', async () => {
    await make('doomed');
    const deleted = await owner.ok('DELETE', `${BASE}/doomed`);
    expect(deleted).toMatchObject({ key: 'doomed', version: 2 });
    for (const path of ['', '/versions', '/toggles'])
      expect((await owner.get(`${BASE}/doomed${path}`)).body).toEqual(missing('doomed'));
    expect((await owner.patch(`${BASE}/doomed`, { name: 'x' })).body).toEqual(missing('doomed'));
    expect((await owner.patch(`${BASE}/doomed/publish`, {})).body).toEqual(missing('doomed'));
    expect((await owner.delete(`${BASE}/doomed`)).body).toEqual(missing('doomed'));
    expect(await keysOf('keyword=doomed')).toEqual([]);
    expect((await owner.post(BASE, { key: 'doomed', name: 'New' })).body).toEqual(CONFLICT);
    expect((await owner.get(`${BASE}/exists?type=KEY&value=doomed`)).body).toEqual(CONFLICT);
    expect(
      await owner.ok('POST', BASE, { key: 'doomed-2', name: 'Name of doomed', description: null }),
    ).toMatchObject({ name: 'Name of doomed', description: '' });
  });

  it('record an event of each change, with the canonical keys and what changed', async () => {
    const keys = { resource: 'SEGMENT', operator: 'Admin', projectKey: 'shop', segmentKey: 'Seen' };
    const made = await make('Seen');
    const created = await newestEvent('Seen');
    expect(created).toMatchObject({ ...keys, action: 'CREATE' });
    expect(Object.keys(created.data)).toEqual(
      'createdTime description key modifiedBy modifiedTime name projectKey rules version'.split(' '),
    );
    expect(created.data.createdTime).toBe(Date.parse(made.createdTime));
    expect(created.changes).toBeUndefined();
    await owner.ok('PATCH', '/api/projects/SHOP/segments/seen', { description: 'd' });
    expect(await newestEvent('Seen')).toMatchObject({
      ...keys,
      action: 'UPDATE',
      data: { key: 'Seen', projectKey: 'shop', version: 2 },
      changes: [
        { path: '/description', from: '', to: 'd' },
        { path: '/version', from: 1, to: 2 },
      ],
    });
    await publish('seen', { rules: RULES });
    expect(await newestEvent('Seen')).toMatchObject({
      ...keys,
      action: 'PUBLISH',
      changes: [{ path: '/rules/0' }, { path: '/version', from: 2, to: 3 }],
    });
    await owner.ok('DELETE', `${BASE}/seen`);
    expect(await newestEvent('Seen')).toMatchObject({ ...keys, action: 'DELETE', data: { version: 4 } });
  });

  it.each<[string, object | string, string]>([
    ['no name', { key: 'x' }, 'name is required'],
    ['blank name', { key: 'x', name: ' ' }, 'name is required'],
    ['number as name', { key: 'x', name: 7 }, 'name must be text'],
    ['NUL in the name', { key: 'x', name: 'a\0b' }, 'name must not contain control characters'],
    ['half a surrogate pair', '{"key":"x","name":"a\\ud800"}', 'name must not contain control characters'],
    ['long name', { key: 'x', name: 'x'.repeat(257) }, 'name must have at most'],
    ['no key', { name: 'x' }, 'key must be 1 to 128 letters, digits'],
    ['blank in the key', { name: 'x', key: 'a b' }, 'key must be 1 to 128 letters, digits'],
    ['reserved key', { name: 'x', key: 'exists' }, 'key must be 1 to 128 letters, digits'],
    ['long description', { key: 'x', name: 'x', description: 'x'.repeat(1025) }, 'description must have'],
    ['list as description', { key: 'x', name: 'x', description: ['a'] }, 'description must be text'],
    ['list as body', [], ''],
    ['malformed', '{"key":', 'The request body is not valid JSON'],
  ])('refuse to be made with %s', async (_what, body, message) => {
    const answer = await owner.raw('POST', BASE, typeof body === 'string' ? body : JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('invalid_request');
    expect(answer.body.message).toContain(message);
  });

  it.each<[string, object, string]>([
    ['rules that are no list', { rules: {} }, 'rules must be a list'],
    [
      'a rule without conditions',
      { rules: [{ name: 'r', conditions: [] }] },
      'rules[0].conditions (rule "r")',
    ],
    [
      'an unknown predicate',
      { rules: [{ conditions: [{ ...RULES[0]!.conditions[0], predicate: 'is' }] }] },
      'rules[0].conditions[0].predicate must be one of',
    ],
    [
      'a segment in a segment',
      { rules: [{ conditions: [{ type: 'segment', predicate: 'is in', objects: ['vip'] }] }] },
      'rules[0].conditions[0].type must not be segment',
    ],
    ['too much', { rules: [{ ...RULES[0], note: 'x'.repeat(1_048_576) }] }, 'rules is too long'],
    [
      'too deep',
      { rules: [{ ...RULES[0], note: JSON.parse('['.repeat(150) + ']'.repeat(150)) }] },
      'rules must not be nested more than 100 levels deep',
    ],
    ['a text as base version', { rules: [], baseVersion: '1' }, 'baseVersion must be a whole number'],
    ['a long comment', { rules: [], comment: 'x'.repeat(1025) }, 'comment must have at most'],
  ])('refuse to be published with %s, and change nothing', async (_what, body, message) => {
    const before = await owner.ok('GET', `${BASE}/vip`);
    const versions = await environmentVersions();
    const answer = await owner.patch(`${BASE}/vip/publish`, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toContain(message);
    expect(await owner.ok('GET', `${BASE}/vip`)).toEqual(before);
    expect(await environmentVersions()).toEqual(versions);
  });

  it('answer not_found for what can be no key, and for projects that are not there', async () => {
    for (const key of ['nope', '%00', 'v%20ip', 'vip%20', 'x'.repeat(3000)]) {
      expect((await owner.get(`${BASE}/${key}`)).body).toEqual(missing(decodeURIComponent(key)));
    }
    expect((await owner.get('/api/projects/nope/segments')).body).toEqual({
      code: 'not_found',
      message: 'Project nope not found',
    });
    expect((await owner.get(`${BASE}?pageSize=0`)).body.message).toContain('pageSize');
    expect((await owner.get(`${BASE}?keyword=${'x'.repeat(300)}`)).body.message).toContain('keyword');
    expect((await flagpost.anonymous.get(BASE)).status).toBe(401);
  });
});
