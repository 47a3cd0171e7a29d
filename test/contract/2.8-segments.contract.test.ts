import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import {
  brief,
  CONFLICT,
  expectFields,
  expectInvalid,
  ISO_DATE,
  missing,
  newToggle,
  PAGE_FIELDS,
  STALE,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const BASE = `${PROJECT}/segments`;
const FIELDS = 'name key rules description? projectKey createdTime modifiedTime modifiedBy version';
const RULES = [
  {
    conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
    name: 'paris',
  },
];

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', `${PROJECT}/environments`, { key: 'stage', name: 'Stage' });
  });
  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', BASE, { key, name: `Name of ${key}`, ...more });
  const publish = (key: string, body: object): Promise<Json> =>
    owner.ok('PATCH', `${BASE}/${key}/publish`, body);
  const keysOf = (list: Json): string[] => list.map(({ key }: Json) => key);
  const environmentVersions = async (): Promise<number[]> => {
    const rows: Json[] = await flagpost.app
      .get(DataSource)
      .query('SELECT version FROM environment ORDER BY id');
    return rows.map(({ version }) => Number(version));
  };

  describe('2.8 Segments', () => {
    it('POST answers the segment, without rules, at version 1', async () => {
      const made = await make('shape', { description: 'd' });
      expectFields(made, FIELDS);
      expect(made).toMatchObject({
        key: 'shape',
        name: 'Name of shape',
        description: 'd',
        rules: [],
        version: 1,
        projectKey: 'shop',
        modifiedBy: 'Admin',
      });
      expect(made.createdTime).toMatch(ISO_DATE);
      expect(made.modifiedTime).toMatch(ISO_DATE);
      expect(await owner.ok('GET', `${BASE}/shape`)).toEqual(made);
      expectFields(await make('bare'), FIELDS);
    });

    it('name and key are required, and the message names them', async () => {
      expectInvalid(await owner.post(BASE, { key: 'x' }), 'name');
      expectInvalid(await owner.post(BASE, { name: 'x' }), 'key');
    });

    it('GET is a page, created last first; keyword searches name, key and description', async () => {
      await make('s1', { name: 'A Needle' });
      await make('s2-needle');
      await make('s3', { description: 'in a NEEDLE stack' });
      await make('s4');
      const page = await owner.ok('GET', `${BASE}?keyword=needle`);
      expectFields(page, PAGE_FIELDS);
      expect(keysOf(page.content)).toEqual(['s3', 's2-needle', 's1']);
      for (const each of page.content) expectFields(each, FIELDS);
      expect((await owner.ok('GET', `${BASE}?pageSize=1`)).content[0].key).toBe('s4');
    });

    it('GET /exists answers success when free, conflict when taken', async () => {
      await make('taken');
      expect(brief(await owner.get(`${BASE}/exists?type=KEY&value=taken`))).toEqual(CONFLICT);
      expect(brief(await owner.get(`${BASE}/exists?type=NAME&value=Name%20of%20taken`))).toEqual(CONFLICT);
      expect(await owner.ok('GET', `${BASE}/exists?type=KEY&value=free`)).toEqual({ message: 'success' });
      expect(brief(await owner.post(BASE, { key: 'taken', name: 'x' }))).toEqual(CONFLICT);
      expect(brief(await owner.post(BASE, { key: 'x', name: 'Name of taken' }))).toEqual(CONFLICT);
    });

    it('PATCH /S changes name and description and answers the new version and times', async () => {
      const made = await make('edited');
      const after = await owner.ok('PATCH', `${BASE}/edited`, { name: 'Edited', description: null });
      expectFields(after, FIELDS);
      expect(after).toMatchObject({ key: 'edited', name: 'Edited', version: 2 });
      expect(after.description ?? '').toBe('');
      expect(Date.parse(after.modifiedTime)).toBeGreaterThanOrEqual(Date.parse(made.modifiedTime));
      expect(await owner.ok('GET', `${BASE}/edited`)).toEqual(after);
      expect(brief(await owner.patch(`${BASE}/edited`, { name: 'Name of taken' }))).toEqual(CONFLICT);
    });

    it('PATCH /S/publish replaces the rules and answers the new version', async () => {
      await make('published');
      const after = await publish('published', { rules: RULES, comment: 'c', baseVersion: 1 });
      expectFields(after, FIELDS);
      expect(after).toMatchObject({ rules: RULES, version: 2 });
      expect(await owner.ok('GET', `${BASE}/published`)).toEqual(after);
    });

    it('publish with another baseVersion is the conflict error; without one nothing is checked', async () => {
      await make('based');
      expect(brief(await owner.patch(`${BASE}/based/publish`, { rules: RULES, baseVersion: 7 }))).toEqual(
        STALE,
      );
      expect(brief(await owner.patch(`${BASE}/based/publish`, { rules: RULES, baseVersion: 0 }))).toEqual(
        STALE,
      );
      expect((await publish('based', { rules: RULES })).version).toBe(2);
      expectInvalid(await owner.patch(`${BASE}/based/publish`, { baseVersion: 'x' }), 'baseVersion');
    });

    it('publish takes null rules for none, and refuses more than 1 MiB', async () => {
      await make('nulled');
      await publish('nulled', { rules: RULES });
      expect((await publish('nulled', { rules: null })).rules).toEqual([]);
      const huge = [{ ...RULES[0], note: 'x'.repeat(1_048_576) }];
      expectInvalid(await owner.patch(`${BASE}/nulled/publish`, { rules: huge }), 'rules');
      const conditions = [{ ...RULES[0]!.conditions[0]!, objects: ['x'.repeat(1_000_000)] }];
      await publish('nulled', { rules: [{ name: 'large', conditions }] });
    });

    it('every change raises the version, but only creation and publishing are in the history, latest first', async () => {
      await make('counted');
      await publish('counted', { rules: RULES, comment: 'first' });
      await owner.ok('PATCH', `${BASE}/counted`, { name: 'Counted again' });
      await publish('counted', { rules: [], comment: 'none' });
      const history = await owner.ok('GET', `${BASE}/counted/versions`);
      expectFields(history, PAGE_FIELDS);
      expect(history.content.map(({ version }: Json) => version)).toEqual([4, 2, 1]);
      for (const each of history.content)
        expectFields(each, 'projectKey key comment? rules version createdTime createdBy');
      expect(history.content[1]).toMatchObject({
        projectKey: 'shop',
        key: 'counted',
        comment: 'first',
        rules: RULES,
        createdBy: 'Admin',
      });
      expect(history.content[1].createdTime).toMatch(ISO_DATE);
      expect((await owner.ok('DELETE', `${BASE}/counted`)).version).toBe(5);
    });

    it('publishing identical rules adds no version to the history', async () => {
      await make('same');
      await publish('same', { rules: RULES });
      await publish('same', { rules: RULES, comment: 'again' });
      expect((await owner.ok('GET', `${BASE}/same/versions`)).totalElements).toBe(2);
    });

    it('a segment in use is not deleted; its toggles are listed, archived ones included', async () => {
      await make('used');
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle('user', { desc: 'uses it' }));
      const rule = {
        name: 'r',
        conditions: [{ type: 'segment', predicate: 'is in', objects: ['used'] }],
        serve: { select: 1 },
      };
      await owner.ok('PATCH', `${PROJECT}/environments/stage/toggles/user/targeting`, {
        content: { rules: [rule] },
      });
      await owner.ok('PATCH', `${PROJECT}/toggles/user/offline`);
      const page = await owner.ok('GET', `${BASE}/used/toggles`);
      expectFields(page, PAGE_FIELDS);
      for (const each of page.content)
        expectFields(each, 'name key environmentName environmentKey disabled description? analyzing');
      expect(page.content).toMatchObject([
        {
          key: 'user',
          name: 'Name of user',
          environmentName: 'Stage',
          environmentKey: 'stage',
          disabled: true,
          description: 'uses it',
          analyzing: false,
        },
      ]);
      expect(brief(await owner.delete(`${BASE}/used`))).toEqual([
        400,
        { code: 'invalid_request', message: 'This resource is being used' },
      ]);
      expect((await owner.ok('GET', `${BASE}/used`)).version).toBe(1);
    });

    it('DELETE hides the segment; its key stays taken, which is a conflict and no 500', async () => {
      await make('deleted');
      expectFields(await owner.ok('DELETE', `${BASE}/deleted`), FIELDS);
      expect(brief(await owner.get(`${BASE}/deleted`))).toEqual(missing('Segment', 'deleted'));
      expect(brief(await owner.delete(`${BASE}/deleted`))).toEqual(missing('Segment', 'deleted'));
      expect(brief(await owner.post(BASE, { key: 'deleted', name: 'Anew' }))).toEqual(CONFLICT);
      expect(keysOf((await owner.ok('GET', `${BASE}?keyword=deleted`)).content)).toEqual([]);
    });

    it('every mutation raises the version of every environment of the project', async () => {
      const before = await environmentVersions();
      await make('raising');
      await publish('raising', { rules: RULES });
      await owner.ok('PATCH', `${BASE}/raising`, { description: 'd' });
      await owner.ok('DELETE', `${BASE}/raising`);
      expect(await environmentVersions()).toEqual(before.map((version) => version + 4));
    });

    it('every route of a segment that is not there, or in no project, is not_found', async () => {
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['PATCH', '/publish'],
        ['DELETE', ''],
        ['GET', '/toggles'],
        ['GET', '/versions'],
      ] as const) {
        const body = method === 'PATCH' ? {} : undefined;
        const answer = await owner.call(method, `${BASE}/nope${path}`, body);
        expect(brief(answer)).toEqual(missing('Segment', 'nope'));
      }
      expect(brief(await owner.get('/api/projects/nope/segments'))).toEqual(missing('Project', 'nope'));
    });
  });

  describe('2.9 Tags, attributes', () => {
    it('GET tags is an array of names, POST answers the tag, the same one when it is there', async () => {
      expect(await owner.ok('GET', `${PROJECT}/tags`)).toEqual([]);
      expect(await owner.ok('POST', `${PROJECT}/tags`, { name: 'x' })).toEqual({ name: 'x' });
      expect(await owner.ok('POST', `${PROJECT}/tags`, { name: 'x' })).toEqual({ name: 'x' });
      expect(await owner.ok('GET', `${PROJECT}/tags`)).toEqual([{ name: 'x' }]);
      expectInvalid(await owner.post(`${PROJECT}/tags`, {}), 'name');
      expect((await owner.delete(`${PROJECT}/tags/x`)).status).toBe(404);
    });

    it('GET attributes is an array of keys, POST answers the key', async () => {
      expect(await owner.ok('GET', `${PROJECT}/attributes`)).toEqual([]);
      expect(await owner.ok('POST', `${PROJECT}/attributes`, { key: 'city' })).toEqual({ key: 'city' });
      expect(await owner.ok('GET', `${PROJECT}/attributes`)).toEqual(['city']);
      expectInvalid(await owner.post(`${PROJECT}/attributes`, {}), 'key');
    });

    it('tags and attributes of a project that is not there are not_found', async () => {
      for (const list of ['tags', 'attributes'])
        expect(brief(await owner.get(`/api/projects/nope/${list}`))).toEqual(missing('Project', 'nope'));
    });
  });
});
