import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import {
  brief,
  CONFLICT,
  expectFields,
  expectInvalid,
  FORBIDDEN,
  missing,
  newToggle,
  VARIATIONS,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const BASE = '/api/projects';
const INTERNAL_TOKEN = 'contract-internal-token';

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN });
    owner = flagpost.owner;
    await owner.ok('POST', '/api/members', {
      accounts: ['bob', 'carol'],
      role: 'WRITER',
      password: 'Pass1234',
    });
  });
  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', BASE, { key, name: `Name of ${key}`, ...more });
  const sdkKeys = (): Promise<Json> => owner.ok('GET', `/internal/server/sdk_keys?token=${INTERNAL_TOKEN}`);

  describe('2.2 Projects', () => {
    it('POST answers the project: name, key, description and environments', async () => {
      const project = await make('shape', { description: 'd' });
      expectFields(project, 'name key description? environments');
      expect(project).toMatchObject({ name: 'Name of shape', key: 'shape', description: 'd' });
      expectFields(await make('bare'), 'name key description? environments');
    });

    it('a project begins with one environment, key and name online, and SDK keys of 40 hex digits', async () => {
      const { environments } = await make('first');
      expect(environments).toHaveLength(1);
      expectFields(environments[0], 'name key enableApproval serverSdkKey clientSdkKey');
      expect(environments[0]).toMatchObject({ name: 'online', key: 'online', enableApproval: false });
      expect(environments[0].serverSdkKey).toMatch(/^server-[0-9a-f]{40}$/);
      expect(environments[0].clientSdkKey).toMatch(/^client-[0-9a-f]{40}$/);
    });

    it('GET answers an array, newest first, of whole projects', async () => {
      await make('older');
      const newest = await make('newer');
      const list = await owner.ok('GET', BASE);
      expect(Array.isArray(list)).toBe(true);
      expect(list.slice(0, 2).map(({ key }: Json) => key)).toEqual(['newer', 'older']);
      expect(list[0]).toEqual(newest);
    });

    it('keyword searches name and description, not the key, whatever the case', async () => {
      await make('kw1', { name: 'Holds a Needle' });
      await make('kw2', { description: 'has a nEEDLE too' });
      await make('needle_in_key', { name: 'kw3' });
      const found = await owner.ok('GET', `${BASE}?keyword=NEEDLE`);
      expect(found.map(({ key }: Json) => key)).toEqual(['kw2', 'kw1']);
    });

    it('name and key are required, and the message names them', async () => {
      expectInvalid(await owner.post(BASE, { key: 'x' }), 'name');
      expectInvalid(await owner.post(BASE, { name: 'x' }), 'key');
      expectInvalid(await owner.post(BASE, { key: '', name: 'x' }), 'key');
      expectInvalid(await owner.post(BASE, { key: 'x', name: '' }), 'name');
      expectInvalid(await owner.post(BASE, { key: 'x', name: 'x', description: 7 }), 'description');
    });

    it('key and name are unique within the organization', async () => {
      await make('unique');
      expect(brief(await owner.post(BASE, { key: 'unique', name: 'other' }))).toEqual(CONFLICT);
      expect(brief(await owner.post(BASE, { key: 'other', name: 'Name of unique' }))).toEqual(CONFLICT);
    });

    it('GET /exists answers success when free and conflict when taken, by a deleted project too', async () => {
      await make('gone');
      await owner.ok('DELETE', `${BASE}/gone`);
      await make('alive');
      for (const value of ['gone', 'alive']) {
        expect(brief(await owner.get(`${BASE}/exists?type=KEY&value=${value}`))).toEqual(CONFLICT);
        const name = encodeURIComponent(`Name of ${value}`);
        expect(brief(await owner.get(`${BASE}/exists?type=NAME&value=${name}`))).toEqual(CONFLICT);
      }
      expect(await owner.ok('GET', `${BASE}/exists?type=KEY&value=free`)).toEqual({ message: 'success' });
      expect(await owner.ok('GET', `${BASE}/exists?type=NAME&value=alive`)).toEqual({ message: 'success' });
    });

    it('BUG: re-using the key of a deleted project is a conflict, not a 500', async () => {
      await make('reused');
      await owner.ok('DELETE', `${BASE}/reused`);
      expect(brief(await owner.post(BASE, { key: 'reused', name: 'Another' }))).toEqual(CONFLICT);
    });

    it('GET /P answers the project with its live environments, oldest first', async () => {
      await make('envs');
      for (const key of ['b', 'a', 'off'])
        await owner.ok('POST', `${BASE}/envs/environments`, { key, name: key });
      await owner.ok('PATCH', `${BASE}/envs/environments/off/offline`);
      const project = await owner.ok('GET', `${BASE}/envs`);
      expect(project.environments.map(({ key }: Json) => key)).toEqual(['online', 'b', 'a']);
      expect(brief(await owner.get(`${BASE}/nope`))).toEqual(missing('Project', 'nope'));
    });

    it('PATCH /P changes name and description; null keeps, the key is immutable', async () => {
      await make('patched', { description: 'before' });
      const path = `${BASE}/patched`;
      expect(await owner.ok('PATCH', path, { name: 'New', description: null, key: 'other' })).toMatchObject({
        key: 'patched',
        name: 'New',
        description: 'before',
      });
      const after = await owner.ok('PATCH', path, { name: null, description: '' });
      expect(after).toMatchObject({ name: 'New', description: '' });
      expectFields(after, 'name key description? environments');
      expect(await owner.ok('PATCH', path, {})).toEqual(after);
      expect(brief(await owner.patch(`${BASE}/nope`, {}))).toEqual(missing('Project', 'nope'));
    });

    it('an update checks the name only when it changes', async () => {
      await make('keeps');
      await make('other_name');
      await owner.ok('PATCH', `${BASE}/keeps`, { name: 'Name of keeps' });
      expect(brief(await owner.patch(`${BASE}/keeps`, { name: 'Name of other_name' }))).toEqual(CONFLICT);
    });

    it('DELETE /P archives the project with all its environments and takes their SDK keys away', async () => {
      const project = await make('doomed');
      const { serverSdkKey, clientSdkKey } = project.environments[0];
      const before = await sdkKeys();
      expect(before.mapping[clientSdkKey]).toBe(serverSdkKey);
      const deleted = await owner.ok('DELETE', `${BASE}/doomed`);
      expectFields(deleted, 'name key description? environments');
      const after = await sdkKeys();
      expect(after.mapping[clientSdkKey]).toBeUndefined();
      expect(after.version).toBeGreaterThan(before.version);
      for (const path of ['', '/environments', '/environments/online', '/toggles'])
        expect(brief(await owner.get(`${BASE}/doomed${path}`))).toEqual(missing('Project', 'doomed'));
      expect(brief(await owner.delete(`${BASE}/doomed`))).toEqual(missing('Project', 'doomed'));
    });

    it('DELETE does not ask whether toggles remain; there is no restore', async () => {
      await make('full');
      await owner.ok('POST', `${BASE}/full/toggles`, newToggle('t'));
      expect((await owner.delete(`${BASE}/full`)).status).toBe(200);
      expect((await owner.patch(`${BASE}/full/restore`)).status).toBe(404);
    });

    it('DELETE is for owners', async () => {
      await make('guarded');
      const bob = await flagpost.anonymous.login('bob', 'Pass1234');
      expect(brief(await bob.delete(`${BASE}/guarded`))).toEqual(FORBIDDEN);
    });

    describe('approval settings', () => {
      const settings = (key: string): string => `${BASE}/${key}/approvalSettings`;
      const set = (key: string, ...approvalSettings: object[]): Promise<Json> =>
        owner.ok('PATCH', settings(key), { approvalSettings });

      it('are an array with an item for each live environment', async () => {
        await make('ap1');
        await owner.ok('POST', `${BASE}/ap1/environments`, { key: 'stage', name: 'Stage' });
        const list = await owner.ok('GET', settings('ap1'));
        for (const item of list) expectFields(item, 'environmentKey environmentName enable reviewers locked');
        expect(list).toEqual([
          {
            environmentKey: 'online',
            environmentName: 'online',
            enable: false,
            reviewers: [],
            locked: false,
          },
          { environmentKey: 'stage', environmentName: 'Stage', enable: false, reviewers: [], locked: false },
        ]);
      });

      it('of environments that are not mentioned stay as they are', async () => {
        await make('ap2');
        await owner.ok('POST', `${BASE}/ap2/environments`, { key: 'stage', name: 'Stage' });
        await set('ap2', { environmentKey: 'online', enable: true, reviewers: ['bob'] });
        const list = await set('ap2', { environmentKey: 'stage', enable: true, reviewers: ['carol', 'bob'] });
        expect(list.map(({ enable, reviewers }: Json) => [enable, reviewers])).toEqual([
          [true, ['bob']],
          [true, ['carol', 'bob']],
        ]);
        expect(await owner.ok('GET', settings('ap2'))).toEqual(list);
        const { environments } = await owner.ok('GET', `${BASE}/ap2`);
        expect(environments.map(({ enableApproval }: Json) => enableApproval)).toEqual([true, true]);
      });

      it('are locked while a sketch of the environment is pending', async () => {
        await make('ap3');
        await owner.ok('POST', `${BASE}/ap3/toggles`, newToggle('t'));
        await set('ap3', { environmentKey: 'online', enable: true, reviewers: ['bob'] });
        const targeting = `${BASE}/ap3/environments/online/toggles/t/targeting`;
        await owner.ok('POST', `${targeting}/approval`, {
          content: {
            rules: [],
            defaultServe: { select: 1 },
            disabledServe: { select: 0 },
            variations: VARIATIONS,
          },
          disabled: false,
          comment: 'go',
        });
        expect((await owner.ok('GET', settings('ap3')))[0].locked).toBe(true);
        await owner.ok('PATCH', `${targeting}/sketch/cancel`, {});
        expect((await owner.ok('GET', settings('ap3')))[0].locked).toBe(false);
      });

      it('are not found where the project or environment is not', async () => {
        await make('ap4');
        expect(brief(await owner.get(settings('nope')))).toEqual(missing('Project', 'nope'));
        const body = { approvalSettings: [{ environmentKey: 'nope', enable: true, reviewers: ['bob'] }] };
        expect(brief(await owner.patch(settings('ap4'), body))).toEqual(missing('Environment', 'nope'));
      });

      it('need a list, and the message names it', async () => {
        await make('ap5');
        expectInvalid(await owner.patch(settings('ap5'), {}), 'approvalSettings');
        expectInvalid(await owner.patch(settings('ap5'), { approvalSettings: {} }), 'approvalSettings');
        const body = { approvalSettings: [{ environmentKey: 'online', enable: 'yes' }] };
        expectInvalid(await owner.patch(settings('ap5'), body), 'approvalSettings[0].enable');
      });
    });
  });
});
