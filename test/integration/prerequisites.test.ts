import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referToPrerequisites } from '../../migrations/0007-create-tags-and-prerequisites.js';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const CYCLE = 'Toggle exist dependency cycle';
const TOO_DEEP = 'Dependency depth exceeds maximum limit';

const on = (...keys: string[]): object => ({
  content: { prerequisites: keys.map((key) => ({ key, value: 'true', type: 'boolean' })) },
});

describe.each(DATABASES)('prerequisites on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let prefix: string;
  let count = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });

  afterAll(() => flagpost.stop());

  // Each test has toggles of its own.
  beforeEach(() => {
    count += 1;
    prefix = `T${count}`;
  });

  const path = (key: string, environment = 'online'): string =>
    `${PROJECT}/environments/${environment}/toggles/${key}/targeting`;

  async function make(...names: string[]): Promise<string[]> {
    const keys = names.map((name) => `${prefix}-${name}`);
    for (const key of keys) {
      await owner.ok('POST', `${PROJECT}/toggles`, {
        key,
        name: `Name of ${key}`,
        clientAvailability: true,
        returnType: 'boolean',
        disabledServe: 0,
        variations: VARIATIONS,
      });
    }
    return keys;
  }

  const chainOf = (length: number): string[] => Array.from({ length }, (_, index) => String(index));

  const depend = (key: string, ...parents: string[]): Promise<Answer> =>
    owner.patch(path(key), on(...parents));

  /** Makes each depend on the next, the last first. */
  async function link(keys: readonly string[]): Promise<void> {
    for (let index = keys.length - 2; index >= 0; index -= 1)
      await owner.ok('PATCH', path(keys[index]!), on(keys[index + 1]!));
  }

  const dependentsOf = async (key: string, environment = 'online'): Promise<string[]> =>
    (await owner.ok('GET', `${path(key, environment)}/prerequisite/dependencies`)).content.map(
      (dependent: Json) => dependent.key,
    );

  const refused = ({ status, body }: Answer): [number, string, string] => [status, body.code, body.message];

  it('are known from both sides after every publishing, and forgotten when they go', async () => {
    const [a, b, c] = (await make('a', 'b', 'c')) as [string, string, string];
    await depend(a, b, c);
    expect(await owner.ok('GET', `${path(b.toLowerCase())}/prerequisite/dependencies`)).toMatchObject({
      content: [{ name: `Name of ${a}`, key: a, disabled: true, dependentValue: 'true' }],
      totalElements: 1,
      pageable: { pageNumber: 0 },
    });
    await owner.ok('PATCH', path(a), {
      content: { prerequisites: [{ key: b, value: 'false', type: 'boolean' }] },
    });
    const [dependent] = (await owner.ok('GET', `${path(b)}/prerequisite/dependencies`)).content;
    expect(dependent.dependentValue).toBe('false');
    expect(await dependentsOf(c)).toEqual([]);
    await owner.ok('PATCH', path(a), { disabled: true });
    await owner.ok('PATCH', path(a), { content: { rules: [] } });
    expect(await dependentsOf(b)).toEqual([a]);
    await depend(c, b);
    expect(await dependentsOf(b)).toEqual([c, a]);
    const second = await owner.ok('GET', `${path(b)}/prerequisite/dependencies?pageIndex=1&pageSize=1`);
    expect(second).toMatchObject({ totalElements: 2, totalPages: 2, content: [{ key: a }] });
    await owner.ok('PATCH', `${PROJECT}/toggles/${c}/offline`);
    expect(await dependentsOf(b)).toEqual([a]);
    await owner.ok('PATCH', path(a), { content: { prerequisites: [] } });
    expect(await dependentsOf(b)).toEqual([]);
    await owner.ok('PATCH', `${PROJECT}/toggles/${c}/restore`);
    expect(await dependentsOf(b)).toEqual([c]);
    await owner.ok('PATCH', path(c), { content: { prerequisites: null } });
    expect(await dependentsOf(b)).toEqual([c]);
  });

  it('are checked no less for rows that are there when a publishing is refused', async () => {
    const [a, b, c] = (await make('a', 'b', 'c')) as [string, string, string];
    await depend(a, b);
    expect((await depend(a, c, 'nope')).body.message).toContain(
      'content.prerequisites[1].key names no toggle',
    );
    expect(await dependentsOf(b)).toEqual([a]);
    expect(await dependentsOf(c)).toEqual([]);
  });

  it('may not lead back to the toggle, however far', async () => {
    const keys = await make(...chainOf(6));
    await link(keys);
    const [first, , , , , last] = keys as [string, string, string, string, string, string];
    const way = [last, ...keys].join(' → ');
    expect(refused(await depend(last, first))).toEqual([400, 'invalid_request', `${CYCLE}: ${way}`]);
    const chinese = await new ApiClient(owner.baseUrl, {
      ...owner.headers,
      'Accept-Language': 'zh-CN',
    }).patch(path(last), on(first));
    expect(chinese.body.message).toBe(`开关之间存在循环依赖：${way}`);
    expect(await dependentsOf(first)).toEqual([]);
    // Archived toggles come back as they were: their dependencies count.
    await owner.ok('PATCH', `${PROJECT}/toggles/${keys[3]}/offline`);
    expect((await depend(last, first)).body.message).toContain(CYCLE);
    await owner.ok('PATCH', `${PROJECT}/toggles/${keys[3]}/restore`);
    await owner.ok('PATCH', path(keys[3]!), { content: { prerequisites: [] } });
    expect((await depend(last, first)).status).toBe(200);
  });

  it('may be shared: two ways to the same toggle are no cycle', async () => {
    const [top, left, right, bottom] = (await make('top', 'left', 'right', 'bottom')) as [
      string,
      string,
      string,
      string,
    ];
    await depend(left, bottom);
    await depend(right, bottom);
    expect((await depend(top, left, right, bottom)).status).toBe(200);
    expect(await dependentsOf(bottom)).toEqual([right, left, top]);
  });

  it('may make chains of 20 toggles, whichever end grows', async () => {
    const keys = await make(...chainOf(21));
    await link(keys.slice(1));
    const tooDeep = [400, 'invalid_request', `${TOO_DEEP}: a chain of dependencies may have 20 toggles`];
    expect(refused(await depend(keys[0]!, keys[1]!))).toEqual(tooDeep);
    expect((await depend(keys[0]!, keys[2]!)).status).toBe(200);
    const [below] = await make('below');
    expect(refused(await depend(keys[20]!, below!))).toEqual(tooDeep);
    // In the middle: eleven above, ten below.
    await owner.ok('PATCH', path(keys[10]!), { content: { prerequisites: [] } });
    expect((await depend(keys[20]!, below!)).status).toBe(200);
    expect(refused(await depend(keys[10]!, keys[11]!))).toEqual(tooDeep);
    expect((await depend(keys[10]!, keys[12]!)).status).toBe(200);
  });

  it('can be taken away, and the toggle switched, in a chain that became too deep or a cycle', async () => {
    const [a, b] = (await make('a', 'b')) as [string, string];
    await depend(a, b);
    const sql = `UPDATE targeting SET content = (SELECT content FROM (SELECT content, id FROM targeting) other WHERE other.id = ?)
      WHERE id = ?`;
    const [ofA, ofB] = await Promise.all([a, b].map(targetingId));
    await flagpost.app.get(DataSource).query(sql, [ofA, ofB]);
    await owner.ok('PATCH', path(b), { disabled: false });
    await owner.ok('PATCH', path(a), { content: { prerequisites: [] } });
  });

  async function targetingId(key: string): Promise<number> {
    const query = 'SELECT targeting.id FROM targeting JOIN toggle ON toggle.id = toggle_id WHERE name = ?';
    const [row] = await flagpost.app.get(DataSource).query(query, [`Name of ${key}`]);
    return row.id;
  }

  it('that were published before there were rows of them get theirs when the database is migrated', async () => {
    const [a, b, c] = (await make('a', 'b', 'c')) as [string, string, string];
    await depend(a, b, c);
    await depend(c, b);
    const dataSource = flagpost.app.get(DataSource);
    await dataSource.query('DELETE FROM prerequisite');
    expect(await dependentsOf(b)).toEqual([]);
    const runner = dataSource.createQueryRunner();
    try {
      await referToPrerequisites(runner);
    } finally {
      await runner.release();
    }
    expect(await dependentsOf(b)).toEqual([c, a]);
    expect(await dependentsOf(c)).toEqual([a]);
  });

  it.each([2, 3, 8])('of %i toggles at once never close a cycle', async (size) => {
    const keys = await make(...chainOf(size));
    const answers = await Promise.all(keys.map((key, index) => depend(key, keys[(index + 1) % size]!)));
    const failed = answers.filter(({ status }) => status !== 200);
    expect(failed).toHaveLength(1);
    expect(failed[0]!.body.message).toContain(CYCLE);
  });

  it('of two halves of a chain at once never get too deep together', async () => {
    const keys = await make(...chainOf(22));
    await link(keys.slice(0, 11));
    await link(keys.slice(11));
    const [middle] = await make('middle');
    const answers = await Promise.all([depend(keys[10]!, middle!), depend(middle!, keys[11]!)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(answers.map(({ body }) => body.message ?? '').join('')).toContain(TOO_DEEP);
  });

  it('are an affair of each environment, and are copied with it', async () => {
    const [a, b] = (await make('a', 'b')) as [string, string];
    await depend(a, b);
    const environments = `${PROJECT}/environments`;
    await owner.ok('POST', environments, { key: `copy${count}`, name: `copy${count}`, copyFrom: 'online' });
    await owner.ok('POST', environments, { key: `fresh${count}`, name: `fresh${count}` });
    expect(await dependentsOf(b, `copy${count}`)).toEqual([a]);
    expect((await owner.patch(path(b, `copy${count}`), on(a))).body.message).toContain(CYCLE);
    expect(await dependentsOf(b, `fresh${count}`)).toEqual([]);
    expect((await owner.patch(path(b, `fresh${count}`), on(a))).status).toBe(200);
    await owner.ok('PATCH', path(a), { content: { prerequisites: [] } });
    expect(await dependentsOf(b, `copy${count}`)).toEqual([a]);
  });

  it('are kept by an approved change, too, and checked when it is submitted and when it is published', async () => {
    const [a, b, c] = (await make('a', 'b', 'c')) as [string, string, string];
    const environmentKey = `guarded${count}`;
    await owner.ok('POST', `${PROJECT}/environments`, { key: environmentKey, name: environmentKey });
    await owner.ok('PATCH', path(c, environmentKey), on(b));
    const setApproval = (enable: boolean): Promise<Json> =>
      owner.ok('PATCH', `${PROJECT}/approvalSettings`, {
        approvalSettings: [{ environmentKey, enable, reviewers: ['Admin'] }],
      });
    await setApproval(true);
    const submit = (key: string, body: object): Promise<Answer> =>
      owner.post(`${path(key, environmentKey)}/approval`, { ...body, disabled: true, comment: 'please' });
    const decide = (key: string, step: string, body?: object): Promise<Answer> =>
      owner.patch(`${path(key, environmentKey)}/${step}`, body);
    expect((await submit(b, on(c))).body.message).toContain(CYCLE);
    for (const [key, parent] of [
      [a, c],
      [b, a],
    ] as const) {
      expect((await submit(key, on(parent))).status).toBe(200);
      expect((await decide(key, 'approvalStatus', { status: 'PASS' })).status).toBe(200);
    }
    expect((await decide(a, 'sketch/publish')).status).toBe(200);
    expect(await dependentsOf(c, environmentKey)).toEqual([a]);
    expect((await decide(b, 'sketch/publish')).body.message).toContain(CYCLE);
    expect(await dependentsOf(a, environmentKey)).toEqual([]);
  });

  it('are chosen among the other toggles in use, as they are in the environment', async () => {
    const [a, b, c, archived] = (await make('a', 'b', 'c', 'd')) as [string, string, string, string];
    await owner.ok('PATCH', `${PROJECT}/toggles/${archived}/offline`);
    const variations = [...VARIATIONS].reverse();
    await owner.ok('PATCH', path(b), {
      disabled: false,
      content: { variations, defaultServe: { select: 0 } },
    });
    const candidates = async (query: string): Promise<Json[]> =>
      owner.ok('GET', `${path(a)}/prerequisite/toggles?${query}`);
    const all = (await candidates('')).map(({ key }) => key);
    expect(all.slice(0, 2)).toEqual([c, b]);
    expect(all).not.toContain(a);
    expect(all).not.toContain(archived);
    expect(await candidates(`key=${b.toUpperCase()}`)).toEqual([
      { name: `Name of ${b}`, key: b, returnType: 'boolean', disabled: false, variations },
    ]);
    for (const none of [`key=${a}`, `key=${archived}`, 'key=nope', 'key=%', `key=${b}&likeNameAndKey=-c`])
      expect(await candidates(none)).toEqual([]);
    const found = async (query: string): Promise<string[]> => (await candidates(query)).map(({ key }) => key);
    expect(await found(`likeNameAndKey=${prefix}-`)).toEqual([c, b]);
    expect(await found(`likeNameAndKey=NAME%20of%20${prefix}-B`)).toEqual([b]);
    expect(await found(`likeNameAndKey=${prefix}_`)).toEqual([]);
    expect(await found(`key=&likeNameAndKey=`)).toEqual(all);
  });

  it('show in the event of their publishing', async () => {
    const [a, b] = (await make('a', 'b')) as [string, string];
    await depend(a, b);
    const feed = await owner.ok('GET', `/api/events?toggleKey=${a}&limit=5`);
    expect(feed.content[0]).toMatchObject({
      action: 'PUBLISH',
      data: { content: { prerequisites: [{ key: b, value: 'true', type: 'boolean' }] } },
    });
    expect((await depend(b, a)).status).toBe(400);
    expect((await owner.ok('GET', `/api/events?toggleKey=${b}&action=PUBLISH&limit=5`)).content).toEqual([]);
  });

  it('answer 400 for what is not there or can not be', async () => {
    const [a] = (await make('a')) as [string];
    for (const route of ['toggles', 'dependencies']) {
      for (const [wrong, message] of [
        [path('nope'), 'Toggle nope not found'],
        [path(a, 'nope'), 'Environment nope not found'],
        [path(a).replace('shop', 'nope'), 'Project nope not found'],
      ] as const)
        expect((await owner.get(`${wrong}/prerequisite/${route}`)).body).toEqual({
          code: 'not_found',
          message,
        });
    }
    for (const query of ['toggles?key[]=a', 'toggles?likeNameAndKey[x]=a', 'dependencies?pageSize=0'])
      expect((await owner.get(`${path(a)}/prerequisite/${query}`)).body.code).toBe('invalid_request');
  });
});
