import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import {
  brief,
  CONFLICT,
  expectFields,
  expectInvalid,
  missing,
  newToggle,
  VARIATIONS,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const BASE = `${PROJECT}/environments`;
const INTERNAL_TOKEN = 'contract-internal-token';
const FIELDS = 'name key enableApproval serverSdkKey clientSdkKey';

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN });
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', `${PROJECT}/segments`, { key: 'vip', name: 'VIP' });
    for (const key of ['live', 'plain', 'archived', 'base'])
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle(key));
    await owner.ok('PATCH', `${PROJECT}/toggles/archived/offline`);
  });
  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', BASE, { key, name: `Name of ${key}`, ...more });
  const targeting = (environment: string, toggle: string): string =>
    `${BASE}/${environment}/toggles/${toggle}/targeting`;
  const sdkKeys = (): Promise<Json> => owner.ok('GET', `/internal/server/sdk_keys?token=${INTERNAL_TOKEN}`);
  const keysOf = (list: Json): string[] => list.map(({ key }: Json) => key);

  describe('2.3 Environments', () => {
    it('POST answers the environment, without archived and dates', async () => {
      const made = await make('shape');
      expectFields(made, FIELDS);
      expect(made).toMatchObject({ key: 'shape', name: 'Name of shape', enableApproval: false });
      expect(made.serverSdkKey).toMatch(/^server-[0-9a-f]{40}$/);
      expect(made.clientSdkKey).toMatch(/^client-[0-9a-f]{40}$/);
      expect(await owner.ok('GET', `${BASE}/shape`)).toEqual(made);
    });

    it('GET answers an array, oldest first; archived=true those that are offline instead', async () => {
      await make('zz');
      await make('aa');
      await make('off');
      await owner.ok('PATCH', `${BASE}/off/offline`);
      const live = await owner.ok('GET', BASE);
      expect(keysOf(live)[0]).toBe('online');
      expect(keysOf(live).slice(-2)).toEqual(['zz', 'aa']);
      expect(await owner.ok('GET', `${BASE}?archived=false`)).toEqual(live);
      expect(await owner.ok('GET', `${BASE}?archived=`)).toEqual(live);
      const archived = await owner.ok('GET', `${BASE}?archived=true`);
      expect(keysOf(archived)).toEqual(['off']);
      for (const each of [...live, ...archived]) expectFields(each, FIELDS);
      expectInvalid(await owner.get(`${BASE}?archived=maybe`), 'archived');
    });

    it('name and key are required, and the message names them', async () => {
      expectInvalid(await owner.post(BASE, { key: 'x' }), 'name');
      expectInvalid(await owner.post(BASE, { name: 'x' }), 'key');
      expectInvalid(await owner.post(BASE, { key: 'x', name: 'x', copyFrom: 3 }), 'copyFrom');
    });

    it('key and name are unique in the project, archived environments included', async () => {
      await make('taken');
      await owner.ok('PATCH', `${BASE}/taken/offline`);
      expect(brief(await owner.post(BASE, { key: 'taken', name: 'x' }))).toEqual(CONFLICT);
      expect(brief(await owner.post(BASE, { key: 'x', name: 'Name of taken' }))).toEqual(CONFLICT);
      for (const query of ['type=KEY&value=taken', 'type=NAME&value=Name%20of%20taken'])
        expect(brief(await owner.get(`${BASE}/exists?${query}`))).toEqual(CONFLICT);
      expect(await owner.ok('GET', `${BASE}/exists?type=KEY&value=free`)).toEqual({ message: 'success' });
      await owner.ok('POST', '/api/projects', { key: 'elsewhere', name: 'Elsewhere' });
      const elsewhere = { key: 'taken', name: 'Name of taken' };
      await owner.ok('POST', '/api/projects/elsewhere/environments', elsewhere);
    });

    it('a new environment has a disabled default targeting, version 1, of every toggle, archived ones too', async () => {
      await make('fresh');
      for (const toggle of ['live', 'plain', 'archived']) {
        expect(await owner.ok('GET', targeting('fresh', toggle))).toMatchObject({
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
        const history = await owner.ok('GET', `${targeting('fresh', toggle)}/versions`);
        expect(history.content.map(({ version }: Json) => version)).toEqual([1]);
      }
    });

    it('copyFrom copies content, disabled flag and status, with a version 1 of its own', async () => {
      const content = {
        rules: [
          {
            name: 'vips',
            conditions: [{ type: 'segment', predicate: 'is in', objects: ['vip'] }],
            serve: { select: 1 },
          },
        ],
        disabledServe: { select: 0 },
        defaultServe: { split: [2500, 7500] },
        variations: VARIATIONS,
        prerequisites: [{ key: 'base', value: 'true', type: 'boolean' }],
      };
      await owner.ok('PATCH', targeting('online', 'live'), { content, disabled: false, comment: 'c' });
      await make('copy', { copyFrom: 'online' });
      expect(await owner.ok('GET', targeting('copy', 'live'))).toMatchObject({
        content,
        disabled: false,
        version: 1,
        status: 'RELEASE',
      });
      const history = await owner.ok('GET', `${targeting('copy', 'live')}/versions`);
      expect(history.content).toMatchObject([{ version: 1, content, disabled: false }]);
    });

    it('BUG: references to segments and prerequisites are copied too', async () => {
      const used = await owner.ok('GET', `${PROJECT}/segments/vip/toggles`);
      expect(used.content.map(({ environmentKey }: Json) => environmentKey).sort()).toEqual([
        'copy',
        'online',
      ]);
      const dependencies = await owner.ok('GET', `${targeting('copy', 'base')}/prerequisite/dependencies`);
      expect(keysOf(dependencies.content)).toEqual(['live']);
      await owner.ok('PATCH', targeting('online', 'live'), { content: { rules: [], prerequisites: [] } });
      const refused = await owner.delete(`${PROJECT}/segments/vip`);
      expect(brief(refused)).toEqual([
        400,
        { code: 'invalid_request', message: 'This resource is being used' },
      ]);
    });

    it('copyFrom an environment that is not there is not_found, and nothing is made', async () => {
      const body = { key: 'orphan', name: 'Orphan', copyFrom: 'nope' };
      expect(brief(await owner.post(BASE, body))).toEqual(missing('Environment', 'nope'));
      expect(brief(await owner.get(`${BASE}/orphan`))).toEqual(missing('Environment', 'orphan'));
      await make('no_copy', { copyFrom: '' });
    });

    it('GET /E of an archived environment is not_found', async () => {
      await make('hidden');
      await owner.ok('PATCH', `${BASE}/hidden/offline`);
      expect(brief(await owner.get(`${BASE}/hidden`))).toEqual(missing('Environment', 'hidden'));
      expect(brief(await owner.patch(`${BASE}/hidden`, { name: 'x' }))).toEqual(
        missing('Environment', 'hidden'),
      );
      const toggles = await owner.get(`${PROJECT}/toggles?environmentKey=hidden`);
      expect(brief(toggles)).toEqual(missing('Environment', 'hidden'));
    });

    it('PATCH /E renames, and resets each SDK key on demand', async () => {
      const made = await make('keyed');
      const path = `${BASE}/keyed`;
      expect(await owner.ok('PATCH', path, {})).toEqual(made);
      const renamed = await owner.ok('PATCH', path, { name: 'Renamed', resetServerSdk: false, key: 'z' });
      expect(renamed).toEqual({ ...made, name: 'Renamed' });
      const server = await owner.ok('PATCH', path, { resetServerSdk: true });
      expect(server.serverSdkKey).toMatch(/^server-[0-9a-f]{40}$/);
      expect(server.serverSdkKey).not.toBe(made.serverSdkKey);
      expect(server.clientSdkKey).toBe(made.clientSdkKey);
      const client = await owner.ok('PATCH', path, { resetClientSdk: true });
      expect(client.clientSdkKey).toMatch(/^client-[0-9a-f]{40}$/);
      expect(client.clientSdkKey).not.toBe(made.clientSdkKey);
      expect(client.serverSdkKey).toBe(server.serverSdkKey);
      expectFields(client, FIELDS);
      expectInvalid(await owner.patch(path, { resetServerSdk: 'yes' }), 'resetServerSdk');
      expect(brief(await owner.patch(path, { name: 'online' }))).toEqual(CONFLICT);
    });

    it('BUG: resetting an SDK key raises the version of the SDK keys', async () => {
      await make('reset');
      for (const field of ['resetServerSdk', 'resetClientSdk']) {
        const before = await sdkKeys();
        const { serverSdkKey, clientSdkKey } = await owner.ok('PATCH', `${BASE}/reset`, { [field]: true });
        const after = await sdkKeys();
        expect(after.version).toBeGreaterThan(before.version);
        expect(after.mapping[clientSdkKey]).toBe(serverSdkKey);
        expect(Object.keys(after.mapping)).toHaveLength(Object.keys(before.mapping).length);
      }
    });

    it('offline hides an environment from lists and SDK keys, restore reverses it', async () => {
      const made = await make('resting');
      const before = await sdkKeys();
      const offline = await owner.ok('PATCH', `${BASE}/resting/offline`);
      expect(offline).toEqual(made);
      expect(keysOf(await owner.ok('GET', BASE))).not.toContain('resting');
      expect(keysOf((await owner.ok('GET', PROJECT)).environments)).not.toContain('resting');
      const between = await sdkKeys();
      expect(between.mapping[made.clientSdkKey]).toBeUndefined();
      expect(between.version).toBeGreaterThan(before.version);
      expect(await owner.ok('PATCH', `${BASE}/resting/restore`)).toEqual(made);
      const after = await sdkKeys();
      expect(after.mapping[made.clientSdkKey]).toBe(made.serverSdkKey);
      expect(after.version).toBeGreaterThan(between.version);
      expect(keysOf(await owner.ok('GET', BASE))).toContain('resting');
    });

    it('in the wrong state, offline and restore are not_found', async () => {
      await make('wrong');
      expect(brief(await owner.patch(`${BASE}/wrong/restore`))).toEqual(missing('Environment', 'wrong'));
      await owner.ok('PATCH', `${BASE}/wrong/offline`);
      expect(brief(await owner.patch(`${BASE}/wrong/offline`))).toEqual(missing('Environment', 'wrong'));
      for (const step of ['offline', 'restore'])
        expect(brief(await owner.patch(`${BASE}/nope/${step}`))).toEqual(missing('Environment', 'nope'));
    });

    it('the last environment may go offline', async () => {
      await owner.ok('POST', '/api/projects', { key: 'single', name: 'Single' });
      await owner.ok('PATCH', '/api/projects/single/environments/online/offline');
      expect(await owner.ok('GET', '/api/projects/single')).toMatchObject({ environments: [] });
      expect(await owner.ok('GET', '/api/projects/single/environments')).toEqual([]);
    });
  });
});
