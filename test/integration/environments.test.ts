import { EventEmitter2 } from '@nestjs/event-emitter';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ENVIRONMENT_CREATED,
  ENVIRONMENT_RESTORED,
  EnvironmentService,
  type EnvironmentCreated,
} from '../../src/environments/index.js';
import { DomainError } from '../../src/platform/errors/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const CONFLICT = { code: 'conflict', message: 'This resource already exists, please modify' };
const BASE = '/api/projects/shop/environments';

const missing = (key: string): object => ({ code: 'not_found', message: `Environment ${key} not found` });

describe.each(DATABASES)('environments on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });

  afterAll(() => flagpost.stop());

  const make = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', BASE, { key, name: key, ...more });

  async function newestEvent(environmentKey: string): Promise<Json> {
    const feed = await owner.ok(
      'GET',
      `/api/events?projectKey=shop&environmentKey=${environmentKey}&limit=1`,
    );
    const { id, timestamp, ...event } = feed.content[0];
    expect([typeof id, typeof timestamp]).toEqual(['string', 'number']);
    return event;
  }

  const versionOf = async (key: string): Promise<number> => {
    const rows = await flagpost.app.get(DataSource).getRepository('environment').find({ where: { key } });
    return (rows as Json)[0].version;
  };

  /** What listeners of an in-unit hook are told while `work` runs. */
  async function heard(name: string, work: () => Promise<unknown>): Promise<Json[]> {
    const emitter = flagpost.app.get(EventEmitter2);
    const payloads: Json[] = [];
    const listener = (payload: EnvironmentCreated): void => {
      expect(flagpost.app.get(UnitOfWork).isOpen).toBe(true);
      payloads.push(payload);
    };
    emitter.on(name, listener);
    await work().finally(() => emitter.off(name, listener));
    return payloads;
  }

  it('lists the environments of a project, oldest first', async () => {
    const stage = await make('Stage', { name: 'Stage name' });
    expect(stage).toEqual({
      key: 'Stage',
      name: 'Stage name',
      enableApproval: false,
      serverSdkKey: expect.stringMatching(/^server-[0-9a-f]{40}$/),
      clientSdkKey: expect.stringMatching(/^client-[0-9a-f]{40}$/),
    });
    const list = await owner.ok('GET', BASE);
    expect(list.map((environment: Json) => environment.key)).toEqual(['online', 'Stage']);
    expect(list[1]).toEqual(stage);
    expect(await owner.ok('GET', `${BASE}/sTAGE`)).toEqual(stage);
    expect((await owner.ok('GET', '/api/projects/shop')).environments).toEqual(list);
    expect(await newestEvent('Stage')).toEqual({
      resource: 'ENVIRONMENT',
      action: 'CREATE',
      operator: 'Admin',
      projectKey: 'shop',
      environmentKey: 'Stage',
      data: stage,
    });
  });

  it('names project and environment in events as they are, whatever case the path has', async () => {
    await make('cased');
    await owner.ok('PATCH', '/api/projects/SHOP/environments/CASED', { name: 'Cased' });
    expect(await newestEvent('cased')).toMatchObject({ projectKey: 'shop', environmentKey: 'cased' });
  });

  it.each([
    ['the key', { key: 'ONLINE', name: 'other' }],
    ['the name', { key: 'other', name: 'Online' }],
  ])('refuses %s of another environment', async (_what, body) => {
    const answer = await owner.post(BASE, body);
    expect([answer.status, answer.body]).toEqual([400, CONFLICT]);
  });

  it('takes the same key and name in another project', async () => {
    await owner.ok('POST', '/api/projects', { key: 'other', name: 'other' });
    await make('shared');
    await owner.ok('POST', '/api/projects/other/environments', { key: 'shared', name: 'shared' });
    expect((await owner.get('/api/projects/other/environments/cased')).body).toEqual(missing('cased'));
  });

  it('lets one of many win who ask for the same key at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => owner.post(BASE, { key: 'race', name: `race ${i}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)]);
    for (const { status, body } of answers) if (status === 400) expect(body).toEqual(CONFLICT);
  });

  it.each([
    ['key', 'absent', { name: 'n' }],
    ['key', 'empty', { key: '', name: 'n' }],
    ['key', 'with a slash', { key: 'sl/ash', name: 'n' }],
    ['name', 'empty', { key: 'bad', name: '' }],
    ['name', 'too long', { key: 'bad', name: 'n'.repeat(129) }],
    ['name', 'with NUL', { key: 'bad', name: 'a\u0000b' }],
    ['name', 'a flag', { key: 'bad', name: false }],
    ['copyFrom', 'a number', { key: 'bad', name: 'bad', copyFrom: 3 }],
    ['copyFrom', 'an object', { key: 'bad', name: 'bad', copyFrom: {} }],
  ])('refuses a %s that is %s', async (field, _what, body) => {
    const { status, body: error } = await owner.post(BASE, body);
    expect([status, error.code]).toEqual([400, 'invalid_request']);
    expect(error.message).toMatch(new RegExp(`^${field} `));
  });

  describe('copyFrom', () => {
    it('tells listeners, inside the unit, which environment to copy', async () => {
      await make('source');
      const payloads = await heard(ENVIRONMENT_CREATED, async () => {
        await make('copy', { copyFrom: 'SOURCE' });
        await make('no_copy', { copyFrom: '' });
      });
      expect(payloads).toMatchObject([
        { project: { key: 'shop' }, environment: { key: 'copy' }, copyFrom: { key: 'source' } },
        { project: { key: 'shop' }, environment: { key: 'no_copy' } },
      ]);
      expect(payloads[1]).not.toHaveProperty('copyFrom');
    });

    it('must name a live environment', async () => {
      await make('sleeping');
      await owner.ok('PATCH', `${BASE}/sleeping/offline`);
      for (const copyFrom of ['sleeping', 'nope']) {
        const answer = await owner.post(BASE, { key: 'never', name: 'never', copyFrom });
        expect([answer.status, answer.body]).toEqual([400, missing(copyFrom)]);
      }
      expect((await owner.get(`${BASE}/never`)).body).toEqual(missing('never'));
    });

    it('leaves nothing behind when a listener fails', async () => {
      const emitter = flagpost.app.get(EventEmitter2);
      const fail = (): never => {
        throw new DomainError('limit_reached', { resource: 'Toggle' });
      };
      emitter.on(ENVIRONMENT_CREATED, fail);
      const answer = await owner.post(BASE, { key: 'failed', name: 'failed' });
      emitter.off(ENVIRONMENT_CREATED, fail);
      expect([answer.status, answer.body.code]).toEqual([400, 'overflow']);
      expect((await owner.get(`${BASE}/failed`)).body).toEqual(missing('failed'));
      expect((await owner.ok('GET', '/api/events?environmentKey=failed')).content).toEqual([]);
    });
  });

  describe('update', () => {
    it('renames, and says so', async () => {
      const before = await make('renamed');
      const after = await owner.ok('PATCH', `${BASE}/renamed`, { name: 'New name', resetServerSdk: null });
      expect(after).toEqual({ ...before, name: 'New name' });
      expect(await newestEvent('renamed')).toEqual({
        resource: 'ENVIRONMENT',
        action: 'UPDATE',
        operator: 'Admin',
        projectKey: 'shop',
        environmentKey: 'renamed',
        data: after,
        changes: [{ path: '/name', from: 'renamed', to: 'New name' }],
      });
      expect((await owner.patch(`${BASE}/renamed`, { name: 'ONLINE' })).body).toEqual(CONFLICT);
      expect((await owner.ok('PATCH', `${BASE}/renamed`, { name: 'NEW NAME' })).name).toBe('NEW NAME');
    });

    it('resets each SDK key by itself, and tells SDK servers by the version', async () => {
      const before = await make('keys');
      expect(await versionOf('keys')).toBe(1);
      const server = await owner.ok('PATCH', `${BASE}/keys`, { resetServerSdk: true });
      expect(server.serverSdkKey).toMatch(/^server-[0-9a-f]{40}$/);
      expect(server.serverSdkKey).not.toBe(before.serverSdkKey);
      expect(server.clientSdkKey).toBe(before.clientSdkKey);
      expect(await versionOf('keys')).toBe(2);
      const client = await owner.ok('PATCH', `${BASE}/keys`, { resetClientSdk: true, resetServerSdk: false });
      expect(client.serverSdkKey).toBe(server.serverSdkKey);
      expect((await newestEvent('keys')).changes).toEqual([
        { path: '/clientSdkKey', from: before.clientSdkKey, to: client.clientSdkKey },
      ]);
      await owner.ok('PATCH', `${BASE}/keys`, { name: 'Keys' });
      expect(await versionOf('keys')).toBe(3);
    });

    it.each([{ name: ' ' }, { name: 1 }, { resetServerSdk: 'true' }, { resetClientSdk: 1 }])(
      'refuses %j',
      async (body) => {
        const answer = await owner.patch(`${BASE}/online`, body);
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
        expect(answer.body.message).toMatch(new RegExp(`^${Object.keys(body)[0]} `));
      },
    );
  });

  describe('offline and restore', () => {
    it('hides the environment and brings it back as it was', async () => {
      const environment = await make('cycle');
      expect(await owner.ok('PATCH', `${BASE}/cycle/offline`)).toEqual(environment);
      expect(await newestEvent('cycle')).toEqual({
        resource: 'ENVIRONMENT',
        action: 'OFFLINE',
        operator: 'Admin',
        projectKey: 'shop',
        environmentKey: 'cycle',
        data: environment,
        changes: [],
      });
      const keys = async (query: string): Promise<string[]> =>
        (await owner.ok('GET', BASE + query)).map(({ key }: Json) => key);
      expect(await keys('')).not.toContain('cycle');
      expect(await keys('?archived=')).not.toContain('cycle');
      expect(await keys('?archived=true')).toContain('cycle');
      expect(await keys('?archived=true')).not.toContain('online');
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['PATCH', '/offline'],
      ] as const) {
        const answer = await owner.call(method, `${BASE}/cycle${path}`, method === 'PATCH' ? {} : undefined);
        expect([answer.status, answer.body]).toEqual([400, missing('cycle')]);
      }

      const payloads = await heard(ENVIRONMENT_RESTORED, async () => {
        expect(await owner.ok('PATCH', `${BASE}/CYCLE/restore`)).toEqual(environment);
      });
      expect(payloads).toMatchObject([{ project: { key: 'shop' }, environment: { key: 'cycle' } }]);
      expect(await newestEvent('cycle')).toMatchObject({ action: 'RESTORE', data: environment });
      expect((await owner.patch(`${BASE}/cycle/restore`)).body).toEqual(missing('cycle'));
      expect(await keys('?archived=false')).toContain('cycle');
    });

    it('keeps key and name taken meanwhile', async () => {
      await make('held', { name: 'Held' });
      await owner.ok('PATCH', `${BASE}/held/offline`);
      expect((await owner.post(BASE, { key: 'HELD', name: 'x' })).body).toEqual(CONFLICT);
      expect((await owner.post(BASE, { key: 'x', name: 'held' })).body).toEqual(CONFLICT);
      expect((await owner.get(`${BASE}/exists?type=KEY&value=held`)).body).toEqual(CONFLICT);
      expect((await owner.get(`${BASE}/exists?type=NAME&value=held`)).body).toEqual(CONFLICT);
      expect(await owner.ok('GET', `${BASE}/exists?type=KEY&value=x`)).toEqual({ message: 'success' });
    });

    it('refuses a flag that is none', async () => {
      const answer = await owner.get(`${BASE}?archived=maybe`);
      expect([answer.status, answer.body]).toEqual([
        400,
        { code: 'invalid_request', message: 'archived must be true or false' },
      ]);
    });
  });

  it('serves other modules: versions are counted under contention, and only live ones can be locked', async () => {
    await make('counted');
    const environments = flagpost.app.get(EnvironmentService);
    const units = flagpost.app.get(UnitOfWork);
    const rows = (await flagpost.app.get(DataSource).getRepository('project').find()) as Json[];
    const project = rows.find(({ key }) => key === 'shop');
    const { id } = await environments.findLive(project, 'COUNTED');
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        units.run(async () => {
          if (i % 2) return environments.bumpAllVersions(project.id);
          const { version } = await environments.lockLive(project, 'counted');
          await environments.bumpVersion(id);
          expect((await environments.findLive(project, 'counted')).version).toBe(version + 1);
        }),
      ),
    );
    expect(await versionOf('counted')).toBe(21);
    await expect(environments.bumpVersion(id)).rejects.toThrow('unit of work');
    await owner.ok('PATCH', `${BASE}/counted/offline`);
    await expect(units.run(() => environments.lockLive(project, 'counted'))).rejects.toThrow(
      'Environment counted not found',
    );
    const all = await environments.listAll(project);
    const live = await environments.listLive(project);
    expect(all.filter(({ archived }) => !archived)).toEqual(live);
    expect(await units.run(() => environments.lockAll(project))).toHaveLength(all.length);
  });
});
