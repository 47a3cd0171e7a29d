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
  VARIATIONS,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { SteppedClock } from '../support/stepped-clock.js';

const PROJECT = '/api/projects/shop';
const BASE = `${PROJECT}/toggles`;
const DAY_MS = 24 * 60 * 60 * 1000;
const FIELDS =
  'name key desc? tags returnType disabledServe archived permanent useDays? clientAvailability variations createdTime modifiedTime modifiedBy';

describe.each(DATABASES)('on %s', (kind) => {
  const clock = new SteppedClock();
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let bob: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, {}, { clock });
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: 'Pass1234' });
    bob = await flagpost.anonymous.login('bob', 'Pass1234');
    for (const key of ['shop', 'other']) {
      await owner.ok('POST', '/api/projects', { key, name: key });
      await owner.ok('POST', `/api/projects/${key}/tags`, { name: 'web' });
    }
    await owner.ok('POST', `${PROJECT}/tags`, { name: 'beta' });
  });
  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', BASE, newToggle(key, more));
  const targeting = (environment: string, toggle: string): string =>
    `${PROJECT}/environments/${environment}/toggles/${toggle}/targeting`;
  const keysOf = (list: Json): string[] => list.map(({ key }: Json) => key);
  /** The versions of the project's environments, by which SDKs see that something changed. */
  const environmentVersions = async (): Promise<number[]> => {
    const rows: Json[] = await flagpost.app
      .get(DataSource)
      .query(
        "SELECT version FROM environment WHERE project_id IN (SELECT id FROM project WHERE name = 'shop') ORDER BY id",
      );
    return rows.map(({ version }) => Number(version));
  };

  describe('2.4 Toggles', () => {
    it('POST answers the toggle', async () => {
      const made = await make('shape', { desc: 'd', tags: ['web'], permanent: true });
      expectFields(made, FIELDS);
      expect(made).toMatchObject({
        key: 'shape',
        name: 'Name of shape',
        desc: 'd',
        tags: ['web'],
        returnType: 'boolean',
        disabledServe: 0,
        archived: false,
        permanent: true,
        clientAvailability: true,
        variations: VARIATIONS,
        modifiedBy: 'Admin',
      });
      expect(made.createdTime).toMatch(ISO_DATE);
      expect(made.modifiedTime).toMatch(ISO_DATE);
      expect(await owner.ok('GET', `${BASE}/shape`)).toEqual(made);
    });

    it('name, key, clientAvailability, returnType, variations and disabledServe are required', async () => {
      for (const field of [
        'name',
        'key',
        'clientAvailability',
        'returnType',
        'variations',
        'disabledServe',
      ]) {
        const { [field]: _left, ...rest } = newToggle('incomplete') as Json;
        expectInvalid(await owner.post(BASE, rest), field);
        expectInvalid(await owner.post(BASE, { ...rest, [field]: null }), field);
      }
      expectInvalid(await owner.post(BASE, newToggle('empty', { variations: [] })), 'variations');
      expectInvalid(await owner.post(BASE, newToggle('far', { disabledServe: 2 })), 'disabledServe');
    });

    it('desc, tags and permanent have defaults: empty, none, false', async () => {
      const made = await make('defaults', { desc: null, tags: null, permanent: null });
      expect(made).toMatchObject({ tags: [], permanent: false });
      expect(made.desc ?? '').toBe('');
      expectFields(await make('absent'), FIELDS);
    });

    it.each([
      ['boolean', ['false', 'true']],
      ['number', ['1', '-2.5']],
      ['string', ['red', 'blue']],
      ['json', ['{}', '{"a":[1]}']],
    ])('returnType may be %s', async (returnType, values) => {
      const variations = values.map((value, index) => ({ value, name: `v${index}`, description: 'd' }));
      const made = await make(`type_${returnType}`, { returnType, variations, disabledServe: 1 });
      expect(made).toMatchObject({ returnType, variations, disabledServe: 1 });
    });

    it('name and description of a variation are optional', async () => {
      await make('plain_variations', { variations: [{ value: 'false' }, { value: 'true' }] });
    });

    it('tags that the project does not have are silently dropped', async () => {
      expect((await make('tagged', { tags: ['web', 'nope', 'beta'] })).tags.sort()).toEqual(['beta', 'web']);
    });

    it('BUG: toggles of the same key in two projects share no tags', async () => {
      await make('twin', { tags: ['web'] });
      await owner.ok('POST', '/api/projects/other/toggles', newToggle('twin', { tags: [] }));
      expect((await owner.ok('GET', '/api/projects/other/toggles/twin')).tags).toEqual([]);
      expect((await owner.ok('GET', `${BASE}/twin`)).tags).toEqual(['web']);
    });

    it('key and name are unique in the project, archived ones included', async () => {
      await make('taken');
      await owner.ok('PATCH', `${BASE}/taken/offline`);
      expect(brief(await owner.post(BASE, newToggle('taken', { name: 'x' })))).toEqual(CONFLICT);
      expect(brief(await owner.post(BASE, newToggle('x', { name: 'Name of taken' })))).toEqual(CONFLICT);
      for (const query of ['type=KEY&value=taken', 'type=NAME&value=Name%20of%20taken'])
        expect(brief(await owner.get(`${BASE}/exists?${query}`))).toEqual(CONFLICT);
      expect(await owner.ok('GET', `${BASE}/exists?type=NAME&value=taken`)).toEqual({ message: 'success' });
    });

    it('a new toggle has a targeting in each live environment: version 1, disabled, RELEASE, default content', async () => {
      await owner.ok('POST', `${PROJECT}/environments`, { key: 'stage', name: 'Stage' });
      await make('targeted', { disabledServe: 1 });
      for (const environment of ['online', 'stage']) {
        expect(await owner.ok('GET', targeting(environment, 'targeted'))).toMatchObject({
          version: 1,
          disabled: true,
          status: 'RELEASE',
          content: {
            rules: [],
            disabledServe: { select: 1 },
            defaultServe: {},
            variations: VARIATIONS,
            prerequisites: [],
          },
        });
        const { content } = await owner.ok('GET', `${targeting(environment, 'targeted')}/versions`);
        expect(content).toMatchObject([{ version: 1, comment: '' }]);
      }
      await owner.ok('PATCH', `${PROJECT}/environments/stage/offline`);
    });

    it('BUG: a toggle made while an environment is archived gets its targeting when that comes back', async () => {
      await owner.ok('POST', `${PROJECT}/environments`, { key: 'away', name: 'Away' });
      await owner.ok('PATCH', `${PROJECT}/environments/away/offline`);
      await make('meanwhile');
      await owner.ok('PATCH', `${PROJECT}/environments/away/restore`);
      expect(await owner.ok('GET', targeting('away', 'meanwhile'))).toMatchObject({
        version: 1,
        disabled: true,
      });
      const list = await owner.ok('GET', `${BASE}?environmentKey=away&pageSize=100`);
      expect(keysOf(list.content)).toContain('meanwhile');
      await owner.ok('PATCH', `${PROJECT}/environments/away/offline`);
    });

    describe('PATCH /T', () => {
      it('keeps what is null or absent', async () => {
        const made = await make('kept', { desc: 'd', tags: ['web'], permanent: true });
        const after = await owner.ok('PATCH', `${BASE}/kept`, {
          name: null,
          desc: null,
          tags: null,
          clientAvailability: null,
          variations: null,
          disabledServe: null,
          permanent: true,
        });
        expectFields(after, FIELDS);
        expect(after).toEqual({ ...made, modifiedTime: after.modifiedTime });
      });

      it('resets permanent to false where it is left out', async () => {
        await make('impermanent', { permanent: true });
        expect((await owner.ok('PATCH', `${BASE}/impermanent`, { desc: 'x' })).permanent).toBe(false);
      });

      it('changes every field it knows; key and return type stay', async () => {
        await make('changing');
        const variations = [{ value: 'true', name: 'yes', description: 'd' }];
        const body = {
          name: 'New name',
          desc: 'new',
          tags: ['beta'],
          clientAvailability: false,
          variations,
          disabledServe: 0,
          permanent: true,
        };
        expect(
          await owner.ok('PATCH', `${BASE}/changing`, { ...body, key: 'z', returnType: 'json' }),
        ).toMatchObject({ ...body, key: 'changing', returnType: 'boolean' });
      });

      it('changes variations and disabledServe for future environments only', async () => {
        await make('template');
        const variations = [{ value: 'true' }, { value: 'false' }, { value: 'true' }];
        await owner.ok('PATCH', `${BASE}/template`, { variations, disabledServe: 2 });
        const present = await owner.ok('GET', targeting('online', 'template'));
        expect(present).toMatchObject({ version: 1, content: { variations: VARIATIONS } });
        await owner.ok('POST', `${PROJECT}/environments`, { key: 'future', name: 'Future' });
        expect((await owner.ok('GET', targeting('future', 'template'))).content).toMatchObject({
          variations,
          disabledServe: { select: 2 },
        });
        await owner.ok('PATCH', `${PROJECT}/environments/future/offline`);
      });

      it('BUG: an empty list of tags clears them', async () => {
        await make('cleared', { tags: ['web'] });
        expect((await owner.ok('PATCH', `${BASE}/cleared`, { tags: [] })).tags).toEqual([]);
        expect((await owner.ok('GET', `${BASE}/cleared`)).tags).toEqual([]);
      });

      it('refuses the name of another toggle with conflict', async () => {
        await make('named');
        await make('renamed');
        expect(brief(await owner.patch(`${BASE}/renamed`, { name: 'Name of named' }))).toEqual(CONFLICT);
        await owner.ok('PATCH', `${BASE}/renamed`, { name: 'Name of renamed' });
        expect(brief(await owner.patch(`${BASE}/nope`, {}))).toEqual(missing('Toggle', 'nope'));
      });

      it('BUG: a change of client availability raises the versions of the environments', async () => {
        await make('visible');
        const before = await environmentVersions();
        await owner.ok('PATCH', `${BASE}/visible`, { clientAvailability: false });
        expect(await environmentVersions()).toEqual(before.map((version) => version + 1));
      });

      it('answers fresh modifiedBy and modifiedTime', async () => {
        const made = await make('fresh');
        clock.ahead += 1000;
        const after = await bob.ok('PATCH', `${BASE}/fresh`, { desc: 'by bob' });
        expect(after.modifiedBy).toBe('bob');
        expect(Date.parse(after.modifiedTime)).toBeGreaterThan(Date.parse(made.modifiedTime));
        expect(after.createdTime).toBe(made.createdTime);
      });
    });

    it('offline and restore set archived; in the wrong state they are not_found', async () => {
      await make('resting');
      const path = `${BASE}/resting`;
      expect(brief(await owner.patch(`${path}/restore`))).toEqual(missing('Toggle', 'resting'));
      const offline = await owner.ok('PATCH', `${path}/offline`);
      expectFields(offline, FIELDS);
      expect(offline.archived).toBe(true);
      expect(brief(await owner.patch(`${path}/offline`))).toEqual(missing('Toggle', 'resting'));
      expect((await owner.ok('GET', path)).archived).toBe(true);
      expect((await owner.ok('PATCH', `${path}/restore`)).archived).toBe(false);
      for (const step of ['offline', 'restore'])
        expect(brief(await owner.patch(`${BASE}/nope/${step}`))).toEqual(missing('Toggle', 'nope'));
    });

    it('offline does not ask whether other toggles depend on it; there is no delete', async () => {
      await make('needed');
      await make('needing');
      const content = {
        defaultServe: { select: 1 },
        prerequisites: [{ key: 'needed', value: 'true', type: 'boolean' }],
      };
      await owner.ok('PATCH', targeting('online', 'needing'), { content });
      expect((await owner.patch(`${BASE}/needed/offline`)).status).toBe(200);
      expect((await owner.delete(`${BASE}/needing`)).status).toBe(404);
    });

    it('useDays are the whole days since creation, if not permanent and more than 30', async () => {
      await make('aging');
      await make('ageless', { permanent: true });
      const useDays = async (key: string): Promise<unknown[]> => {
        const list = await owner.ok('GET', `${BASE}?environmentKey=online&keyword=${key}`);
        return [(await owner.ok('GET', `${BASE}/${key}`)).useDays, list.content[0].useDays];
      };
      try {
        clock.ahead += 30 * DAY_MS + DAY_MS / 2;
        owner = await flagpost.anonymous.login('Admin', 'Test1234');
        expect(await useDays('aging')).toEqual([undefined, undefined]);
        clock.ahead += DAY_MS;
        owner = await flagpost.anonymous.login('Admin', 'Test1234');
        expect(await useDays('aging')).toEqual([31, 31]);
        expect(await useDays('ageless')).toEqual([undefined, undefined]);
      } finally {
        clock.ahead = 2000;
        owner = flagpost.owner;
      }
    });
  });
});
