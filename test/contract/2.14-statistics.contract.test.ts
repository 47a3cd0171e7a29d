import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { CONTENT } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, ISO_DATE, names, Shop } from '../support/shop.js';

const HALF_AN_HOUR_MS = 30 * 60 * 1000;
const CUSTOM = {
  name: 'Checkouts',
  description: 'Orders sent off',
  metricType: 'CONVERSION',
  eventType: 'CUSTOM',
  eventName: 'checkout',
  denominator: 'TOTAL_SAMPLE',
  unit: 'pcs',
};
const PAGE = {
  name: 'Cart',
  metricType: 'COUNT',
  winCriteria: 'NEGATIVE',
  eventType: 'PAGE_VIEW',
  matcher: 'EXACT',
  url: 'https://shop.example/cart',
  denominator: 'TOTAL_PV',
};
const CLICK = { ...PAGE, eventType: 'CLICK', matcher: 'SUBSTRING', selector: '#buy' };
/** Names of FeatureProbe's enum, and what its UI sends besides. */
const SDK_TYPES = names(
  'Java Python Rust Go NodeJS Android Swift ObjectiveC JavaScript MiniProgram React Flutter DotNet undefined',
);

/**
 * Flagpost takes in no reports of SDKs yet (docs/compatibility.md), so what the contract says of points in time, of `deleted`
 * variations, of distributions and of event kinds has nothing to be tested on: the routes say that there is no data.
 */
