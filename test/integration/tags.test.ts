import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const TAGS = '/api/projects/shop/tags';
const TOGGLES = '/api/projects/shop/toggles';

const wanted = (key: string, more: object = {}): object => ({
  key,
  name: `Name of ${key}`,
  clientAvailability: true,
  returnType: 'boolean',
  disabledServe: 0,
  variations: [{ value: 'false' }, { value: 'true' }],
  ...more,
});

describe.each(DATABASES)('tags on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    for (const key of ['shop', 'other']) await owner.ok('POST', '/api/projects', { key, name: key });
    for (const name of ['web', 'beta', 'Groß & 界🚩, "quoted"']) await owner.ok('POST', TAGS, { name });
    await owner.ok('POST', '/api/projects/other/tags', { name: 'elsewhere' });
  });

  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', TOGGLES, wanted(key, more));

  async function newestEvent(toggleKey: string): Promise<Json> {
    const feed = await owner.ok('GET', `/api/events?projectKey=shop&toggleKey=${toggleKey}&limit=1`);
    return feed.content[0];
  }

  async function listed(query: string): Promise<Record<string, string[]>> {
    const page = await owner.ok('GET', `${TOGGLES}?environmentKey=online&${query}`);
    return Object.fromEntries(page.content.map(({ key, tags }: Json) => [key, tags]));
  }

  it('belong to a project, oldest first, each once whatever its case', async () => {
    expect(await owner.ok('POST', TAGS, { name: 'WEB' })).toEqual({ name: 'web' });
    expect(await owner.ok('GET', TAGS)).toEqual([
      { name: 'web' },
      { name: 'beta' },
      { name: 'Groß & 界🚩, "quoted"' },
    ]);
    expect(await owner.ok('GET', '/api/projects/other/tags')).toEqual([{ name: 'elsewhere' }]);
    expect(await owner.ok('POST', '/api/projects/other/tags', { name: 'Web' })).toEqual({ name: 'Web' });
  });

  it('are made once when many ask for the same at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => owner.post(TAGS, { name: 'race' })));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      Array(12).fill([200, { name: 'race' }]),
    );
    const names = (await owner.ok('GET', TAGS)).map(({ name }: Json) => name);
    expect(names.filter((name: string) => name === 'race')).toHaveLength(1);
  });

  it('make no event', async () => {
    const before = await owner.ok('GET', '/api/events?limit=1');
    await owner.ok('POST', TAGS, { name: 'silent' });
    expect((await owner.ok('GET', '/api/events?limit=1')).content[0].id).toBe(before.content[0].id);
  });

  it('are put on a new toggle as far as the project has them', async () => {
    const made = await make('first', { tags: ['BETA', 'nope', 'web', 'beta', 'elsewhere'] });
    expect(made.tags).toEqual(['web', 'beta']);
    expect((await owner.ok('GET', `${TOGGLES}/first`)).tags).toEqual(['web', 'beta']);
    expect((await newestEvent('first')).data.tags).toEqual(['web', 'beta']);
    expect((await make('none', { tags: null })).tags).toEqual([]);
    expect((await make('unknown', { tags: ['nope'] })).tags).toEqual([]);
    expect(await listed('keyword=first')).toEqual({ first: ['web', 'beta'] });
    expect((await owner.ok('GET', TAGS)).map(({ name }: Json) => name)).not.toContain('nope');
  });

  it('are replaced, kept or cleared by an update, and its event says so', async () => {
    await make('changing', { tags: ['web'] });
    const path = `${TOGGLES}/changing`;
    expect((await owner.ok('PATCH', path, { tags: ['beta', 'nope'] })).tags).toEqual(['beta']);
    expect(await newestEvent('changing')).toMatchObject({
      action: 'UPDATE',
      data: { tags: ['beta'] },
      changes: [{ path: '/tags/0', from: 'web', to: 'beta' }],
    });
    expect((await owner.ok('PATCH', path, { desc: 'x' })).tags).toEqual(['beta']);
    expect((await owner.ok('PATCH', path, { tags: null })).tags).toEqual(['beta']);
    expect((await owner.ok('PATCH', `${path}/offline`)).tags).toEqual(['beta']);
    expect((await newestEvent('changing')).changes).toEqual([{ path: '/archived', from: false, to: true }]);
    expect((await owner.ok('PATCH', `${path}/restore`)).tags).toEqual(['beta']);
    expect((await owner.ok('PATCH', path, { tags: [] })).tags).toEqual([]);
    expect((await newestEvent('changing')).changes).toEqual([{ path: '/tags/0', from: 'beta' }]);
    expect((await owner.ok('GET', path)).tags).toEqual([]);
  });

  it('are not shared by toggles of the same key in two projects', async () => {
    await owner.ok('POST', '/api/projects/other/toggles', wanted('first', { tags: ['elsewhere', 'beta'] }));
    expect((await owner.ok('GET', '/api/projects/other/toggles/first')).tags).toEqual(['elsewhere']);
    expect((await owner.ok('GET', `${TOGGLES}/first`)).tags).toEqual(['web', 'beta']);
  });

  it('leave a toggle as it was when the rest of the change is refused', async () => {
    await make('guarded', { tags: ['web'] });
    const refused = await owner.patch(`${TOGGLES}/guarded`, { tags: [], disabledServe: 7 });
    expect(refused.status).toBe(400);
    expect((await owner.ok('GET', `${TOGGLES}/guarded`)).tags).toEqual(['web']);
  });

  it('come whole when two change the tags of a toggle at once', async () => {
    await make('contended');
    const path = `${TOGGLES}/contended`;
    const choices = [['web'], ['beta'], ['web', 'beta'], []];
    await Promise.all([...choices, ...choices].map((tags) => owner.ok('PATCH', path, { tags })));
    expect(choices).toContainEqual((await owner.ok('GET', path)).tags);
  });

  it.each<[string, unknown, string]>([
    ['no name', {}, 'name is required'],
    ['an empty name', { name: '' }, 'name is required'],
    ['a blank name', { name: '  ' }, 'name is required'],
    ['a number as name', { name: 7 }, 'name must be text'],
    ['a long name', { name: 'x'.repeat(257) }, 'name must have at most 256 characters'],
    ['a NUL', { name: 'a\0' }, 'name must not contain control characters'],
    ['a list', [], 'name is required'],
  ])('are refused with %s', async (_what, body, message) => {
    const answer = await owner.post(TAGS, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.message).toContain(message);
  });

  it.each<[string, unknown]>([
    ['a text', 'web'],
    ['a number in the list', ['web', 1]],
    ['an object', { a: 'web' }],
    ['too many', Array<string>(1001).fill('web')],
  ])('are refused on a toggle as %s', async (_what, tags) => {
    for (const answer of [
      await owner.post(TOGGLES, wanted('refused', { tags })),
      await owner.patch(`${TOGGLES}/first`, { tags }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      expect(answer.body.message).toMatch(/^tags/);
    }
  });

  it('take the longest name there may be, and names that no tag could have', async () => {
    const long = '界'.repeat(256);
    expect(await owner.ok('POST', TAGS, { name: long })).toEqual({ name: long });
    const tags = [long, 'a\0b', 'x'.repeat(5000), '', "'; DROP TABLE tag; --"];
    expect((await make('odd', { tags })).tags).toEqual([long]);
  });

  it('answer not_found for a project that is not there', async () => {
    const missing = { code: 'not_found', message: 'Project nope not found' };
    expect((await owner.get('/api/projects/nope/tags')).body).toEqual(missing);
    expect((await owner.post('/api/projects/nope/tags', { name: 'x' })).body).toEqual(missing);
    expect((await flagpost.anonymous.get(TAGS)).status).toBe(401);
  });
});
