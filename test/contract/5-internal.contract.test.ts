import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { CHANGE, CONTENT, VARIATIONS } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, fieldsOf, Shop } from '../support/shop.js';

const TOKEN = 'the-internal-token';
const KEYS = '/internal/server/sdk_keys';
const TOGGLES = '/internal/server/toggles';
const EVENTS = '/internal/server/events';
const CITY = { type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] };
const REPORT = {
  access: {
    startTime: 1795313700000,
    endTime: 1795313703000,
    counters: { campaign_enable: [{ count: 5, version: 3, index: 1, value: true }] },
  },
  events: [
    { kind: 'debug', time: 1795313701000, key: 'campaign_enable', user: 'u1', value: true, version: 3 },
  ],
};

describe.each(DATABASES)('contract of the internal routes on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let environment: Json;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: TOKEN, ROLES: 'api' });
    owner = flagpost.owner;
    shop = await Shop.open(owner, 'My_First_Project');
    [environment] = shop.created.environments;
  });
  afterAll(() => flagpost.stop());

  const rust = (sdkKey?: string): ApiClient =>
    owner.as({ 'X-Internal-Token': TOKEN, ...(sdkKey && { Authorization: sdkKey }) });
  const toggles = (query = '', sdkKey = environment.serverSdkKey): Promise<Answer> =>
    rust(sdkKey).get(TOGGLES + query);
  const repository = async (): Promise<Json> => {
    const { status, body } = await toggles();
    expect(status).toBe(200);
    return body;
  };
  describe('5.1 API → Rust server', () => {
    it('GET sdk_keys maps client to server keys of the live environments of all organizations', async () => {
      const other = await Shop.open(owner, 'other');
      await other.environment('stage');
      await owner.ok('PATCH', `${other.path}/environments/stage/offline`);
      const answer = await rust().ok('GET', KEYS);
      expect(fieldsOf(answer)).toEqual(['mapping', 'version']);
      expect(answer.version).toBeGreaterThanOrEqual(1);
      const live = [environment, other.created.environments[0]];
      expect(answer.mapping).toEqual(
        Object.fromEntries(live.map(({ clientSdkKey, serverSdkKey }) => [clientSdkKey, serverSdkKey])),
      );
      await owner.ok('DELETE', other.path);
    });

    it('sdk_keys: 406 with an empty body for who has that version or a later one', async () => {
      const { version } = await rust().ok('GET', KEYS);
      for (const known of [version, version + 1])
        expect(await rust().get(`${KEYS}?version=${known}`)).toMatchObject({ status: 406, body: undefined });
      expect((await rust().get(`${KEYS}?version=${version - 1}`)).status).toBe(200);
    });

    it('sdk_keys: the version grows with projects and environments as they come and go, and new keys', async () => {
      const project = '/api/projects/coming';
      const changes: [string, string, object?][] = [
        ['POST', '/api/projects', { key: 'coming', name: 'Coming' }],
        ['POST', `${project}/environments`, { key: 'stage', name: 'Stage' }],
        ['PATCH', `${project}/environments/stage/offline`],
        ['PATCH', `${project}/environments/stage/restore`],
        ['PATCH', `${project}/environments/stage`, { resetServerSdk: true }],
        ['PATCH', `${project}/environments/stage`, { resetClientSdk: true }],
        ['DELETE', project],
      ];
      let { version } = await rust().ok('GET', KEYS);
      for (const [method, path, body] of changes) {
        await owner.ok(method, path, body);
        const now = (await rust().ok('GET', KEYS)).version;
        expect([method, path, now]).toEqual([method, path, version + 1]);
        version = now;
      }
    });

    it('GET toggles takes a server or client key, raw; an unknown one is 404', async () => {
      const { version } = await repository();
      expect((await toggles('', environment.clientSdkKey)).body.version).toBe(version);
      for (const key of ['server-unknown', `${environment.serverSdkKey}x`])
        expect(await toggles('', key)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect((await rust().get(TOGGLES)).status).toBe(404);
    });

    it('toggles: 406 with an empty body for who has that version or a later one', async () => {
      const { version } = await repository();
      for (const known of [version, version + 1])
        expect(await toggles(`?version=${known}`)).toMatchObject({ status: 406, body: undefined });
      expect((await toggles(`?version=${version - 1}`)).status).toBe(200);
      expect((await toggles('?version=0')).body.version).toBeGreaterThan(0);
    });

    it('the environment’s version grows with everything the contract names, and its BUGs', async () => {
      const key = await shop.toggle();
      const at = shop.at(key);
      const metric = { name: 'm', metricType: 'CONVERSION', eventType: 'CUSTOM', eventName: 'e' };
      const rules = [{ name: 'r', conditions: [CITY] }];
      const request = {
        key: 'bumping',
        name: 'b',
        clientAvailability: true,
        returnType: 'boolean',
        disabledServe: 0,
        variations: VARIATIONS,
      };
      const changes: [string, string, object?][] = [
        ['POST', `${shop.path}/toggles`, request],
        ['PATCH', `${shop.path}/toggles/${key}/offline`],
        ['PATCH', `${shop.path}/toggles/${key}/restore`],
        ['PATCH', `${at}/targeting`, { content: CONTENT, disabled: false }],
        ['POST', `${shop.path}/segments`, { key: 'bumping', name: 'b' }],
        ['PATCH', `${shop.path}/segments/bumping`, { name: 'c' }],
        ['PATCH', `${shop.path}/segments/bumping/publish`, { rules }],
        ['DELETE', `${shop.path}/segments/bumping`],
        ['POST', `${at}/metric`, metric],
        ['PATCH', `${shop.path}/environments/online/events/tracker-status`, { enabled: true }],
        ['PATCH', `${shop.path}/environments/online/events/tracker-status`, { enabled: false }],
        ['PATCH', `${shop.path}/toggles/${key}`, { clientAvailability: false }],
        ['PATCH', `${shop.path}/environments/online`, { resetClientSdk: true }],
      ];
      let { version } = await repository();
      for (const [method, path, body] of changes) {
        await owner.ok(method, path, body);
        const now = (await repository()).version;
        expect([method, path, now > version]).toEqual([method, path, true]);
        version = now;
      }
      environment = await owner.ok('GET', `${shop.path}/environments/online`);
    });

    it('the environment’s version grows with a sketch that is published', async () => {
      const guarded = await shop.environment('guarded');
      const targeting = shop.targeting(await shop.toggle(), 'guarded');
      await shop.demandApproval('guarded', ['Admin']);
      await owner.ok('POST', `${targeting}/approval`, CHANGE);
      await owner.ok('PATCH', `${targeting}/approvalStatus`, { status: 'PASS' });
      const before = (await toggles('', guarded.serverSdkKey)).body.version;
      await owner.ok('PATCH', `${targeting}/sketch/publish`);
      expect((await toggles('', guarded.serverSdkKey)).body.version).toBeGreaterThan(before);
    });

    it('there is no conditional mechanism besides version and 406', async () => {
      const { headers } = await toggles();
      const again = await owner
        .as({ 'X-Internal-Token': TOKEN, Authorization: environment.serverSdkKey, 'If-None-Match': '*' })
        .get(TOGGLES);
      expect([headers.get('etag'), again.status]).toEqual([null, 200]);
    });

    it('POST events takes reports of a server or client key: 200, empty', async () => {
      for (const key of [environment.serverSdkKey, environment.clientSdkKey])
        for (const reports of [
          [REPORT],
          [],
          [{ events: REPORT.events }],
          [{ access: null, events: null }, REPORT],
        ]) {
          const answer = await rust(key).post(EVENTS, reports);
          expect(answer).toMatchObject({ status: 200, body: undefined });
        }
      const { serverSdkKey } = environment;
      const byQuery = owner.as({
        Authorization: serverSdkKey,
        'User-Agent': 'Java/1.0',
        UA: 'JavaScript/1.2',
      });
      expect((await byQuery.post(`${EVENTS}?token=${TOKEN}`, [REPORT])).status).toBe(200);
    });

    it('POST events: an unknown key is 400 not_found', async () => {
      for (const client of [rust('server-unknown'), rust()])
        expectRefusal(await client.post(EVENTS, [REPORT]), 'not_found', 'SDK key');
    });

    it.each<[string, unknown]>([
      ['body ', {}],
      ['body ', undefined],
      ['body ', 'text'],
      ['body[0] ', [5]],
      ['body[1] ', [REPORT, null]],
      ['body[0].access ', [{ access: 'x' }]],
      ['body[0].events ', [{ access: {}, events: {} }]],
    ])('POST events names %s when it is wrong', async (field, reports) => {
      const answer = await rust(environment.serverSdkKey).post(EVENTS, reports);
      expectRefusal(answer, 'invalid_request', field);
    });

    it('all three need INTERNAL_TOKEN (decided)', async () => {
      const stranger = owner.as({ Authorization: environment.serverSdkKey });
      for (const [method, path] of [
        ['GET', KEYS],
        ['GET', TOGGLES],
        ['POST', EVENTS],
      ] as const)
        for (const query of ['', '?token=wrong']) {
          const answer = await stranger.call(method, path + query, method === 'POST' ? [REPORT] : undefined);
          expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
        }
    });
  });

  /*
   * What 5.2 asks of an API is to call `/internal/update_toggles` of each server after a change. Flagpost doesn't: the Rust server
   * polls, as default installations of FeatureProbe do (docs/compatibility.md). What can be tested is that polling is enough.
   */
  describe('5.2 Change push API → server', () => {
    it('a server that polls sees a change at its next poll', async () => {
      const key = await shop.toggle();
      const { version } = await repository();
      await shop.publish(key, { disabled: false, content: CONTENT });
      const { status, body } = await toggles(`?version=${version}`);
      expect([status, body.toggles[key].enabled, body.version > version]).toEqual([200, true, true]);
    });
  });

  /*
   * The Rust server's own routes, its realtime port and the hash of splits are not the API's. What concerns the API: every URL
   * that the Rust server must be given (it doesn't start without FP_KEYS_URL, FP_TOGGLES_URL and FP_EVENTS_URL) can be answered
   * with nothing but a token in the URL and an SDK key in Authorization, and what SDKs of the API itself ask is not public here.
   */
  describe('5.4 Rust server public endpoints', () => {
    it('FP_KEYS_URL, FP_TOGGLES_URL and FP_EVENTS_URL work as URLs with a token in them', async () => {
      const sdk = owner.as({ Authorization: environment.serverSdkKey });
      expect((await flagpost.anonymous.get(`${KEYS}?token=${TOKEN}`)).status).toBe(200);
      expect((await sdk.get(`${TOGGLES}?token=${TOKEN}`)).status).toBe(200);
      expect((await sdk.post(`${EVENTS}?token=${TOKEN}`, [REPORT])).status).toBe(200);
    });
  });
});