describe.each(DATABASES)('contract of statistics on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let at: string;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: 'token' });
    owner = flagpost.owner;
    shop = await Shop.open(owner);
  });
  afterAll(() => flagpost.stop());
  beforeEach(async () => {
    at = shop.at(await shop.toggle());
  });

  const repository = (): Promise<Json> => {
    const [{ serverSdkKey }] = shop.created.environments;
    return owner.as({ Authorization: serverSdkKey }).ok('GET', '/internal/server/toggles?token=token');
  };

  describe('2.14 Traffic (evaluation statistics)', () => {
    it('GET /traffic without data is the empty answer, by its defaults and with each parameter', async () => {
      for (const query of [
        '',
        '?trafficType=NAME&lastHours=24',
        '?trafficType=VALUE&lastHours=168',
        '?lastHours=288',
      ])
        expect(await owner.ok('GET', `${at}/traffic${query}`)).toEqual({
          isAccess: false,
          traffic: [],
          summary: [],
        });
    });

    it.each([
      ['trafficType', 'trafficType=KEY'],
      ['lastHours', 'lastHours=x'],
      ['lastHours', 'lastHours=0'],
      ['lastHours', 'lastHours=289'],
    ])('GET /traffic names %s when it is wrong: %s', async (field, query) => {
      expectRefusal(await owner.get(`${at}/traffic?${query}`), 'invalid_request', `${field} `);
    });

    it('GET /access answers every sdkType, those that FeatureProbe’s UI makes up too', async () => {
      for (const query of ['', '?sdkType=', ...SDK_TYPES.map((type) => `?sdkType=${type}`)])
        expect(await owner.ok('GET', `${at}/access${query}`)).toEqual({ isAccess: false });
    });
  });

  describe('2.15 Metrics (shapes only)', () => {
    const save = (body: object): Promise<Json> => owner.ok('POST', `${at}/metric`, body);

    it('GET without a metric is 400 not_found', async () => {
      expectRefusal(await owner.get(`${at}/metric`), 'not_found', 'not found');
    });

    it('a CUSTOM metric: what POST and GET answer', async () => {
      const base = {
        id: expect.any(Number),
        name: 'Checkouts',
        description: 'Orders sent off',
        unit: 'pcs',
        denominator: 'TOTAL_SAMPLE',
      };
      expect(await save(CUSTOM)).toEqual({
        ...base,
        type: 'CONVERSION',
        events: [{ name: 'checkout', type: 'CUSTOM' }],
      });
      expect(await owner.ok('GET', `${at}/metric`)).toEqual({
        ...base,
        metricType: 'CONVERSION',
        eventType: 'CUSTOM',
        eventName: 'checkout',
      });
    });

    it('a CLICK metric: what POST and GET answer', async () => {
      const watched = { matcher: 'SUBSTRING', url: PAGE.url, selector: '#buy' };
      const base = { id: expect.any(Number), name: 'Cart', winCriteria: 'NEGATIVE', denominator: 'TOTAL_PV' };
      const { description: _d, unit: _u, ...saved } = await save(CLICK);
      expect(saved).toEqual({
        ...base,
        type: 'COUNT',
        events: [{ name: expect.any(String), type: 'CLICK', ...watched }],
      });
      const { description: _d2, unit: _u2, ...read } = await owner.ok('GET', `${at}/metric`);
      expect(read).toEqual({
        ...base,
        metricType: 'COUNT',
        eventType: 'CLICK',
        eventName: saved.events[0].name,
        ...watched,
      });
    });

    it('POST is an upsert', async () => {
      const { id } = await save(CUSTOM);
      expect(await save(PAGE)).toMatchObject({ id, name: 'Cart', type: 'COUNT' });
      expect(await owner.ok('GET', `${at}/metric`)).not.toHaveProperty('selector');
    });

    it.each<[string, string[], object]>([
      ['metricType', ['CONVERSION', 'COUNT', 'AVERAGE', 'SUM'], { ...CUSTOM, winCriteria: 'POSITIVE' }],
      ['eventType', ['CUSTOM', 'PAGE_VIEW', 'CLICK'], { ...CLICK, eventName: 'e' }],
      ['matcher', ['SIMPLE', 'EXACT', 'SUBSTRING', 'REGULAR'], PAGE],
      ['winCriteria', ['POSITIVE', 'NEGATIVE'], PAGE],
      ['denominator', ['TOTAL_SAMPLE', 'TOTAL_PV'], PAGE],
    ])('%s is one of %j', async (field, values, body) => {
      for (const value of values) {
        await save({ ...body, [field]: value });
        expect((await owner.ok('GET', `${at}/metric`))[field]).toBe(value);
      }
      const wrong = await owner.post(`${at}/metric`, { ...body, [field]: 'OTHER' });
      expectRefusal(wrong, 'invalid_request', field);
    });

    it.each<[string, object]>([
      ['eventName', { ...CUSTOM, eventName: undefined }],
      ['matcher', { ...PAGE, matcher: undefined }],
      ['url', { ...PAGE, url: undefined }],
      ['matcher', { ...CLICK, matcher: undefined }],
      ['url', { ...CLICK, url: ' ' }],
      ['selector', { ...CLICK, selector: undefined }],
      ['winCriteria', { ...PAGE, winCriteria: undefined }],
      ['url', { ...PAGE, matcher: 'REGULAR', url: '(' }],
      ['name', { ...CUSTOM, name: undefined }],
    ])('POST names %s when it is missing or wrong', async (field, body) => {
      expectRefusal(await owner.post(`${at}/metric`, body), 'invalid_request', field);
    });

    it('GET /analysis answers the bounds, the metric, and no data', async () => {
      await save(CUSTOM);
      const query = 'start=2026-11-22%2000:00:00&end=2026-11-23%2000:00:00';
      expect(await owner.ok('GET', `${at}/metric/analysis?${query}`)).toEqual({
        start: '2026-11-22 00:00:00',
        end: '2026-11-23 00:00:00',
        metric: await owner.ok('GET', `${at}/metric`),
        data: {},
      });
      expectRefusal(await owner.get(`${at}/metric/analysis?start=now`), 'invalid_request', 'start ');
      expectRefusal(await owner.get(`${at}/metric/analysis?end=2026-11-23`), 'invalid_request', 'end ');
    });

    it('GET /iterations lists the times of collecting, with what was published in them', async () => {
      await save(CUSTOM);
      expect(await owner.ok('GET', `${at}/metric/iterations`)).toEqual([]);
      await owner.ok('PATCH', `${at}/targeting`, { trackAccessEvents: true });
      await owner.ok('PATCH', `${at}/targeting`, { disabled: false, content: CONTENT, comment: 'note' });
      expect(await owner.ok('GET', `${at}/metric/iterations`)).toEqual([
        { start: ISO_DATE, records: [{ publishTime: ISO_DATE, version: 2, releaseNote: 'note' }] },
      ]);
      await owner.ok('PATCH', `${at}/targeting`, { trackAccessEvents: false });
      expect((await owner.ok('GET', `${at}/metric/iterations`))[0].stop).toEqual(ISO_DATE);
    });

    it('GET /status says that nothing was reported, whatever the sdkType', async () => {
      for (const query of ['', ...SDK_TYPES.map((type) => `?sdkType=${type}`)])
        expect(await owner.ok('GET', `${at}/metric/status${query}`)).toEqual({ isReport: false });
    });

    it('GET /diagnosis answers 200 with a code: 462, both are missing', async () => {
      await save(CUSTOM);
      const query = 'start=2026-11-22%2000:00:00&end=2026-11-23%2000:00:00';
      expect(await owner.ok('GET', `${at}/metric/diagnosis?${query}`)).toEqual({
        code: '462',
        message: expect.stringMatching(/\S/),
      });
    });

    it('every route is not_found for an unknown environment or toggle', async () => {
      const routes = 'traffic access metric metric/analysis metric/iterations metric/status metric/diagnosis';
      for (const route of names(routes)) {
        expectRefusal(await owner.get(`${shop.at('none')}/${route}`), 'not_found', 'Toggle none');
        const elsewhere = at.replace('/online/', '/none/');
        expectRefusal(await owner.get(`${elsewhere}/${route}`), 'not_found', 'Environment none');
      }
      expectRefusal(await owner.post(`${shop.at('none')}/metric`, CUSTOM), 'not_found', 'Toggle none');
    });
  });

  describe('2.16 Event tracker', () => {
    const online = () => `${shop.path}/environments/online/events`;
    const off = {
      projectKey: 'shop',
      environmentKey: 'online',
      debuggerEnabled: false,
      debugUntilTime: 0,
      events: [],
    };

    it('GET answers the minimal stub while the tracker is off', async () => {
      for (const query of ['', '?uuid=3f6a2c1e', '?uuid=3f6a2c1e'])
        expect(await owner.ok('GET', online() + query)).toEqual(off);
    });

    it('PATCH /tracker-status switches it for 30 minutes, tells the SDKs, and switches it off', async () => {
      const before = await repository();
      expect(before).not.toHaveProperty('debugUntilTime');
      const earliest = Date.now();
      expect(await owner.ok('PATCH', `${online()}/tracker-status`, { enabled: true })).toEqual({
        message: 'success',
      });
      const on = await owner.ok('GET', `${online()}?uuid=u`);
      expect(on).toEqual({ ...off, debuggerEnabled: true, debugUntilTime: expect.any(Number) });
      expect(on.debugUntilTime).toBeGreaterThanOrEqual(earliest + HALF_AN_HOUR_MS);
      expect(on.debugUntilTime).toBeLessThanOrEqual(Date.now() + HALF_AN_HOUR_MS);
      const told = await repository();
      expect(told.debugUntilTime).toBe(on.debugUntilTime);
      expect(told.version).toBeGreaterThan(before.version);
      await owner.ok('PATCH', `${online()}/tracker-status`, { enabled: false });
      expect(await owner.ok('GET', online())).toEqual(off);
      expect((await repository()).version).toBeGreaterThan(told.version);
    });

    it('PATCH names `enabled` when it is wrong; an unknown environment is not_found', async () => {
      for (const body of [{}, { enabled: 'yes' }])
        expectRefusal(await owner.patch(`${online()}/tracker-status`, body), 'invalid_request', 'enabled ');
      const none = `${shop.path}/environments/none/events`;
      expectRefusal(await owner.get(none), 'not_found', 'Environment none');
      expectRefusal(
        await owner.patch(`${none}/tracker-status`, { enabled: true }),
        'not_found',
        'Environment none',
      );
    });
  });
});
