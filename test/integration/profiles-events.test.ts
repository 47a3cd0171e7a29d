import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TouchHistory } from '../../src/outreach/profiles/touch-history.js';
import { TrackedEventsListener, type TrackedEvent } from '../../src/outreach/profiles/tracked-events.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const TOKEN = 'the-internal-token';
const BASE = '/api/projects/shop/profiles';
const REPORTS = '/internal/server/events';

describe.each(DATABASES)('what users did, on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let sdkKeys: { serverSdkKey: string; clientSdkKey: string };
  let unitOfWork: UnitOfWork;
  const heard: TrackedEvent[] = [];
  const tracked = vi.fn<TrackedEventsListener['tracked']>();

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api', INTERNAL_TOKEN: TOKEN });
    owner = flagpost.owner;
    const project = await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    sdkKeys = project.environments[0];
    unitOfWork = flagpost.app.get(UnitOfWork, { strict: false });
    flagpost.app.get(TrackedEventsListener, { strict: false }).tracked = tracked;
  });
  afterAll(() => flagpost.stop());
  beforeEach(() => {
    heard.length = 0;
    tracked.mockReset().mockImplementation((_projectId, events) => {
      expect(unitOfWork.isOpen).toBe(true);
      heard.push(...events);
      return Promise.resolve();
    });
  });

  const track = (events: unknown): Promise<Answer> => owner.post(`${BASE}/events`, events);
  const put = (body: object): Promise<Json> => owner.ok('POST', BASE, body);
  const detailOf = async (userId: string): Promise<Json> => {
    const [found] = (await owner.ok('GET', `${BASE}?userId=${userId}`)).content;
    return owner.ok('GET', `${BASE}/${found.gid}`);
  };
  const rowsOf = async (table: string): Promise<number> => {
    const [row]: Json[] = await flagpost.app.get(DataSource).query(`SELECT COUNT(*) AS n FROM ${table}`);
    return Number(row.n);
  };

  it('is kept, counted, and shown newest first', async () => {
    const { gid } = await put({ userId: 'ann', attributes: { city: 'Paris' } });
    const before = Date.now();
    const answer = await track([
      { userId: 'ann', name: 'purchase', time: '2026-01-02T03:04:05+02:00', value: 99.5 },
      { gid, name: 'visit', time: 1795313700000, attributes: { page: '/', tags: ['a'] } },
      { gid, userId: 'ann', name: 'purchase', time: '2026-01-03', value: { any: [1, null] } },
      { userId: 'ann', name: 'now' },
    ]);
    expect([answer.status, answer.body]).toEqual([200, { accepted: 4 }]);
    const { events, eventCounts } = await detailOf('ann');
    expect(Date.parse(events.find(({ name }: Json) => name === 'now').time)).toBeGreaterThanOrEqual(before);
    expect(events.filter(({ name }: Json) => name !== 'now')).toEqual([
      { name: 'visit', time: new Date(1795313700000).toISOString(), attributes: { page: '/', tags: ['a'] } },
      { name: 'purchase', time: '2026-01-03T00:00:00.000Z', value: { any: [1, null] } },
      { name: 'purchase', time: '2026-01-02T01:04:05.000Z', value: 99.5 },
    ]);
    expect(eventCounts).toEqual([
      { name: 'now', count: 1, lastTime: expect.any(String) },
      { name: 'purchase', count: 2, lastTime: '2026-01-03T00:00:00.000Z' },
      { name: 'visit', count: 1, lastTime: new Date(1795313700000).toISOString() },
    ]);
  });

  it('is told to who listens, in the order it came, with the profile as it is', async () => {
    const { gid } = await put({ userId: 'told', attributes: { level: 3 } });
    await track([
      { userId: 'told', name: 'second', time: 2, value: 0 },
      { gid, name: 'first', time: 1, attributes: { a: 1 } },
    ]);
    const profile = { gid, userId: 'told', attributes: { level: 3 } };
    expect(heard).toEqual([
      { profile, name: 'second', time: 2, value: 0 },
      { profile, name: 'first', time: 1, attributes: { a: 1 } },
    ]);
    expect(tracked).toHaveBeenCalledTimes(1);
    await track([]);
    expect(tracked).toHaveBeenCalledTimes(1);
  });

  it('is taken back where a listener fails', async () => {
    tracked.mockRejectedValue(new Error('no'));
    const before = [
      await rowsOf('profile'),
      await rowsOf('profile_event'),
      await rowsOf('profile_event_count'),
    ];
    expect((await track([{ userId: 'never', name: 'x' }])).status).toBe(500);
    const after = [
      await rowsOf('profile'),
      await rowsOf('profile_event'),
      await rowsOf('profile_event_count'),
    ];
    expect(after).toEqual(before);
  });

  it('makes a profile of a userId that nobody has, once', async () => {
    await track([
      { userId: 'new one', name: 'a' },
      { userId: 'new one', name: 'a' },
      { userId: 4711, name: 'b' },
    ]);
    expect((await detailOf('new one')).eventCounts).toMatchObject([{ name: 'a', count: 2 }]);
    expect((await detailOf('4711')).events).toHaveLength(1);
  });

  it('counts all that comes at once, and tells names apart by case', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        track([
          { userId: 'busy', name: 'Tap' },
          { userId: 'busy', name: 'tap' },
        ]),
      ),
    );
    expect((await detailOf('busy')).eventCounts).toMatchObject([
      { name: 'Tap', count: 20 },
      { name: 'tap', count: 20 },
    ]);
    expect((await owner.ok('GET', `${BASE}?userId=busy`)).totalElements).toBe(1);
  });

  it('comes a thousand at a time, of which the newest fifty are shown', async () => {
    const events = Array.from({ length: 1000 }, (_, time) => ({
      userId: `u${time % 2}`,
      name: `n${time % 5}`,
      time,
    }));
    expect((await track(events)).body).toEqual({ accepted: 1000 });
    const { events: shown, eventCounts } = await detailOf('u1');
    expect(shown.map(({ time }: Json) => Date.parse(time))).toEqual(
      Array.from({ length: 50 }, (_, index) => 999 - 2 * index),
    );
    expect(eventCounts.map(({ count }: Json) => count)).toEqual([100, 100, 100, 100, 100]);
    expect((await track([...events, events[0]])).body.message).toBe('body must have at most 1000 entries');
  });

  it.each<[string, unknown]>([
    ['body must be a list', {}],
    ['body must be a list', undefined],
    ['[0] must be an object', ['x']],
    ['[0] must be an object', [null]],
    ['[1].userId or gid is required', [{ userId: 'z', name: 'a' }, { name: 'a' }]],
    ['[1].name is required', [{ userId: 'z', name: 'a' }, { userId: 'z' }]],
    ['[0].name must be text', [{ userId: 'z', name: 5 }]],
    ['[0].name must not be empty', [{ userId: 'z', name: '' }]],
    ['[0].name must have at most 128', [{ userId: 'z', name: 'x'.repeat(129) }]],
    ['[0].name must not begin or end', [{ userId: 'z', name: 'x ' }]],
    ['[0].name must not begin with $ma_', [{ userId: 'z', name: '$ma_channel_touch' }]],
    ['[0].gid must be a whole', [{ gid: 'x', name: 'a' }]],
    [
      '[1].gid is of no profile',
      [
        { userId: 'z', name: 'a' },
        { gid: 123456, name: 'a' },
      ],
    ],
    ['[0].userId is not that of the gid', [{ gid: 1, userId: 'z', name: 'a' }]],
    ['[0].time must be an instant', [{ userId: 'z', name: 'a', time: 'yesterday' }]],
    ['[0].time must be an instant', [{ userId: 'z', name: 'a', time: -1 }]],
    ['[0].time must be an instant', [{ userId: 'z', name: 'a', time: 1e16 }]],
    ['[0].time must be an instant', [{ userId: 'z', name: 'a', time: true }]],
    ['[0].attributes must be an object', [{ userId: 'z', name: 'a', attributes: [] }]],
    ['[0].value must have at most', [{ userId: 'z', name: 'a', value: 'x'.repeat(16_384) }]],
    ['[0].attributes must have at most', [{ userId: 'z', name: 'a', attributes: { a: 'x'.repeat(16_384) } }]],
  ])('is refused as a whole: %s', async (message, events) => {
    const { status, body } = await track(events);
    expect([status, body.code, body.message.slice(0, message.length)]).toEqual([
      400,
      'invalid_request',
      message,
    ]);
    expect((await owner.ok('GET', `${BASE}?userId=z`)).totalElements).toBe(0);
    expect(tracked).not.toHaveBeenCalled();
  });

  it('is shown among what campaigns sent', async () => {
    const { gid } = await put({ userId: 'touched' });
    await track([
      { gid, name: 'early', time: 1000 },
      { gid, name: 'late', time: 3000 },
    ]);
    const touches = flagpost.app.get(TouchHistory, { strict: false });
    const recent = vi
      .spyOn(touches, 'recent')
      .mockResolvedValue([
        { name: '$ma_channel_touch', time: 2000, attributes: { status: 'FAILED', campaignId: 1 } },
      ]);
    const count = vi.spyOn(touches, 'count').mockResolvedValue(12);
    const { events, eventCounts } = await owner.ok('GET', `${BASE}/${gid}`);
    expect(recent).toHaveBeenCalledWith(expect.any(Number), gid, 50);
    expect(events.map(({ name }: Json) => name)).toEqual(['late', '$ma_channel_touch', 'early']);
    expect(events[1].attributes).toEqual({ status: 'FAILED', campaignId: 1 });
    expect(eventCounts[0]).toEqual({
      name: '$ma_channel_touch',
      count: 12,
      lastTime: new Date(2000).toISOString(),
    });
    recent.mockRestore();
    count.mockRestore();
  });

  describe('and SDKs report', () => {
    const ACCESS = { startTime: 1, endTime: 2, counters: {} };
    const report = (reports: unknown, sdkKey = sdkKeys.serverSdkKey): Promise<Answer> =>
      owner.as({ 'X-Internal-Token': TOKEN, Authorization: sdkKey }).post(REPORTS, reports);
    const custom = (user: string, more: object = {}): object => ({
      kind: 'custom',
      time: 1795313700000,
      user,
      name: 'order',
      value: null,
      ...more,
    });

    it('is kept of the profile with that userId, in the project of the environment', async () => {
      const { gid } = await put({ userId: 'sdk-user' });
      for (const key of [sdkKeys.serverSdkKey, sdkKeys.clientSdkKey]) {
        const answer = await report([{ access: ACCESS, events: [custom('sdk-user', { value: 12.5 })] }], key);
        expect([answer.status, answer.body]).toEqual([200, undefined]);
      }
      const { events, eventCounts } = await owner.ok('GET', `${BASE}/${gid}`);
      const order = { name: 'order', time: new Date(1795313700000).toISOString(), value: 12.5 };
      expect(events).toEqual([order, order]);
      expect(eventCounts).toMatchObject([{ name: 'order', count: 2 }]);
      expect(heard).toMatchObject([{ profile: { gid }, name: 'order' }, { profile: { gid } }]);
    });

    it('is passed over where it is no custom event, malformed, or in a report without access', async () => {
      const events = [
        { kind: 'access', time: 1, user: 'skipped', key: 'toggle', value: true, variationIndex: 0 },
        { kind: 'debug', time: 1, user: 'skipped', name: 'x', key: 'toggle' },
        { kind: 'pageview', time: 1, user: 'skipped', name: 'x', url: '/' },
        custom('skipped', { name: undefined }),
        custom('skipped', { name: '$ma_channel_touch' }),
        custom('skipped', { name: 'x'.repeat(200) }),
        custom('skipped', { time: 'now' }),
        custom('skipped', { time: -5 }),
        custom('skipped', { value: 'text' }),
        custom(''),
        custom('x'.repeat(300)),
        null,
        'custom',
        [custom('skipped')],
        custom('kept'),
      ];
      const answer = await report([
        { events: [custom('skipped')] },
        { access: null, events: [custom('skipped')] },
        { access: ACCESS, events: null },
        { access: ACCESS },
        { access: ACCESS, events },
        { access: ACCESS, events: [custom('kept')] },
      ]);
      expect([answer.status, answer.body]).toEqual([200, undefined]);
      expect((await owner.ok('GET', `${BASE}?userId=skipped`)).totalElements).toBe(0);
      expect((await detailOf('kept')).eventCounts).toMatchObject([{ name: 'order', count: 2 }]);
      expect(heard).toHaveLength(2);
    });

    it('is taken in pieces where there is much of it', async () => {
      const events = Array.from({ length: 1200 }, (_, index) => custom(`many-${index % 3}`));
      expect((await report([{ access: ACCESS, events }])).status).toBe(200);
      expect((await detailOf('many-0')).eventCounts).toMatchObject([{ count: 400 }]);
      expect(tracked.mock.calls.map(([, some]) => some.length)).toEqual([500, 500, 200]);
    });

    it('is not taken with a key that no environment has, or where a report is none', async () => {
      expect((await report([{ access: ACCESS, events: [custom('nobody')] }], 'unknown')).status).toBe(400);
      expect((await report([{ access: ACCESS, events: [custom('nobody')] }, 5])).status).toBe(400);
      expect((await owner.ok('GET', `${BASE}?userId=nobody`)).totalElements).toBe(0);
    });
  });
});
