import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const TOGGLES = '/api/projects/shop/toggles';

interface Row {
  readonly key: string;
  readonly tags: string[];
  readonly permanent: boolean;
  readonly enabled: boolean;
  readonly archived: boolean;
  readonly desc: string;
}

/** Every combination of what is filtered by, so that a filter that is left out, or joined by OR, shows. */
const ROWS: Row[] = Array.from({ length: 32 }, (_, index) => ({
  key: `t${String(index).padStart(2, '0')}`,
  tags: [['web'], ['beta'], ['web', 'beta'], []][index % 4]!,
  permanent: index % 8 < 4,
  enabled: index % 16 < 8,
  archived: index >= 28,
  desc: index % 3 === 0 ? 'has a Needle' : '',
}));

describe.each(DATABASES)('filters of toggles on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let bob: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: 'Bob12345' });
    bob = await flagpost.anonymous.login('bob', 'Bob12345');
    for (const key of ['shop', 'other']) await owner.ok('POST', '/api/projects', { key, name: key });
    await owner.ok('POST', '/api/projects/shop/environments', { key: 'stage', name: 'Stage' });
    for (const name of ['web', 'beta']) {
      for (const project of ['shop', 'other'])
        await owner.ok('POST', `/api/projects/${project}/tags`, { name });
    }
    for (const row of ROWS) await makeToggle(owner, 'shop', row);
    for (const { key, enabled } of ROWS.filter((row) => row.enabled))
      await owner.ok('PATCH', targeting(key), { disabled: !enabled });
    for (const { key } of ROWS.filter(({ archived }) => archived))
      await owner.ok('PATCH', `${TOGGLES}/${key}/offline`);
  });

  afterAll(() => flagpost.stop());

  const targeting = (key: string, environment = 'online'): string =>
    `/api/projects/shop/environments/${environment}/toggles/${key}/targeting`;

  async function makeToggle(client: ApiClient, project: string, row: Partial<Row>): Promise<void> {
    await client.ok('POST', `/api/projects/${project}/toggles`, {
      name: `Name of ${row.key}`,
      clientAvailability: true,
      returnType: 'boolean',
      disabledServe: 0,
      variations: [{ value: 'false' }, { value: 'true' }],
      ...row,
    });
  }

  const list = (query: string, client = owner): Promise<Json> =>
    client.ok('GET', `${TOGGLES}?environmentKey=online&${query}`);
  const keys = async (query: string, client = owner): Promise<string[]> =>
    (await list(query, client)).content.map(({ key }: Json) => key);

  /** The keys of the rows that `wanted` holds for, newest first. */
  const expected = (wanted: (row: Row) => boolean): string[] =>
    ROWS.filter(wanted)
      .map(({ key }) => key)
      .reverse();

  const CRITERIA: [string, (row: Row) => boolean][] = [
    ['disabled=false', ({ enabled }) => enabled],
    ['disabled=true', ({ enabled }) => !enabled],
    ['permanent=true', ({ permanent }) => permanent],
    ['tags[0]=WEB', ({ tags }) => tags.includes('web')],
    ['tags[0]=web&tags[1]=beta&tags[2]=nope', ({ tags }) => tags.length > 0],
    ['keyword=NEEDLE', ({ desc }) => desc !== ''],
    ['releaseStatusList[0]=RELEASE', () => true],
    ['releaseStatusList[0]=REJECT&releaseStatusList[1]=PENDING_RELEASE', () => false],
    ['visitFilter=NOT_VISITED', () => true],
    ['visitFilter=IN_WEEK_VISITED', () => false],
    ['related=true', () => true],
  ];
  const PAIRS = CRITERIA.flatMap(([left, holdsLeft], index) =>
    CRITERIA.slice(index).map(([right, holdsRight]) => ({
      query: left === right ? left : `${left}&${right}`,
      // A pair that sets one name twice would ask for something else.
      clash: left !== right && left.split(/[=[]/)[0] === right.split(/[=[]/)[0],
      holds: (row: Row) => holdsLeft(row) && holdsRight(row),
    })),
  ).filter(({ clash }) => !clash);

  it.each(PAIRS.map(({ query, holds }) => [query, holds] as const))(
    'hold all at once: %s',
    async (query, holds) => {
      for (const archived of [false, true]) {
        const wanted = expected((row) => row.archived === archived && holds(row));
        const page = await list(`archived=${archived}&${query}&pageSize=5`);
        expect(page.content.map(({ key }: Json) => key)).toEqual(wanted.slice(0, 5));
        expect(page).toMatchObject({
          totalElements: wanted.length,
          totalPages: Math.ceil(wanted.length / 5),
          last: wanted.length <= 5,
        });
      }
    },
  );

  it('page through what they leave', async () => {
    const wanted = expected(({ archived, tags, enabled }) => !archived && enabled && tags.includes('beta'));
    const query = 'disabled=false&tags=beta,nope&pageSize=3';
    const pages = await Promise.all([0, 1, 2, 3].map((index) => list(`${query}&pageIndex=${index}`)));
    expect(pages.flatMap(({ content }) => content.map(({ key }: Json) => key))).toEqual(wanted);
    expect(pages.map(({ totalElements }) => totalElements)).toEqual(Array(4).fill(wanted.length));
    expect(pages.at(-1)).toMatchObject({ empty: true, number: 3, last: true });
  });

  it('count by the state alone what is archived and what is not', async () => {
    for (const [query, holds] of CRITERIA.slice(0, 2)) {
      const live = expected((row) => !row.archived && holds(row));
      expect((await list(`${query}&pageSize=2`)).totalElements).toBe(live.length);
      const all = await list(`${query}&releaseStatusList=RELEASE,REJECT&pageIndex=100`);
      expect(all).toMatchObject({ totalElements: live.length, numberOfElements: 0 });
    }
  });

  it('are of one environment', async () => {
    await owner.ok('PATCH', targeting('t31', 'stage').replace('t31', 't08'), { disabled: false });
    const inStage = await owner.ok('GET', `${TOGGLES}?environmentKey=stage&disabled=false`);
    expect(inStage.content.map(({ key }: Json) => key)).toEqual(['t08']);
    expect(await keys('disabled=true&keyword=t08')).toEqual(['t08']);
  });

  it('take toggles of the project only, be there others of the same key and tags', async () => {
    await makeToggle(owner, 'other', { key: 't00', tags: ['web', 'beta'] });
    const page = await owner.ok('GET', '/api/projects/other/toggles?environmentKey=online&tags[0]=web');
    expect(page.content).toMatchObject([{ key: 't00', tags: ['web', 'beta'] }]);
    expect((await list('tags[0]=web&keyword=t00')).content).toMatchObject([{ tags: ['web'] }]);
  });

  it('find what the caller made, changed or published, here and in this environment', async () => {
    expect(await keys('related=true', bob)).toEqual([]);
    await makeToggle(bob, 'shop', { key: 'bobs' });
    await makeToggle(bob, 'other', { key: 't05' });
    await bob.ok('PATCH', `${TOGGLES}/t01`, { desc: 'by Bob', permanent: true });
    await bob.ok('PATCH', targeting('t02'), { disabled: true });
    await owner.ok('PATCH', targeting('t02'), { disabled: false });
    await bob.ok('PATCH', targeting('t03'), { trackAccessEvents: true });
    await bob.ok('PATCH', targeting('t04', 'stage'), { disabled: true });
    expect(await keys('related=true', bob)).toEqual(['bobs', 't03', 't02', 't01']);
    expect(await keys('related=true&disabled=false', bob)).toEqual(['t03', 't02', 't01']);
    expect(await keys('related=true&keyword=bob', bob)).toEqual(['bobs', 't01']);
    const paged = await list('related=true&pageSize=1&pageIndex=1', bob);
    expect(paged).toMatchObject({ totalElements: 4, content: [{ key: 't03' }] });
    const inStage = await bob.ok('GET', `${TOGGLES}?environmentKey=stage&related=true`);
    expect(inStage.content.map(({ key }: Json) => key)).toEqual(['bobs', 't04', 't01']);
  });

  it('take wildcards and quotes of a keyword literally', async () => {
    await makeToggle(owner, 'shop', { key: 'odd', desc: `100% 'of' "all" !_ \\ 界🚩` });
    for (const keyword of ['100%', `'of' "all"`, '!_', '\\ 界', '🚩'])
      expect(await keys(`keyword=${encodeURIComponent(keyword)}`)).toEqual(['odd']);
    for (const keyword of ['1%0', 't0_', '%%', '界界'])
      expect(await keys(`keyword=${encodeURIComponent(keyword)}`)).toEqual([]);
  });

  it('take as many statements for a page of thirty as for one of three, tags included', async () => {
    const { logger } = flagpost.app.get(UnitOfWork).reader.dataSource;
    const statements = async (pageSize: number): Promise<number> => {
      const queries: string[] = [];
      const original = logger.logQuery.bind(logger);
      logger.logQuery = (query) => void queries.push(query);
      await list(`permanent=false&pageSize=${pageSize}`).finally(() => (logger.logQuery = original));
      // The worker and others ask, too, meanwhile.
      return queries.filter((query) => /toggle|targeting|approval/.test(query)).length;
    };
    const few = await statements(3);
    expect(await statements(10)).toBe(few);
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThan(7);
  });

  it('show how long a toggle has been there only once it should be gone', async () => {
    const dataSource = flagpost.app.get(DataSource);
    const age = 'UPDATE toggle SET created_at = created_at - ? WHERE name = ?';
    await dataSource.query(age, [31 * 86_400_000, 'Name of t12']);
    await dataSource.query(age, [30 * 86_400_000 - 60_000, 'Name of t13']);
    await dataSource.query(age, [40 * 86_400_000, 'Name of t08']);
    const useDays = async (keyword: string): Promise<unknown> =>
      (await list(`keyword=${keyword}`)).content[0].useDays;
    expect([await useDays('t12'), await useDays('t13'), await useDays('t08')]).toEqual([
      31,
      undefined,
      undefined,
    ]);
    const oldestLast = await keys('permanent=false&pageSize=100');
    expect(oldestLast.at(-1)).toBe('t12');
  });
});
