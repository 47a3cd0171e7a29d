import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { readOperations, type ApiOperation } from '../support/open-api.js';
import {
  brief,
  CONFLICT,
  expectFields,
  expectInvalid,
  missing,
  newToggle,
  PAGE_FIELDS,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const TARGETING = `${PROJECT}/environments/online/toggles/t/targeting`;
const SORT = { empty: false, sorted: true, unsorted: false };

/** Every route that answers a page, each with rows or without. */
const PAGES = [
  `${PROJECT}/toggles`,
  `${PROJECT}/toggles?environmentKey=online`,
  `${PROJECT}/segments`,
  `${PROJECT}/segments/s/toggles`,
  `${PROJECT}/segments/s/versions`,
  `${TARGETING}/versions`,
  `${TARGETING}/prerequisite/dependencies`,
  '/api/members',
  '/api/tokens?type=PERSON',
  '/api/webhooks',
  '/api/approvalRecords?type=APPLY',
];

/** Keys of the walk, by their name in paths, and what the message calls their resource. */
const RESOURCES: Record<string, [string, string]> = {
  projectKey: ['shop', 'Project'],
  environmentKey: ['online', 'Environment'],
  toggleKey: ['t', 'Toggle'],
  segmentKey: ['s', 'Segment'],
};

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', '/api/projects', { key: 'many', name: 'Many' });
    await owner.ok('POST', `${PROJECT}/toggles`, newToggle('t'));
    await owner.ok('POST', `${PROJECT}/segments`, { key: 's', name: 'S' });
    for (let index = 0; index < 13; index += 1)
      await owner.ok('POST', '/api/projects/many/segments', { key: `k${index}`, name: `K${index}` });
  });
  afterAll(() => flagpost.stop());

  const withQuery = (path: string, query: string): string => path + (path.includes('?') ? '&' : '?') + query;

  describe('2.0 Paging, search, exists', () => {
    it.each(PAGES)('%s answers a page of exactly these fields', async (path) => {
      const page = await owner.ok('GET', path);
      expectFields(page, PAGE_FIELDS);
      expect(page).toMatchObject({
        pageable: { sort: SORT, offset: 0, pageNumber: 0, pageSize: 10, paged: true, unpaged: false },
        totalElements: page.content.length,
        totalPages: page.content.length === 0 ? 0 : 1,
        first: true,
        last: true,
        size: 10,
        number: 0,
        numberOfElements: page.content.length,
        sort: SORT,
        empty: page.content.length === 0,
      });
      expectFields(page.pageable, 'sort offset pageNumber pageSize paged unpaged');
    });

    it.each(PAGES)('%s refuses a negative index and a size of zero', async (path) => {
      expectInvalid(await owner.get(withQuery(path, 'pageIndex=-1')), 'pageIndex');
      expectInvalid(await owner.get(withQuery(path, 'pageSize=0')), 'pageSize');
      expectInvalid(await owner.get(withQuery(path, 'pageSize=-5')), 'pageSize');
      expectInvalid(await owner.get(withQuery(path, 'pageIndex=x')), 'pageIndex');
      expectInvalid(await owner.get(withQuery(path, 'pageSize=1.5')), 'pageSize');
    });

    it.each(PAGES)('%s is empty beyond its end, and counts on', async (path) => {
      const first = await owner.ok('GET', path);
      const page = await owner.ok('GET', withQuery(path, 'pageIndex=7&pageSize=2'));
      expect(page).toMatchObject({
        content: [],
        empty: true,
        number: 7,
        size: 2,
        numberOfElements: 0,
        first: false,
        last: true,
        totalElements: first.totalElements,
        totalPages: Math.ceil(first.totalElements / 2),
        pageable: { offset: 14, pageNumber: 7, pageSize: 2 },
      });
    });

    it('pages hold 10 from index 0 unless asked otherwise, newest first, and cover everything once', async () => {
      const path = '/api/projects/many/segments';
      const first = await owner.ok('GET', path);
      expect(first).toMatchObject({ totalElements: 13, totalPages: 2, first: true, last: false, size: 10 });
      expect(first.content[0].key).toBe('k12');
      const keys: string[] = [];
      for (let pageIndex = 0; pageIndex < 4; pageIndex += 1) {
        const page = await owner.ok('GET', `${path}?pageIndex=${pageIndex}&pageSize=4`);
        expect([page.first, page.last]).toEqual([pageIndex === 0, pageIndex === 3]);
        keys.push(...page.content.map(({ key }: Json) => key));
      }
      expect(keys).toEqual(Array.from({ length: 13 }, (_, index) => `k${12 - index}`));
    });

    it.each(['/api/projects', `${PROJECT}/environments`, `${PROJECT}/toggles`, `${PROJECT}/segments`])(
      '%s/exists answers success when free, conflict when taken, by KEY and NAME',
      async (path) => {
        const list = await owner.ok('GET', path);
        const [{ key, name }] = list.content ?? list;
        expect(await owner.ok('GET', `${path}/exists?type=KEY&value=free`)).toEqual({ message: 'success' });
        expect(await owner.ok('GET', `${path}/exists?type=NAME&value=free`)).toEqual({ message: 'success' });
        const query = (type: string, value: string): string =>
          `${path}/exists?type=${type}&value=${encodeURIComponent(value)}`;
        expect(brief(await owner.get(query('KEY', key)))).toEqual(CONFLICT);
        expect(brief(await owner.get(query('NAME', name)))).toEqual(CONFLICT);
        expect(brief(await owner.get(query('KEY', key.toUpperCase())))).toEqual(CONFLICT);
        expect(brief(await owner.get(query('NAME', name.toLowerCase())))).toEqual(CONFLICT);
        expectInvalid(await owner.get(`${path}/exists?type=key&value=x`), 'type');
        expectInvalid(await owner.get(`${path}/exists?type=KEY&value=`), 'value');
      },
    );

    it('exists agrees with creation, whatever blanks and accents a name has', async () => {
      const path = `${PROJECT}/segments`;
      await owner.ok('POST', path, { key: 'agree', name: 'Cafe' });
      for (const [index, name] of ['cafe', 'Café', 'Cafe ', ' Cafe', 'CAFÉ', 'Cafe\u0301'].entries()) {
        const exists = await owner.get(`${path}/exists?type=NAME&value=${encodeURIComponent(name)}`);
        const made = await owner.post(path, { key: `agree${index}`, name });
        expect([name, made.status]).toEqual([name, exists.status]);
      }
    });

    it.each([
      ['keyword', '/api/projects'],
      ['keyword', `${PROJECT}/toggles?environmentKey=online`],
      ['keyword', `${PROJECT}/segments`],
      ['keyword', '/api/approvalRecords?type=APPLY'],
      ['likeNameAndKey', `${TARGETING}/prerequisite/toggles`],
      ['nameLike', '/api/webhooks'],
    ])('%s of %s takes wildcards literally, and refuses what no text has', async (name, path) => {
      for (const text of ['%', '_', '%25', '!', '\\']) {
        const found = await owner.ok('GET', withQuery(path, `${name}=${encodeURIComponent(text)}`));
        expect([text, (found.content ?? found).length]).toEqual([text, 0]);
      }
      expectInvalid(await owner.get(withQuery(path, `${name}=%00`)), name);
      expectInvalid(await owner.get(withQuery(path, `${name}=${'x'.repeat(257)}`)), name);
    });

    it.each(['a', 'A1.b_c-d', '0', 'x'.repeat(30)])('%j may be a key: the UI allows it', async (key) => {
      await owner.ok('POST', `${PROJECT}/segments`, { key: `${key}-s`, name: `segment ${key}` });
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle(`${key}-t`));
    });

    describe('columns hold', () => {
      let webhooks = 0;
      const webhook = (more: object): object => {
        webhooks += 1;
        return {
          name: `hook ${webhooks}`,
          url: 'http://127.0.0.1:9/',
          secretKey: 's',
          description: '',
          ...more,
        };
      };
      const named = (field: string, value: string, more: object): object => ({
        key: `key${value.length}${field}`,
        name: `name${value.length}${field}`,
        ...more,
        [field]: value,
      });
      const rows: [string, string, number, string, (value: string) => object, string?][] = [
        ['project', 'key', 128, '/api/projects', (value) => named('key', value, {})],
        ['project', 'name', 256, '/api/projects', (value) => named('name', value, {})],
        ['project', 'description', 1024, '/api/projects', (value) => named('description', value, {})],
        ['environment', 'key', 128, `${PROJECT}/environments`, (value) => named('key', value, {})],
        ['environment', 'name', 128, `${PROJECT}/environments`, (value) => named('name', value, {})],
        [
          'toggle',
          'key',
          128,
          `${PROJECT}/toggles`,
          (value) => newToggle(value, { name: `t${value.length}` }),
        ],
        [
          'toggle',
          'name',
          128,
          `${PROJECT}/toggles`,
          (value) => newToggle(`t${value.length}n`, { name: value }),
        ],
        ['segment', 'key', 128, `${PROJECT}/segments`, (value) => named('key', value, {})],
        ['segment', 'name', 256, `${PROJECT}/segments`, (value) => named('name', value, {})],
        ['segment', 'description', 1024, `${PROJECT}/segments`, (value) => named('description', value, {})],
        ['tag', 'name', 256, `${PROJECT}/tags`, (name) => ({ name })],
        ['attribute', 'key', 256, `${PROJECT}/attributes`, (key) => ({ key })],
        ['access token', 'name', 256, '/api/tokens', (name) => ({ name, type: 'PERSON' })],
        ['webhook', 'name', 64, '/api/webhooks', (name) => webhook({ name })],
        ['webhook', 'secretKey', 1024, '/api/webhooks', (secretKey) => webhook({ secretKey })],
        ['webhook', 'description', 1024, '/api/webhooks', (description) => webhook({ description })],
        [
          'member',
          'accounts[0]',
          128,
          '/api/members',
          (account) => ({ accounts: [account], role: 'WRITER', password: 'Pass1234' }),
        ],
      ];

      it.each(rows)('%s.%s of %i characters, and not one more', async (_what, field, max, path, bodyOf) => {
        const answer = await owner.post(path, bodyOf('x'.repeat(max)));
        expect([answer.status, answer.body.message]).toEqual([200, undefined]);
        const refused = await owner.post(path, bodyOf('x'.repeat(max + 1)));
        expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
        expect(refused.body.message.startsWith(field.replace('[0]', ''))).toBe(true);
      });

      it('names count characters, not bytes', async () => {
        await owner.ok('POST', '/api/webhooks', webhook({ name: '🚩'.repeat(64) }));
        await owner.ok('PATCH', '/api/members', { account: 'Admin', nickname: '界'.repeat(64) });
        expectInvalid(
          await owner.patch('/api/members', { account: 'Admin', nickname: '界'.repeat(65) }),
          'nickname',
        );
      });

      it('a webhook’s URL of 2048 characters, and comments of 1024', async () => {
        const url = `http://127.0.0.1:9/${'x'.repeat(2048 - 'http://127.0.0.1:9/'.length)}`;
        expect((await owner.ok('POST', '/api/webhooks', webhook({ url }))).url).toBe(url);
        expect((await owner.post('/api/webhooks', webhook({ url: `${url}x` }))).body.code).toBe(
          'invalid_request',
        );
        const comment = 'c'.repeat(1024);
        await owner.ok('PATCH', TARGETING, { disabled: true, comment });
        await owner.ok('PATCH', `${PROJECT}/segments/s/publish`, { rules: [], comment });
        for (const path of [TARGETING, `${PROJECT}/segments/s/publish`])
          expectInvalid(
            await owner.patch(path, { rules: [], disabled: true, comment: `${comment}c` }),
            'comment',
          );
      });

      it('a description of a toggle as long as TEXT, and variations', async () => {
        await owner.ok('POST', `${PROJECT}/toggles`, newToggle('long_desc', { desc: 'd'.repeat(16_000) }));
        const variations = [{ value: 'v'.repeat(60_000) }, { value: 'w' }];
        await owner.ok(
          'POST',
          `${PROJECT}/toggles`,
          newToggle('long_value', { returnType: 'string', variations }),
        );
      });
    });

    it('project, environment, toggle and segment are checked on every route: 400 not_found', async () => {
      const operations = await readOperations(owner);
      const concerned = operations.filter(({ pathNames }) => pathNames.some((name) => name in RESOURCES));
      expect(concerned.length).toBeGreaterThan(40);
      const wrong: string[] = [];
      for (const operation of concerned)
        for (const absent of operation.pathNames.filter((name) => name in RESOURCES)) {
          const answer = await call(operation, absent);
          const expected = missing(RESOURCES[absent]![1], 'nope');
          if (JSON.stringify(brief(answer)) !== JSON.stringify(expected))
            wrong.push(`${operation.method} ${operation.path} ${absent}: ${JSON.stringify(brief(answer))}`);
        }
      expect(wrong).toEqual([]);
    });

    const call = async (
      { method, path, query, body }: ApiOperation,
      absent: string,
    ): ReturnType<ApiClient['call']> => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
        name === absent ? 'nope' : (RESOURCES[name]?.[0] ?? '1'),
      );
      const text = new URLSearchParams(query).toString();
      return owner.call(
        method,
        text === '' ? filled : `${filled}?${text}`,
        method === 'GET' ? undefined : body,
      );
    };
  });

  describe('2.1 Application / misc', () => {
    it('GET /api/application/settings answers login mode and URL to anybody; other verbs are no routes', async () => {
      const settings = await flagpost.anonymous.ok('GET', '/api/application/settings');
      expectFields(settings, 'loginMode serverURI');
      expect(settings.loginMode).toBe('PASSWORD');
      expect(new URL(settings.serverURI).protocol).toBe('http:');
      expect((await flagpost.anonymous.post('/api/application/settings')).status).toBe(404);
    });

    it('GET /api/misc/sdk/{key} answers a JSON string, "null" for an unknown key, to members', async () => {
      for (const key of ['java_sdk_version', 'rust_sdk_version', 'android_sdk_version'])
        expect(await owner.ok('GET', `/api/misc/sdk/${key}`)).toMatch(/^\d+\.\d+\.\d+$/);
      expect(await owner.ok('GET', '/api/misc/sdk/nope')).toBe('null');
      expect((await flagpost.anonymous.get('/api/misc/sdk/java_sdk_version')).status).toBe(401);
      const raw = await fetch(`${flagpost.baseUrl}/api/misc/sdk/nope`, { headers: owner.headers });
      expect([await raw.text(), raw.headers.get('content-type')]).toEqual([
        '"null"',
        'application/json; charset=utf-8',
      ]);
    });

    it('GET /api/v3/api-docs.yaml answers the OpenAPI document to anybody', async () => {
      const answer = await flagpost.anonymous.get('/api/v3/api-docs.yaml');
      expect(answer.status).toBe(200);
      expect(String(answer.body)).toMatch(/^openapi: 3/);
    });

    it('GET /actuator/health answers UP to anybody', async () => {
      expect(await flagpost.anonymous.ok('GET', '/actuator/health')).toEqual({ status: 'UP' });
    });
  });
});
