import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ApiClient, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const SHOP = '/api/projects/shop';
const CUSTOM = {
  name: 'Checkouts',
  metricType: 'CONVERSION',
  eventType: 'CUSTOM',
  eventName: 'checkout',
  denominator: 'TOTAL_SAMPLE',
};
const PAGE = {
  name: 'Cart',
  metricType: 'COUNT',
  winCriteria: 'POSITIVE',
  eventType: 'PAGE_VIEW',
  matcher: 'EXACT',
  url: 'https://shop.example/cart',
};
const CLICK = { ...PAGE, name: 'Buy', eventType: 'CLICK', selector: '#buy' };
const HASH = /^[0-9a-f]{40}$/;

describe.each(DATABASES)('metrics on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let sdkKey: string;
  let toggle: string;
  let path: string;
  let count = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: 'token' });
    owner = flagpost.owner;
    const project = await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    sdkKey = project.environments[0].serverSdkKey;
  });

  afterAll(() => flagpost.stop());

  // Each test has a toggle of its own.
  beforeEach(async () => {
    count += 1;
    toggle = await makeToggle(`t-${count}`);
    path = `${toggle}/metric`;
  });

  async function makeToggle(key: string): Promise<string> {
    const variations = [{ value: 'false' }, { value: 'true' }];
    const common = { clientAvailability: true, returnType: 'boolean', disabledServe: 0, variations };
    await owner.ok('POST', `${SHOP}/toggles`, { key, name: key, ...common });
    return `${SHOP}/environments/online/toggles/${key}`;
  }

  const save = (body: object): Promise<Json> => owner.ok('POST', path, body);
  const attempt = (body: object): Promise<Answer> => owner.post(path, body);

  const repository = (): Promise<Json> =>
    new ApiClient(flagpost.baseUrl, { Authorization: sdkKey }).ok(
      'GET',
      '/internal/server/toggles?token=token',
    );

  const track = (trackAccessEvents: boolean): Promise<Json> =>
    owner.ok('PATCH', `${toggle}/targeting`, { trackAccessEvents });

  it('are not there until they are saved', async () => {
    const key = `t-${count}`;
    const missing = { status: 400, body: { code: 'not_found', message: `Metric ${key} not found` } };
    expect(await owner.get(path)).toMatchObject(missing);
    expect(await owner.get(`${path}/analysis`)).toMatchObject(missing);
  });

  it('of custom events are saved and read', async () => {
    const saved = await save({
      ...CUSTOM,
      description: 'Orders',
      unit: 'pcs',
      url: 'https://a',
      selector: '#x',
    });
    const shared = {
      id: expect.any(Number),
      name: 'Checkouts',
      description: 'Orders',
      unit: 'pcs',
      denominator: 'TOTAL_SAMPLE',
    };
    expect(saved).toEqual({ ...shared, type: 'CONVERSION', events: [{ name: 'checkout', type: 'CUSTOM' }] });
    expect(await owner.ok('GET', path)).toEqual({
      ...shared,
      metricType: 'CONVERSION',
      eventType: 'CUSTOM',
      eventName: 'checkout',
    });
  });

  it('are replaced, one for each toggle and environment', async () => {
    const first = await save(CUSTOM);
    const { winCriteria, ...second } = await save({ ...CLICK, denominator: 'TOTAL_PV', unit: null });
    const event = { type: 'CLICK', matcher: 'EXACT', url: PAGE.url, selector: '#buy' };
    expect(second).toEqual({
      id: first.id,
      name: 'Buy',
      description: '',
      unit: '',
      denominator: 'TOTAL_PV',
      type: 'COUNT',
      events: [{ ...event, name: expect.stringMatching(HASH) }],
    });
    expect(winCriteria).toBe('POSITIVE');
    await owner.ok('POST', `${SHOP}/environments`, { key: `e-${count}`, name: `e-${count}` });
    const elsewhere = `${SHOP}/environments/e-${count}/toggles/t-${count}/metric`;
    expect((await owner.get(elsewhere)).body.code).toBe('not_found');
    await owner.ok('POST', elsewhere, CUSTOM);
    expect((await owner.ok('GET', path)).eventType).toBe('CLICK');
  });

  it('of pages and clicks reach the SDKs, which look out for them; custom ones need not', async () => {
    await save(PAGE);
    const { eventName } = await owner.ok('GET', path);
    const definition = { name: eventName, type: 'PAGE_VIEW', matcher: 'EXACT', url: PAGE.url };
    expect((await repository()).events).toMatchObject({ [eventName]: definition });
    await save(CUSTOM);
    expect((await repository()).events).not.toHaveProperty(eventName);
    expect((await repository()).events).not.toHaveProperty('checkout');
  });

  it.each([
    ['eventName', { ...CUSTOM, eventName: undefined }],
    ['eventName', { ...CUSTOM, eventName: ' ' }],
    ['url', { ...PAGE, url: undefined }],
    ['matcher', { ...PAGE, matcher: null }],
    ['url', { ...CLICK, url: '' }],
    ['selector', { ...CLICK, selector: undefined }],
    ['winCriteria', { ...PAGE, winCriteria: undefined }],
    ['winCriteria', { ...CUSTOM, metricType: 'SUM' }],
    ['url', { ...PAGE, matcher: 'REGULAR', url: '(' }],
    ['name', { ...CUSTOM, name: '' }],
    ['name', { ...CUSTOM, name: 'x'.repeat(257) }],
    ['metricType', { ...CUSTOM, metricType: 'MEDIAN' }],
    ['eventType', { ...CUSTOM, eventType: undefined }],
    ['denominator', { ...CUSTOM, denominator: 'ALL' }],
    ['matcher', { ...PAGE, matcher: 'LIKE' }],
    ['unit', { ...CUSTOM, unit: 5 }],
  ])('are refused for their %s: %j', async (field, body) => {
    const answer = await attempt(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body.message).toContain(field);
    expect((await owner.get(path)).body.code).toBe('not_found');
  });

  it('are refused in Chinese, too', async () => {
    const client = new ApiClient(flagpost.baseUrl, { ...owner.headers, 'Accept-Language': 'zh-CN' });
    const { body } = await client.post(path, { ...CUSTOM, eventName: null });
    expect(body.message).toContain('必须提供 eventName');
  });

  it('saved at once by many end as one', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => attempt(CUSTOM)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  });

  it('say honestly that nothing has come in', async () => {
    await save(CUSTOM);
    const query = '?start=2026-11-22%2000:00:00&end=2026-11-23%2000:00:00';
    expect(await owner.ok('GET', `${path}/analysis${query}`)).toEqual({
      start: '2026-11-22 00:00:00',
      end: '2026-11-23 00:00:00',
      metric: await owner.ok('GET', path),
      data: {},
    });
    for (const field of ['start', 'end']) {
      const { status, body } = await owner.get(`${path}/analysis?${field}=today`);
      expect([status, body.code, body.message.split(' ')[0]]).toEqual([400, 'invalid_request', field]);
    }
    for (const sdkType of ['', '?sdkType=Java', '?sdkType=DotNet', '?sdkType=undefined'])
      expect(await owner.ok('GET', `${path}/status${sdkType}`)).toEqual({ isReport: false });
    const diagnosis = await owner.ok('GET', `${path}/diagnosis${query}`);
    expect(diagnosis).toEqual({ code: '462', message: expect.stringContaining('yet') });
  });

  it('have an iteration for each time in which access events were collected', async () => {
    expect(await owner.ok('GET', `${path}/iterations`)).toEqual([]);
    await track(true);
    const on = { disabled: false, content: { defaultServe: { select: 1 } }, comment: 'go live' };
    await owner.ok('PATCH', `${toggle}/targeting`, on);
    await track(false);
    await track(false);
    await owner.ok('PATCH', `${toggle}/targeting`, { disabled: true, trackAccessEvents: true });
    const iterations = await owner.ok('GET', `${path}/iterations`);
    expect(iterations).toEqual([
      { start: expect.any(String), records: [expect.objectContaining({ version: 3 })] },
      {
        start: expect.any(String),
        stop: expect.any(String),
        records: [{ publishTime: expect.any(String), version: 2, releaseNote: 'go live' }],
      },
    ]);
    expect(Date.parse(iterations[1].stop)).toBeGreaterThanOrEqual(Date.parse(iterations[1].start));
  });

  it('need a toggle in use and a live environment', async () => {
    for (const place of ['online/toggles/none', 'none/toggles/t-1']) {
      for (const route of ['', '/analysis', '/iterations', '/status', '/diagnosis'])
        expect((await owner.get(`${SHOP}/environments/${place}/metric${route}`)).body.code).toBe('not_found');
      expect((await owner.post(`${SHOP}/environments/${place}/metric`, CUSTOM)).body.code).toBe('not_found');
    }
    await owner.ok('PATCH', `${SHOP}/toggles/t-${count}/offline`);
    expect((await attempt(CUSTOM)).body.code).toBe('not_found');
    expect((await flagpost.anonymous.get(path)).status).toBe(401);
  });
});
