import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const BASE = '/api/projects/shop/toggles';
const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const DAY_MS = 86_400_000;

const missing = (key: string): object => ({ code: 'not_found', message: `Toggle ${key} not found` });

const wanted = (key: string, more: object = {}): object => ({
  key,
  name: `Name of ${key}`,
  clientAvailability: true,
  returnType: 'boolean',
  disabledServe: 0,
  variations: VARIATIONS,
  ...more,
});

describe.each(DATABASES)('toggles on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', '/api/projects/shop/environments', { key: 'stage', name: 'Stage' });
  });

  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> => owner.ok('POST', BASE, wanted(key, more));

  async function newestEvent(toggleKey: string): Promise<Json> {
    const feed = await owner.ok('GET', `/api/events?projectKey=shop&toggleKey=${toggleKey}&limit=1`);
    return feed.content[0];
  }

  async function environmentVersions(): Promise<number[]> {
    const query =
      "SELECT version FROM environment WHERE project_id IN (SELECT id FROM project WHERE name = 'Shop') ORDER BY id";
    const rows: Json[] = await flagpost.app.get(DataSource).query(query);
    return rows.map(({ version }) => Number(version));
  }

  /** How far the project's environments were moved on by `work`. */
  async function moved(work: () => Promise<unknown>): Promise<number[]> {
    const before = await environmentVersions();
    await work();
    const after = await environmentVersions();
    return after.map((version, index) => version - (before[index] ?? 0));
  }

  it('are made with a disabled targeting in every live environment', async () => {
    let made: Json;
    expect(await moved(async () => (made = await make('first', { desc: 'd', tags: ['web'] })))).toEqual([
      1, 1,
    ]);
    expect(made).toEqual({
      name: 'Name of first',
      key: 'first',
      desc: 'd',
      tags: [],
      returnType: 'boolean',
      disabledServe: 0,
      archived: false,
      permanent: false,
      clientAvailability: true,
      variations: VARIATIONS,
      createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      modifiedTime: made.createdTime,
      modifiedBy: 'Admin',
    });
    expect(await owner.ok('GET', `${BASE}/FIRST`)).toEqual(made);
    for (const environment of ['online', 'stage']) {
      const path = `/api/projects/shop/environments/${environment}/toggles/first/targeting`;
      expect(await owner.ok('GET', path)).toMatchObject({
        version: 1,
        disabled: true,
        status: 'RELEASE',
        content: {
          rules: [],
          disabledServe: { select: 0 },
          defaultServe: {},
          variations: VARIATIONS,
          prerequisites: [],
        },
      });
      const history = await owner.ok('GET', `${path}/versions`);
      expect(history.content).toMatchObject([
        { version: 1, comment: '', disabled: true, createdBy: 'Admin' },
      ]);
    }
  });

  it('have keys and names that are unique in the project, archived ones included', async () => {
    await make('unique');
    await owner.ok('PATCH', `${BASE}/unique/offline`);
    expect((await owner.post(BASE, wanted('Unique', { name: 'x' }))).body).toEqual(CONFLICT);
    expect((await owner.post(BASE, wanted('x', { name: 'NAME of unique' }))).body).toEqual(CONFLICT);
    for (const query of ['type=KEY&value=UNIQUE', 'type=NAME&value=Name%20of%20unique'])
      expect((await owner.get(`${BASE}/exists?${query}`)).body).toEqual(CONFLICT);
    expect((await owner.get(`${BASE}/exists?type=NAME&value=free`)).body).toEqual({ message: 'success' });
    expect((await owner.get(`${BASE}/exists?type=ID&value=free`)).body.code).toBe('invalid_request');
    const answers = await Promise.all(Array.from({ length: 8 }, () => owner.post(BASE, wanted('race'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(400)]);
    await make('taken');
    expect((await owner.patch(`${BASE}/race`, { name: 'name of taken' })).body).toEqual(CONFLICT);
  });

  it('are changed member by member, but permanent falls back to false', async () => {
    await make('changing', { permanent: true, desc: 'old' });
    const path = `${BASE}/changing`;
    const update = (body: object): Promise<Json> => owner.ok('PATCH', path, body);
    expect(await moved(() => update({ name: 'Changed', permanent: true, desc: null }))).toEqual([0, 0]);
    expect(await owner.ok('GET', path)).toMatchObject({ name: 'Changed', permanent: true, desc: 'old' });
    expect(await update({ desc: '', key: 'ignored', returnType: 'json' })).toMatchObject({
      key: 'changing',
      returnType: 'boolean',
      name: 'Changed',
      desc: '',
      permanent: false,
    });
    expect(await moved(() => update({ clientAvailability: true }))).toEqual([0, 0]);
    expect(await moved(() => update({ clientAvailability: false }))).toEqual([1, 1]);
    const variations = [{ value: 'true', further: { kept: true } }];
    expect(await update({ variations })).toMatchObject({ variations, disabledServe: 0 });
    expect((await owner.patch(path, { disabledServe: 1 })).body).toEqual({
      code: 'invalid_request',
      message: 'disabledServe must be the position of a variation, a whole number from 0 to 0',
    });
    const live = '/api/projects/shop/environments/online/toggles/changing/targeting';
    expect((await owner.ok('GET', live)).content.variations).toEqual(VARIATIONS);
    await owner.ok('POST', '/api/projects/shop/environments', { key: 'later', name: 'Later' });
    expect((await owner.ok('GET', live.replace('online', 'later'))).content.variations).toEqual(variations);
    await owner.ok('PATCH', '/api/projects/shop/environments/later/offline');
  });

  it('go offline and come back, each once', async () => {
    await make('resting');
    const path = `${BASE}/resting`;
    expect((await owner.patch(`${path}/restore`)).body).toEqual(missing('resting'));
    const steps = await moved(async () => {
      expect(await owner.ok('PATCH', `${path}/offline`)).toMatchObject({ archived: true });
    });
    expect(new Set(steps)).toEqual(new Set([1]));
    expect((await owner.patch(`${path}/offline`)).body).toEqual(missing('resting'));
    expect(await owner.ok('GET', path)).toMatchObject({ archived: true });
    expect(await owner.ok('PATCH', `${path}/restore`)).toMatchObject({ archived: false });
  });

  it('say for how many days they have been there when they should be gone', async () => {
    await make('old');
    const age = async (days: number): Promise<void> => {
      await flagpost.app
        .get(DataSource)
        .query("UPDATE toggle SET created_at = modified_at - ? WHERE name = 'Name of old'", [days * DAY_MS]);
    };
    await age(30);
    expect((await owner.ok('GET', `${BASE}/old`)).useDays).toBeUndefined();
    await age(45);
    expect((await owner.ok('GET', `${BASE}/old`)).useDays).toBe(45);
    const list = await owner.ok('GET', `${BASE}?environmentKey=online&keyword=old`);
    expect(list.content[0].useDays).toBe(45);
    expect((await owner.ok('PATCH', `${BASE}/old`, { permanent: true })).useDays).toBeUndefined();
  });

  it('record an event of each change, with the canonical keys and what changed', async () => {
    const keys = { resource: 'TOGGLE', operator: 'Admin', projectKey: 'shop', toggleKey: 'Seen' };
    const made = await make('Seen');
    const created = await newestEvent('Seen');
    expect(created).toMatchObject({ ...keys, action: 'CREATE' });
    expect(created.environmentKey).toBeUndefined();
    expect(Object.keys(created.data)).toEqual(
      'archived clientAvailability createdTime desc disabledServe key modifiedBy modifiedTime name permanent returnType tags variations'.split(
        ' ',
      ),
    );
    expect(created.data.createdTime).toBe(Date.parse(made.createdTime));
    for (const [action, path, body, changes] of [
      ['UPDATE', '', { desc: 'd' }, [{ path: '/desc', from: '', to: 'd' }]],
      ['OFFLINE', '/offline', undefined, [{ path: '/archived', from: false, to: true }]],
      ['RESTORE', '/restore', undefined, [{ path: '/archived', from: true, to: false }]],
    ] as const) {
      const answer = await owner.ok('PATCH', `/api/projects/SHOP/toggles/seen${path}`, body);
      const event = await newestEvent('Seen');
      expect(event).toMatchObject({ ...keys, action, changes });
      expect(event.data.modifiedTime).toBe(Date.parse(answer.modifiedTime));
    }
  });

  it('get their targeting in environments that are made or come back later', async () => {
    await make('early');
    await make('archived-early');
    await owner.ok('PATCH', `${BASE}/archived-early/offline`);
    const environments = '/api/projects/shop/environments';
    await owner.ok('POST', environments, { key: 'young', name: 'Young' });
    const targeting = (key: string): Promise<Json> =>
      owner.ok('GET', `${environments}/young/toggles/${key}/targeting`);
    expect(await targeting('early')).toMatchObject({ version: 1, disabled: true });
    expect(await targeting('archived-early')).toMatchObject({ version: 1, disabled: true });
    await owner.ok('PATCH', `${environments}/young/offline`);
    await make('meanwhile');
    expect((await owner.get(`${BASE}?environmentKey=young`)).body.code).toBe('not_found');
    await owner.ok('PATCH', `${environments}/young/restore`);
    expect(await targeting('meanwhile')).toMatchObject({ version: 1, content: { variations: VARIATIONS } });
    const history = await owner.ok('GET', `${environments}/young/toggles/early/targeting/versions`);
    expect(history.totalElements).toBe(1);
  });

  describe('in a list', () => {
    const list = (query: string): Promise<Json> => owner.ok('GET', `/api/projects/lists/toggles?${query}`);
    const keys = async (query: string): Promise<string[]> =>
      (await list(query)).content.map(({ key }: Json) => key);

    beforeAll(async () => {
      await owner.ok('POST', '/api/projects', { key: 'lists', name: 'Lists' });
      for (const [key, more] of Object.entries({
        a: { permanent: true },
        b: { desc: 'with a Needle' },
        'c-needle': { permanent: true },
        d: {},
        e: { permanent: true, name: 'E needle' },
      }))
        await owner.ok('POST', '/api/projects/lists/toggles', wanted(key, { name: `N ${key}`, ...more }));
      for (const key of ['b', 'c-needle']) {
        const path = `/api/projects/lists/environments/online/toggles/${key}/targeting`;
        await owner.ok('PATCH', path, { disabled: false, content: { defaultServe: { select: 1 } } });
      }
      await owner.ok('PATCH', '/api/projects/lists/toggles/d/offline');
    });

    it('come newest first, with their state in the environment', async () => {
      const page = await list('environmentKey=online');
      expect(page.content.map(({ key }: Json) => key)).toEqual(['e', 'c-needle', 'b', 'a']);
      expect(page.content[1]).toEqual({
        name: 'N c-needle',
        key: 'c-needle',
        permanent: true,
        returnType: 'boolean',
        desc: '',
        tags: [],
        disabled: false,
        locked: false,
        releaseStatus: 'RELEASE',
        modifiedTime: expect.any(String),
        modifiedBy: 'Admin',
      });
      expect(await list('environmentKey=online&pageIndex=1&pageSize=3')).toMatchObject({
        totalElements: 4,
        totalPages: 2,
        number: 1,
        numberOfElements: 1,
        last: true,
        content: [{ key: 'a' }],
      });
    });

    it('come without it, and unfiltered, where no environment is named', async () => {
      const page = await list('disabled=true&keyword=nothing&archived=true&tags[0]=x&pageSize=3');
      expect(page.content.map(({ key }: Json) => key)).toEqual(['e', 'c-needle', 'b']);
      expect(page.totalElements).toBe(4);
      expect(Object.keys(page.content[0]).sort()).toEqual(
        'desc key modifiedBy modifiedTime name permanent returnType'.split(' '),
      );
    });

    it.each([
      ['disabled=false', ['c-needle', 'b']],
      ['disabled=true', ['e', 'a']],
      ['permanent=true', ['e', 'c-needle', 'a']],
      ['keyword=NEEDLE', ['e', 'c-needle', 'b']],
      ['keyword=needle&permanent=true&disabled=false', ['c-needle']],
      ['keyword=nothing&permanent=true', []],
      ['archived=true', ['d']],
      ['archived=true&disabled=false', []],
      ['archived=&keyword=&disabled=&visitFilter=&related=', ['e', 'c-needle', 'b', 'a']],
      ['releaseStatusList[0]=RELEASE&releaseStatusList[1]=REJECT&permanent=false', ['b']],
      ['releaseStatusList=PENDING_APPROVAL,REJECT', []],
      ['tags[0]=web', []],
      ['visitFilter=NOT_VISITED&permanent=false', ['b']],
      ['visitFilter=IN_WEEK_VISITED', []],
      ['visitFilter=OUT_WEEK_VISITED', []],
    ])('are narrowed by %s', async (query, expected) => {
      expect(await keys(`environmentKey=ONLINE&${query}`)).toEqual(expected);
    });

    it('are narrowed to those that the caller has to do with', async () => {
      const dataSource = flagpost.app.get(DataSource);
      for (const table of ['toggle', 'targeting'])
        await dataSource.query(`UPDATE ${table} SET created_by = 'bob', modified_by = 'bob'`);
      await dataSource.query("UPDATE targeting_version SET created_by = 'bob' WHERE version = 1");
      expect(await keys('environmentKey=online&related=true')).toEqual(['c-needle', 'b']);
      await owner.ok('PATCH', '/api/projects/lists/toggles/a', { permanent: true });
      expect(await keys('environmentKey=online&related=true&permanent=true')).toEqual(['c-needle', 'a']);
      expect(await keys('environmentKey=online&related=false&disabled=true')).toEqual(['e', 'a']);
    });

    it('take as many statements as one toggle would', async () => {
      const { logger } = flagpost.app.get(UnitOfWork).reader.dataSource;
      const queries: string[] = [];
      const original = logger.logQuery.bind(logger);
      logger.logQuery = (query) => void queries.push(query);
      await list('environmentKey=online&keyword=n&disabled=true&pageSize=1').finally(
        () => (logger.logQuery = original),
      );
      expect(queries.filter((query) => /FROM .toggle./.test(query))).toHaveLength(3);
      // The server's own looks for what is due go on meanwhile.
      expect(queries.filter((query) => !/FROM (lane|.replay.)/.test(query)).length).toBeLessThan(8);
    });
  });

  it.each<[string, object, string]>([
    ['no name', { name: undefined }, 'name is required'],
    ['a NUL in the description', { desc: 'a\0' }, 'desc must not contain control characters'],
    ['a key with a slash', { key: 'a/b' }, 'key must be'],
    ['no availability', { clientAvailability: undefined }, 'clientAvailability must be true or false'],
    ['a text as availability', { clientAvailability: 'true' }, 'clientAvailability must be true or false'],
    ['an unknown type', { returnType: 'date' }, 'returnType must be one of'],
    ['no variations', { variations: undefined }, 'variations is required'],
    ['null variations', { variations: null }, 'variations is required'],
    ['an object as variations', { variations: {} }, 'variations must be a list'],
    ['empty variations', { variations: [] }, 'variations must have at least one entry'],
    ['a number as variation', { variations: [1] }, 'variations[0] must be an object'],
    ['a number as value', { variations: [{ value: 1 }] }, 'variations[0].value must be a string'],
    ['a value of another type', { variations: [{ value: 'yes' }] }, 'variations[0].value must be "true" or'],
    ['a broken number', { returnType: 'number', variations: [{ value: '1x' }] }, 'variations[0].value must'],
    ['a scalar as JSON', { returnType: 'json', variations: [{ value: '1' }] }, 'variations[0].value must'],
    ['too many', { variations: Array(21).fill(VARIATIONS[0]) }, 'variations must have at most 20 entries'],
    [
      'a huge value',
      { returnType: 'string', variations: [{ value: 'x'.repeat(1_048_576) }] },
      'variations is',
    ],
    ['a position too far', { disabledServe: 2 }, 'disabledServe must be the position of a variation'],
    ['a negative position', { disabledServe: -1 }, 'disabledServe must be the position of a variation'],
    ['half a position', { disabledServe: 0.5 }, 'disabledServe must be a whole number'],
    ['a text as permanent', { permanent: 'no' }, 'permanent must be true or false'],
  ])('are refused with %s', async (_what, more, message) => {
    const answer = await owner.post(BASE, wanted('refused', more));
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toContain(message);
    expect((await owner.get(`${BASE}/refused`)).body).toEqual(missing('refused'));
  });

  it.each<[string, string]>([
    ['environmentKey=nope', 'Environment nope not found'],
    ['environmentKey[a]=b', 'environmentKey must be text'],
    ['environmentKey=online&disabled=1', 'disabled must be true or false'],
    ['environmentKey=online&visitFilter=NEVER', 'visitFilter must be one of'],
    ['environmentKey=online&releaseStatusList=DONE', 'releaseStatusList must'],
    ['environmentKey=online&tags[a]=b', 'tags must be a list'],
    ['environmentKey=online&keyword[]=a', 'keyword must be text'],
    ['pageIndex=-1', 'pageIndex must be at least'],
  ])('answer 400 when asked for %s', async (query, message) => {
    const answer = await owner.get(`${BASE}?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });
});
