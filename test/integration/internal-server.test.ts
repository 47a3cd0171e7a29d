import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const TOKEN = 'the-internal-token';
const KEYS = '/internal/server/sdk_keys';
const TOGGLES = '/internal/server/toggles';
const SHOP = '/api/projects/Shop';
const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const CONDITIONS = [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }];

describe.each(DATABASES)('what the Rust server is told on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  const logged: string[] = [];
  let keys: { serverSdkKey: string; clientSdkKey: string };

  beforeAll(async () => {
    flagpost = await startFlagpost(
      kind,
      { INTERNAL_TOKEN: TOKEN, LOG_LEVEL: 'warn' },
      { logDestination: { write: (line) => void logged.push(line) } },
    );
    owner = flagpost.owner;
    const project = await owner.ok('POST', '/api/projects', { key: 'Shop', name: 'Shop' });
    keys = project.environments[0];
  });

  afterAll(() => flagpost.stop());

  const rustServer = (headers: Record<string, string> = {}): ApiClient =>
    new ApiClient(flagpost.baseUrl, { 'X-Internal-Token': TOKEN, ...headers });

  const sdkKeys = (): Promise<Json> => rustServer().ok('GET', KEYS);

  const fetchToggles = (sdkKey = keys.serverSdkKey, query = ''): Promise<Answer> =>
    rustServer({ Authorization: sdkKey }).get(`${TOGGLES}${query}`);

  async function repository(): Promise<Json> {
    const { status, body } = await fetchToggles();
    expect(status).toBe(200);
    return body;
  }

  const makeToggle = (key: string, more: object = {}): Promise<Json> =>
    owner.ok('POST', `${SHOP}/toggles`, {
      key,
      name: key,
      clientAvailability: true,
      returnType: 'boolean',
      disabledServe: 0,
      variations: VARIATIONS,
      ...more,
    });

  const publish = (toggleKey: string, body: object): Promise<Json> =>
    owner.ok('PATCH', `${SHOP}/environments/online/toggles/${toggleKey}/targeting`, body);

  describe('is kept for who has the token, which', () => {
    it('stands in the header or, since the Rust server is given nothing but URLs, in the query', async () => {
      expect((await rustServer().get(KEYS)).status).toBe(200);
      const withoutHeader = new ApiClient(flagpost.baseUrl, { Authorization: keys.serverSdkKey });
      expect((await withoutHeader.get(`${KEYS}?token=${TOKEN}`)).status).toBe(200);
      expect((await withoutHeader.get(`${TOGGLES}?token=${TOKEN}`)).status).toBe(200);
      expect((await withoutHeader.get(`${TOGGLES}?token=${TOKEN}&version=9999`)).status).toBe(406);
    });

    it('may be a bearer token', async () => {
      const bearer = new ApiClient(flagpost.baseUrl, { Authorization: `Bearer ${TOKEN}` });
      expect((await bearer.get(KEYS)).status).toBe(200);
      const wrong = new ApiClient(flagpost.baseUrl, { Authorization: `Bearer ${TOKEN}x` });
      expect((await wrong.get(KEYS)).status).toBe(401);
    });

    it.each(['', '?token=', '?token=wrong', `?token=${TOKEN}x`, `?token[]=${TOKEN}`, `?token[a]=${TOKEN}`])(
      'is not %j',
      async (query) => {
        for (const path of [KEYS, TOGGLES]) {
          for (const client of [flagpost.anonymous, owner]) {
            const answer = await client.get(path + query);
            expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
          }
        }
      },
    );

    it('counts nothing elsewhere', async () => {
      expect((await rustServer().get('/api/projects')).status).toBe(401);
    });
  });

  describe('of SDK keys', () => {
    it('is which server key belongs to which client key', async () => {
      const { version, mapping } = await sdkKeys();
      expect(mapping).toEqual({ [keys.clientSdkKey]: keys.serverSdkKey });
      expect(version).toBeGreaterThanOrEqual(1);
      expect(await sdkKeys()).toEqual({ version, mapping });
    });

    it('is nothing, as 406, for who has that version already', async () => {
      const { version } = await sdkKeys();
      for (const known of [version, version + 1]) {
        const answer = await rustServer().get(`${KEYS}?version=${known}`);
        expect(answer).toMatchObject({ status: 406, body: undefined });
      }
      expect((await rustServer().get(`${KEYS}?version=${version - 1}`)).status).toBe(200);
      expect((await rustServer().get(`${KEYS}?version=x`)).body.code).toBe('invalid_request');
    });

    it('follows projects and environments as they come and go, and new keys', async () => {
      const live = async (): Promise<string[]> => Object.keys((await sdkKeys()).mapping).toSorted();
      let { version } = await sdkKeys();
      async function changes(work: () => Promise<Json>): Promise<Json> {
        const answer = await work();
        const now = (await sdkKeys()).version;
        expect(now).toBe(version + 1);
        version = now;
        return answer;
      }
      const other = await changes(() => owner.ok('POST', '/api/projects', { key: 'other', name: 'Other' }));
      const environments = '/api/projects/other/environments';
      const stage = await changes(() => owner.ok('POST', environments, { key: 'stage', name: 'Stage' }));
      const all = [keys, other.environments[0], stage].map(({ clientSdkKey }) => clientSdkKey).toSorted();
      expect(await live()).toEqual(all);
      await changes(() => owner.ok('PATCH', `${environments}/stage/offline`));
      expect(await live()).toEqual(all.filter((key) => key !== stage.clientSdkKey));
      await changes(() => owner.ok('PATCH', `${environments}/stage/restore`));
      expect(await live()).toEqual(all);
      const server = await changes(() =>
        owner.ok('PATCH', `${environments}/stage`, { resetServerSdk: true }),
      );
      expect((await sdkKeys()).mapping[stage.clientSdkKey]).toBe(server.serverSdkKey);
      const client = await changes(() =>
        owner.ok('PATCH', `${environments}/stage`, { resetClientSdk: true }),
      );
      expect((await sdkKeys()).mapping).toHaveProperty(client.clientSdkKey);
      await owner.ok('PATCH', `${environments}/stage`, { name: 'Staging' });
      expect((await sdkKeys()).version).toBe(version);
      await changes(() => owner.ok('DELETE', '/api/projects/other'));
      expect(await live()).toEqual([keys.clientSdkKey]);
    });
  });

  describe('of toggles', () => {
    it('is 404 for a key of no live environment', async () => {
      const stage = await owner.ok('POST', `${SHOP}/environments`, { key: 'gone', name: 'Gone' });
      expect((await fetchToggles(stage.serverSdkKey)).status).toBe(200);
      await owner.ok('PATCH', `${SHOP}/environments/gone/offline`);
      for (const key of [
        stage.serverSdkKey,
        'server-none',
        keys.serverSdkKey.toUpperCase(),
        '%',
        "' OR 1=1",
      ]) {
        const answer = await fetchToggles(key);
        expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
      }
      expect((await rustServer().get(TOGGLES)).status).toBe(404);
    });

    it('is the whole of what an environment serves', async () => {
      await owner.ok('POST', `${SHOP}/segments`, { key: 'vip', name: 'VIP' });
      await owner.ok('PATCH', `${SHOP}/segments/vip/publish`, {
        rules: [{ name: 'r', conditions: CONDITIONS }],
      });
      await makeToggle('campaign', { clientAvailability: false });
      await makeToggle('other');
      await makeToggle('archived');
      await owner.ok('PATCH', `${SHOP}/toggles/archived/offline`);
      const rule = {
        conditions: [{ type: 'segment', predicate: 'is in', objects: ['vip'] }],
        serve: { select: 1 },
      };
      const published = await publish('campaign', {
        disabled: false,
        content: {
          rules: [{ name: 'vips', ...rule }],
          defaultServe: { split: [2500, 7500] },
          prerequisites: [{ key: 'other', value: 'true', type: 'boolean' }],
        },
      });
      const { version, ...document } = await repository();
      expect(document).toEqual({
        segments: { Shop$vip: { uniqueId: 'Shop$vip', version: 2, rules: [{ conditions: CONDITIONS }] } },
        events: {},
        toggles: {
          campaign: {
            key: 'campaign',
            enabled: true,
            forClient: false,
            trackAccessEvents: false,
            lastModified: Date.parse(published.publishTime),
            version: 2,
            disabledServe: { select: 0 },
            defaultServe: { split: { distribution: [[[0, 2500]], [[2500, 10_000]]] } },
            rules: [
              {
                conditions: [{ type: 'segment', predicate: 'is in', objects: ['Shop$vip'] }],
                serve: { select: 1 },
              },
            ],
            variations: [false, true],
            prerequisites: [{ key: 'other', value: true }],
          },
          other: expect.objectContaining({ enabled: false, defaultServe: { select: 0 }, version: 1 }),
        },
      });
      expect((await fetchToggles(keys.clientSdkKey)).body).toEqual({ version, ...document });
      expect(await fetchToggles(keys.serverSdkKey, `?version=${version}`)).toMatchObject({
        status: 406,
        body: undefined,
      });
      expect((await fetchToggles(keys.serverSdkKey, `?version=${version - 1}`)).status).toBe(200);
    });

    it('lacks a toggle that SDKs could not read, has all the others, and says so in the log', async () => {
      await makeToggle('broken');
      const dataSource = flagpost.app.get(DataSource);
      const broken = { content: JSON.stringify({ variations: [{ value: 'false' }] }) };
      const { id } = (await dataSource.getRepository('toggle').findOneByOrFail({ key: 'broken' })) as Json;
      await dataSource.getRepository('targeting').update({ toggleId: id }, broken);
      const { toggles } = await repository();
      expect(toggles).toHaveProperty('campaign');
      expect(toggles).not.toHaveProperty('broken');
      const lines = logged.filter((line) => line.includes('left out of what SDKs get'));
      expect(lines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ level: 40, kind: 'toggle', key: 'broken', reason: expect.any(String) }),
      );
      expect(logged.join()).not.toContain(TOKEN);
    });

    it('has a higher version after everything that SDKs could tell', async () => {
      await makeToggle('versioned');
      const toggle = `${SHOP}/toggles/versioned`;
      const environment = `${SHOP}/environments/online`;
      const metric = { name: 'm', metricType: 'CONVERSION', eventType: 'CUSTOM', eventName: 'e' };
      const changes: [string, string, object?][] = [
        ['PATCH', toggle, { clientAvailability: false }],
        ['PATCH', `${toggle}/offline`],
        ['PATCH', `${toggle}/restore`],
        [
          'PATCH',
          `${environment}/toggles/versioned/targeting`,
          { disabled: false, content: { defaultServe: { select: 1 } } },
        ],
        ['PATCH', `${environment}/toggles/versioned/targeting`, { trackAccessEvents: true }],
        ['POST', `${environment}/toggles/versioned/metric`, metric],
        ['PATCH', `${environment}/events/tracker-status`, { enabled: true }],
        ['PATCH', `${environment}/events/tracker-status`, { enabled: false }],
        ['POST', `${SHOP}/segments`, { key: 'brief', name: 'Brief' }],
        ['PATCH', `${SHOP}/segments/brief`, { name: 'Briefer' }],
        ['PATCH', `${SHOP}/segments/brief/publish`, { rules: [{ conditions: CONDITIONS }] }],
        ['DELETE', `${SHOP}/segments/brief`],
        ['PATCH', environment, { resetClientSdk: true }],
        [
          'POST',
          `${SHOP}/toggles`,
          {
            key: 'last',
            name: 'last',
            clientAvailability: true,
            returnType: 'boolean',
            disabledServe: 0,
            variations: VARIATIONS,
          },
        ],
      ];
      let { version } = await repository();
      for (const [method, path, body] of changes) {
        await owner.ok(method, path, body);
        const now = (await repository()).version;
        expect([method, path, now > version]).toEqual([method, path, true]);
        version = now;
      }
    });

    it('moves to the new key when the SDK key is reset', async () => {
      const old = keys.serverSdkKey;
      keys = await owner.ok('PATCH', `${SHOP}/environments/online`, { resetServerSdk: true });
      expect((await fetchToggles(old)).status).toBe(404);
      expect((await fetchToggles()).status).toBe(200);
    });
  });
});

describe('without INTERNAL_TOKEN', () => {
  it('there are no such routes, whatever the caller brings', async () => {
    const flagpost = await startFlagpost('sqlite');
    try {
      const project = await flagpost.owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
      const client = new ApiClient(flagpost.baseUrl, {
        'X-Internal-Token': 'undefined',
        Authorization: project.environments[0].serverSdkKey,
      });
      for (const path of [KEYS, TOGGLES]) {
        const answer = await client.get(`${path}?token=`);
        const message = `No such route: GET ${path}`;
        expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', message } });
      }
    } finally {
      await flagpost.stop();
    }
  });
});
