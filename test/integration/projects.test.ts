import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };

describe.each(DATABASES)('projects on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let writer: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['w'], role: 'WRITER', password: 'Writer123' });
    writer = await flagpost.anonymous.login('w', 'Writer123');
  });

  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', '/api/projects', { key, name: key, ...more });

  /** The newest event of a project, without what differs at every run. */
  async function newestEvent(projectKey: string): Promise<Json> {
    const feed = await owner.ok('GET', `/api/events?projectKey=${projectKey}&limit=1`);
    const { id, timestamp, ...event } = feed.content[0];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(timestamp).toBeGreaterThan(Date.now() - 60_000);
    return event;
  }

  describe('creation', () => {
    it('makes the project and its environment online', async () => {
      const project = await make('shop', { name: 'Shop', description: 'The web shop' });
      expect(project).toEqual({
        key: 'shop',
        name: 'Shop',
        description: 'The web shop',
        environments: [
          {
            key: 'online',
            name: 'online',
            enableApproval: false,
            serverSdkKey: expect.stringMatching(/^server-[0-9a-f]{40}$/),
            clientSdkKey: expect.stringMatching(/^client-[0-9a-f]{40}$/),
          },
        ],
      });
      expect(await owner.ok('GET', '/api/projects/shop')).toEqual(project);
    });

    it('records one event, that of the project', async () => {
      const project = await make('evented');
      const feed = await owner.ok('GET', '/api/events?projectKey=evented');
      expect(feed.content).toHaveLength(1);
      expect(await newestEvent('evented')).toEqual({
        resource: 'PROJECT',
        action: 'CREATE',
        operator: 'Admin',
        projectKey: 'evented',
        data: project,
      });
    });

    it('takes an absent or null description for an empty one', async () => {
      expect((await make('plain')).description).toBe('');
      expect((await make('plain2', { description: null })).description).toBe('');
    });

    it('may be done by a writer, whose account the event carries', async () => {
      await writer.ok('POST', '/api/projects', { key: 'of_writer', name: 'of writer' });
      expect((await newestEvent('of_writer')).operator).toBe('w');
    });

    it.each([
      ['the key', { key: 'taken', name: 'other' }],
      ['the key in another case', { key: 'TAKEN', name: 'other' }],
      ['the name', { key: 'other', name: 'Taken Name' }],
      ['the name in another case', { key: 'other', name: 'taken name' }],
    ])('refuses %s of another project', async (_what, body) => {
      await owner.post('/api/projects', { key: 'taken', name: 'Taken Name' });
      const answer = await owner.post('/api/projects', body);
      expect([answer.status, answer.body]).toEqual([400, CONFLICT]);
    });

    it('lets one of many win who ask for the same key at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          owner.post('/api/projects', { key: i % 2 ? 'race' : 'Race', name: `race ${i}` }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const losers = answers.filter(({ status }) => status !== 200);
      expect(losers.map(({ body }) => body)).toEqual(Array(9).fill(CONFLICT));
      const feed = await owner.ok('GET', '/api/events?projectKey=race');
      expect(feed.content).toHaveLength(1);
    });

    it.each([
      ['key', 'absent', { name: 'n' }],
      ['key', 'null', { key: null, name: 'n' }],
      ['key', 'a number', { key: 1, name: 'n' }],
      ['key', 'with a blank', { key: 'a b', name: 'n' }],
      ['key', 'a word of a route', { key: 'exists', name: 'n' }],
      ['key', 'a step in a path', { key: '..', name: 'n' }],
      ['key', 'with NUL', { key: 'k\u0000', name: 'n' }],
      ['key', 'too long', { key: 'k'.repeat(129), name: 'n' }],
      ['name', 'absent', { key: 'bad' }],
      ['name', 'null', { key: 'bad', name: null }],
      ['name', 'blank', { key: 'bad', name: ' ' }],
      ['name', 'a list', { key: 'bad', name: ['n'] }],
      ['name', 'with NUL', { key: 'bad', name: 'n\u0000' }],
      ['name', 'of two lines', { key: 'bad', name: 'n\nn' }],
      ['name', 'with half a character', { key: 'bad', name: 'n\ud800' }],
      ['name', 'too long', { key: 'bad', name: 'n'.repeat(257) }],
      ['name', 'too long with variation selectors', { key: 'bad', name: 'n\ufe0f'.repeat(256) }],
      ['description', 'too long', { key: 'bad', name: 'n', description: 'd'.repeat(1025) }],
      ['description', 'with NUL', { key: 'bad', name: 'n', description: 'd\u0000' }],
      ['description', 'an object', { key: 'bad', name: 'n', description: {} }],
    ])('refuses a %s that is %s', async (field, _what, body) => {
      const { status, body: error } = await owner.post('/api/projects', body);
      expect([status, error.code]).toEqual([400, 'invalid_request']);
      expect(error.message).toMatch(new RegExp(`^${field} `));
    });

    it('takes values as long as the columns, counted as characters', async () => {
      const project = await make('k'.repeat(128), {
        name: '🚩'.repeat(256),
        description: '界\n'.repeat(512),
      });
      expect(await owner.ok('GET', `/api/projects/${project.key}`)).toEqual(project);
    });

    it.each(['', '[]', '"text"', '7', 'null', '{"key":'])('refuses the body %j', async (body) => {
      const answer = await owner.raw('POST', '/api/projects', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    });
  });

  describe('reading', () => {
    it('lists the newest first', async () => {
      for (const key of ['first', 'second', 'third']) await make(key);
      const keys = (await owner.ok('GET', '/api/projects')).map((project: Json) => project.key);
      expect(keys.slice(0, 3)).toEqual(['third', 'second', 'first']);
    });

    it('searches names and descriptions, whatever the case, taking wildcards literally', async () => {
      await make('search1', { name: 'Alpha 100% needle_x!' });
      await make('search2', { name: 'Beta', description: 'has a NEEDLE_X! too' });
      const found = async (keyword: string): Promise<string[]> =>
        (await owner.ok('GET', `/api/projects?keyword=${encodeURIComponent(keyword)}`)).map(
          (p: Json) => p.key,
        );
      expect(await found('needle_X!')).toEqual(['search2', 'search1']);
      expect(await found('100%')).toEqual(['search1']);
      expect(await found('needle%x')).toEqual([]);
      expect((await found('')).length).toBeGreaterThan(2);
    });

    it('finds a key whatever its case, but nothing that only resembles it', async () => {
      await make('Mixed_Case');
      expect((await owner.ok('GET', '/api/projects/mixed_CASE')).key).toBe('Mixed_Case');
      for (const path of ['mixed_c%C3%A4se', 'mixed_case%20', 'mixed_case%00', 'nope']) {
        const answer = await owner.get(`/api/projects/${path}`);
        expect([answer.status, answer.body]).toEqual([
          400,
          { code: 'not_found', message: `Project ${decodeURIComponent(path)} not found` },
        ]);
      }
    });

    it('says whether a key or name is free', async () => {
      await make('here', { name: 'Here Name' });
      expect(await owner.ok('GET', '/api/projects/exists?type=KEY&value=free')).toEqual({
        message: 'success',
      });
      for (const query of ['type=KEY&value=HERE', 'type=NAME&value=here%20name']) {
        expect((await owner.get(`/api/projects/exists?${query}`)).body).toEqual(CONFLICT);
      }
      for (const query of ['type=OTHER&value=a', 'value=a', 'type=KEY', 'type=KEY&value=a&value=b']) {
        const answer = await owner.get(`/api/projects/exists?${query}`);
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      }
    });

    it('needs a caller', async () => {
      expect((await flagpost.anonymous.get('/api/projects')).status).toBe(401);
      expect((await flagpost.anonymous.get('/api/projects/shop')).status).toBe(401);
    });
  });

  describe('update', () => {
    it('changes what is named and keeps the rest', async () => {
      const before = await make('edit', { name: 'Edit', description: 'old' });
      const after = await owner.ok('PATCH', '/api/projects/EDIT', { name: 'Edited', description: null });
      expect(after).toEqual({ ...before, name: 'Edited' });
      expect(await owner.ok('GET', '/api/projects/edit')).toEqual(after);
      expect(await newestEvent('edit')).toEqual({
        resource: 'PROJECT',
        action: 'UPDATE',
        operator: 'Admin',
        projectKey: 'edit',
        data: after,
        changes: [{ path: '/name', from: 'Edit', to: 'Edited' }],
      });
      expect((await owner.ok('PATCH', '/api/projects/edit', { description: '' })).description).toBe('');
    });

    it('never changes the key, and ignores unknown fields', async () => {
      await make('keep');
      expect((await owner.ok('PATCH', '/api/projects/keep', { key: 'x', archived: true })).key).toBe('keep');
    });

    it('lets a name change its case, but not become that of another', async () => {
      await make('name1', { name: 'Name One' });
      await make('name2', { name: 'Name Two' });
      expect((await owner.ok('PATCH', '/api/projects/name1', { name: 'NAME ONE' })).name).toBe('NAME ONE');
      expect((await owner.patch('/api/projects/name1', { name: 'name two' })).body).toEqual(CONFLICT);
    });

    it.each([{ name: '' }, { name: 5 }, { name: 'a\u0007' }, { description: [] }])(
      'refuses %j',
      async (body) => {
        await owner.post('/api/projects', { key: 'strict', name: 'strict' });
        const answer = await owner.patch('/api/projects/strict', body);
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      },
    );

    it('loses nothing when two change different fields at once', async () => {
      await make('both');
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([
          owner.ok('PATCH', '/api/projects/both', { name: `both ${round}` }),
          owner.ok('PATCH', '/api/projects/both', { description: `round ${round}` }),
        ]);
        const project = await owner.ok('GET', '/api/projects/both');
        expect(project).toMatchObject({ name: `both ${round}`, description: `round ${round}` });
      }
    });
  });

  describe('deletion', () => {
    it('answers and records the project as it was, and hides it', async () => {
      const project = await make('gone');
      expect(await owner.ok('DELETE', '/api/projects/gone')).toEqual(project);
      expect(await newestEvent('gone')).toEqual({
        resource: 'PROJECT',
        action: 'DELETE',
        operator: 'Admin',
        projectKey: 'gone',
        data: project,
      });
      const missing = { code: 'not_found', message: 'Project gone not found' };
      expect((await owner.get('/api/projects/gone')).body).toEqual(missing);
      expect((await owner.delete('/api/projects/gone')).body).toEqual(missing);
      expect((await owner.get('/api/projects/gone/environments')).body).toEqual(missing);
      const keys = (await owner.ok('GET', '/api/projects')).map((other: Json) => other.key);
      expect(keys).not.toContain('gone');
    });

    it('keeps key and name taken', async () => {
      await make('once', { name: 'Once' });
      await owner.ok('DELETE', '/api/projects/once');
      expect((await owner.post('/api/projects', { key: 'once', name: 'x' })).body).toEqual(CONFLICT);
      expect((await owner.post('/api/projects', { key: 'x', name: 'once' })).body).toEqual(CONFLICT);
      expect((await owner.get('/api/projects/exists?type=KEY&value=once')).body).toEqual(CONFLICT);
    });

    it('is for owners', async () => {
      await make('guarded');
      const answer = await writer.delete('/api/projects/guarded');
      expect([answer.status, answer.body]).toEqual([403, { code: 'forbidden', message: 'Forbidden' }]);
      expect((await writer.get('/api/projects/guarded')).status).toBe(200);
    });

    it('happens once when asked for many times at once, and lets no environment in', async () => {
      await make('crowd');
      const [made, ...deleted] = await Promise.all([
        owner.post('/api/projects/crowd/environments', { key: 'late', name: 'late' }),
        ...Array.from({ length: 5 }, () => owner.delete('/api/projects/crowd')),
      ]);
      expect(deleted.filter(({ status }) => status === 200)).toHaveLength(1);
      expect([200, 400]).toContain(made.status);
      const feed = await owner.ok('GET', '/api/events?projectKey=crowd');
      const actions = feed.content.map((event: Json) => `${event.resource}.${event.action}`);
      expect(actions[0]).toBe('PROJECT.DELETE');
      expect(actions.includes('ENVIRONMENT.CREATE')).toBe(made.status === 200);
    });
  });
});
