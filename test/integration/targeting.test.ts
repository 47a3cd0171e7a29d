import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const STALE = { code: 'invalid_request', message: 'Request conflict, please try again' };
const PROJECT = '/api/projects/shop';
const VARIATIONS = [
  { value: 'false', name: 'off', description: '' },
  { value: 'true', name: 'on', description: '' },
];
const SEGMENT_RULE = {
  name: 'vips',
  conditions: [{ type: 'segment', predicate: 'is in', objects: ['vip'] }],
  serve: { select: 1 },
};
const ON = { disabled: false, content: { defaultServe: { select: 1 } } };

describe.each(DATABASES)('targeting on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let key: string;
  let path: string;
  let count = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    for (const segment of ['vip', 'beta'])
      await owner.ok('POST', `${PROJECT}/segments`, { key: segment, name: segment });
  });

  afterAll(() => flagpost.stop());

  // Each test has a toggle of its own.
  beforeEach(async () => {
    count += 1;
    key = `Toggle-${count}`;
    path = await makeToggle(key);
  });

  /** Makes a toggle; answers the path of its targeting. */
  async function makeToggle(toggleKey: string, more: object = {}): Promise<string> {
    await owner.ok('POST', `${PROJECT}/toggles`, {
      key: toggleKey,
      name: toggleKey,
      clientAvailability: true,
      returnType: 'boolean',
      disabledServe: 0,
      variations: VARIATIONS,
      ...more,
    });
    return `${PROJECT}/environments/online/toggles/${toggleKey}/targeting`;
  }

  const publish = (body: object): Promise<Json> => owner.ok('PATCH', path, body);
  const attempt = (body: unknown): Promise<Answer> => owner.call('PATCH', path, body);

  const versionsOf = async (query = ''): Promise<number[]> =>
    (await owner.ok('GET', `${path}/versions?${query}`)).content.map(({ version }: Json) => version);

  async function environmentVersion(): Promise<number> {
    const rows: Json[] = await flagpost.app
      .get(DataSource)
      .query("SELECT version FROM environment WHERE name = 'online'");
    return Number(rows[0].version);
  }

  const newestEvent = async (): Promise<Json> =>
    (await owner.ok('GET', `/api/events?projectKey=shop&toggleKey=${key}&limit=1`)).content[0];

  const usersOf = async (segment: string): Promise<Json[]> =>
    (await owner.ok('GET', `${PROJECT}/segments/${segment}/toggles`)).content.filter(
      (use: Json) => use.key === key,
    );

  it('is published as a whole or member by member, and kept as submitted', async () => {
    const content = {
      variations: VARIATIONS,
      rules: [{ ...SEGMENT_RULE, locked: null, at: { any: ['depth', null] } }],
      defaultServe: { split: [5000, 5000], select: null },
      disabledServe: { select: 0 },
      note: { further: 'member' },
    };
    const before = await environmentVersion();
    const answer = await publish({ disabled: false, content, comment: 'go live', baseVersion: 1 });
    expect(answer).toEqual({
      content: { ...content, prerequisites: [] },
      disabled: false,
      version: 2,
      status: 'RELEASE',
      enableApproval: false,
      locked: false,
      publishTime: expect.any(String),
      modifiedTime: answer.publishTime,
      modifiedBy: 'Admin',
      trackAccessEvents: false,
    });
    expect(await owner.ok('GET', path)).toEqual({ ...answer, allowEnableTrackAccessEvents: false });
    expect(await environmentVersion()).toBe(before + 1);
    const { note: _note, ...members } = content;
    const merged = await publish({ content: { defaultServe: { select: 0 }, rules: null } });
    expect(merged).toMatchObject({ version: 3, disabled: false });
    expect(merged.content).toEqual({ ...members, defaultServe: { select: 0 }, prerequisites: [] });
    expect(await publish({ disabled: true })).toMatchObject({
      version: 4,
      disabled: true,
      content: merged.content,
    });
  });

  it('keeps its history, newest first', async () => {
    await publish({ ...ON, comment: 'on' });
    await publish({ disabled: true });
    const page = await owner.ok('GET', `${path}/versions`);
    expect(page.content[1]).toEqual({
      projectKey: 'shop',
      environmentKey: 'online',
      toggleKey: key,
      comment: 'on',
      content: expect.objectContaining({ defaultServe: { select: 1 } }),
      disabled: false,
      version: 2,
      createdTime: expect.any(String),
      createdBy: 'Admin',
    });
    expect(page.content[0]).not.toHaveProperty('comment');
    expect(await versionsOf('version=3')).toEqual([2, 1]);
    expect(await versionsOf('pageIndex=1&pageSize=2')).toEqual([1]);
    const after = await owner.ok('GET', `${path}/versions/2`);
    expect([after.total, after.versions.map(({ version }: Json) => version)]).toEqual([3, [3, 2]]);
    expect(await owner.ok('GET', `${path}/versions/9`)).toEqual({ total: 3, versions: [] });
    for (const version of ['x', '1.5', '-1', '99999999999'])
      expect((await owner.get(`${path}/versions/${version}`)).body.code).toBe('invalid_request');
  });

  it('switches the collecting of access events without a version', async () => {
    const before = await environmentVersion();
    expect(await publish({ trackAccessEvents: true })).toMatchObject({ version: 1, trackAccessEvents: true });
    expect(await newestEvent()).toMatchObject({
      action: 'PUBLISH',
      changes: [{ path: '/trackAccessEvents', from: false, to: true }],
    });
    const { id } = await newestEvent();
    await publish({ trackAccessEvents: true });
    expect((await newestEvent()).id).toBe(id);
    expect(await environmentVersion()).toBe(before + 1);
    expect(await versionsOf()).toEqual([1]);
    expect(await publish({ ...ON, trackAccessEvents: false })).toMatchObject({
      version: 2,
      trackAccessEvents: false,
    });
    for (const body of [{}, undefined, { comment: 'x' }, { content: null, disabled: null }]) {
      expect((await attempt(body)).body).toEqual({
        code: 'invalid_request',
        message: 'content is required, unless disabled or trackAccessEvents is given',
      });
    }
  });

  it('records an event with all keys and what changed', async () => {
    const mixedCase = path
      .replace('shop', 'SHOP')
      .replace('online', 'ONLINE')
      .replace(key, key.toUpperCase());
    const answer = await owner.ok('PATCH', mixedCase, ON);
    const event = await newestEvent();
    expect(event).toMatchObject({
      resource: 'TOGGLE',
      action: 'PUBLISH',
      operator: 'Admin',
      projectKey: 'shop',
      environmentKey: 'online',
      toggleKey: key,
      changes: [
        { path: '/content/defaultServe/select', to: 1 },
        { path: '/disabled', from: true, to: false },
        { path: '/version', from: 1, to: 2 },
      ],
    });
    expect(Object.keys(event.data)).toEqual(
      'content disabled enableApproval locked modifiedBy modifiedTime publishTime status trackAccessEvents version'.split(
        ' ',
      ),
    );
    expect(event.data.publishTime).toBe(Date.parse(answer.publishTime));
  });

  it('lets one of twenty through that started from the same version', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => attempt({ ...ON, baseVersion: 1, comment: 'race' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual(
      Array(19).fill(STALE),
    );
    expect(await versionsOf()).toEqual([2, 1]);
  });

  it('counts twenty at once without gap or repeat', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => publish(ON)));
    const expected = Array.from({ length: 20 }, (_, index) => index + 2);
    expect(answers.map(({ version }) => version).sort((a, b) => a - b)).toEqual(expected);
    expect(await versionsOf('pageSize=50')).toEqual([...expected.toReversed(), 1]);
    const feed = await owner.ok('GET', `/api/events?toggleKey=${key}&action=PUBLISH&limit=50`);
    expect(feed.content.map(({ data }: Json) => data.version)).toEqual(expected.toReversed());
  });

  it('keeps the segments it refers to from being deleted', async () => {
    await publish({ ...ON, content: { ...ON.content, rules: [SEGMENT_RULE] } });
    expect(await usersOf('vip')).toEqual([
      {
        key,
        name: key,
        environmentKey: 'online',
        environmentName: 'online',
        description: '',
        disabled: false,
        analyzing: false,
      },
    ]);
    expect((await owner.delete(`${PROJECT}/segments/vip`)).body).toEqual({
      code: 'invalid_request',
      message: 'This resource is being used',
    });
    await owner.ok('POST', `${PROJECT}/environments`, { key: 'copy', name: 'Copy', copyFrom: 'online' });
    const copied = await owner.ok('GET', path.replace('online', 'copy'));
    expect(copied).toMatchObject({ version: 1, disabled: false, content: { rules: [SEGMENT_RULE] } });
    expect((await usersOf('vip')).map(({ environmentKey }) => environmentKey)).toEqual(['copy', 'online']);
    await owner.ok('PATCH', `${PROJECT}/toggles/${key}/offline`);
    expect(await usersOf('vip')).toHaveLength(2);
    await owner.ok('PATCH', `${PROJECT}/toggles/${key}/restore`);
    const beta = [{ ...SEGMENT_RULE.conditions[0], objects: ['beta'] }];
    await publish({ content: { rules: [{ ...SEGMENT_RULE, conditions: beta }] } });
    expect((await usersOf('vip')).map(({ environmentKey }) => environmentKey)).toEqual(['copy']);
    expect(await usersOf('beta')).toHaveLength(1);
    await publish({ content: { rules: [] } });
    expect(await usersOf('beta')).toEqual([]);
    await owner.ok('DELETE', `${PROJECT}/segments/beta`);
    const { body } = await attempt({ content: { rules: [{ ...SEGMENT_RULE, conditions: beta }] } });
    expect(body).toEqual({ code: 'not_found', message: 'Segment beta not found' });
  });

  it('depends only on toggles that are there, on values they have, and not in a circle', async () => {
    const other = `${key}-other`;
    const archived = `${key}-archived`;
    const otherPath = await makeToggle(other);
    await makeToggle(archived);
    await owner.ok('PATCH', `${PROJECT}/toggles/${archived}/offline`);
    const good = { key: other, value: 'true', type: 'boolean' };
    for (const [entry, message] of [
      [{ ...good, key: 'nope' }, 'content.prerequisites[1].key names no toggle'],
      [{ ...good, key: archived }, 'content.prerequisites[1].key names no toggle'],
      [{ ...good, key: key.toLowerCase() }, 'content.prerequisites[1].key must not be the toggle itself'],
      [{ key: 'first', value: 'x', type: 'string' }, 'content.prerequisites[1].type must be boolean'],
    ] as const) {
      if (entry.key === 'first') await makeToggle('first');
      const { body } = await attempt({ content: { prerequisites: [good, entry] } });
      expect(body.code).toBe('invalid_request');
      expect(body.message).toContain(message);
    }
    await owner.ok('PATCH', otherPath, { content: { variations: [VARIATIONS[0]] } });
    expect((await attempt({ content: { prerequisites: [good] } })).body.message).toContain(
      `content.prerequisites[0].value must be the value of one of the variations of "${other}"`,
    );
    await owner.ok('PATCH', otherPath, { content: { variations: VARIATIONS } });
    expect((await publish({ content: { prerequisites: [good] } })).content.prerequisites).toEqual([good]);
    const back = { content: { prerequisites: [{ key, value: 'true', type: 'boolean' }] } };
    expect((await owner.patch(otherPath, back)).body.message).toContain(
      `Toggle exist dependency cycle: ${other} → ${key} → ${other}`,
    );
    // What became of a prerequisite since doesn't keep a toggle from being switched off.
    await owner.ok('PATCH', `${PROJECT}/toggles/${other}/offline`);
    expect(await publish({ disabled: true, content: { prerequisites: [good] } })).toMatchObject({
      version: 3,
    });
  });

  it('does not let two toggles begin to depend on each other at once', async () => {
    const other = `${key}-twin`;
    const otherPath = await makeToggle(other);
    const on = (toggle: string): object => ({
      content: { prerequisites: [{ key: toggle, value: 'true', type: 'boolean' }] },
    });
    const answers = await Promise.all([owner.patch(path, on(other)), owner.patch(otherPath, on(key))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('is read, but not published, while its toggle is archived', async () => {
    await owner.ok('PATCH', `${PROJECT}/toggles/${key}/offline`);
    expect(await owner.ok('GET', path)).toMatchObject({ version: 1 });
    expect((await attempt(ON)).body).toEqual({ code: 'not_found', message: `Toggle ${key} not found` });
  });

  it('demands an approval where the environment does, but not to collect access events', async () => {
    await owner.ok('POST', `${PROJECT}/environments`, { key: `guarded-${count}`, name: `guarded-${count}` });
    await flagpost.app
      .get(DataSource)
      .query(`UPDATE environment SET enable_approval = 1 WHERE name = 'guarded-${count}'`);
    const guarded = path.replace('online', `guarded-${count}`);
    expect(await owner.ok('GET', guarded)).toMatchObject({ enableApproval: true, version: 1 });
    const { status, body } = await owner.patch(guarded, ON);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.message).toContain('requires an approval');
    expect(await owner.ok('PATCH', guarded, { trackAccessEvents: true })).toMatchObject({ version: 1 });
  });

  it.each<[string, unknown, string]>([
    ['a list as body', [], ''],
    ['a text as content', { content: 'x' }, 'content must be an object'],
    ['a list as content', { content: [] }, 'content must be an object'],
    ['a text as disabled', { disabled: 'false' }, 'disabled must be true or false'],
    ['half a base version', { ...ON, baseVersion: 1.5 }, 'baseVersion must be a whole number'],
    ['a NUL in the comment', { ...ON, comment: 'a\0' }, 'comment must not contain control characters'],
    ['a long comment', { ...ON, comment: 'x'.repeat(1025) }, 'comment must have at most'],
    [
      'no default serve while enabled',
      { disabled: false, content: { rules: [] } },
      'content.defaultServe must be set',
    ],
    ['a serve out of range', { content: { disabledServe: { select: 2 } } }, 'content.disabledServe.select'],
    [
      'a split that lacks a share',
      { content: { defaultServe: { split: [1, 9998] } } },
      'content.defaultServe.split must add up to 10000, not 9999',
    ],
    [
      'variations of another type',
      { content: { variations: [{ value: '1' }] } },
      'content.variations[0].value',
    ],
    [
      'an empty rule',
      { content: { rules: [{ name: 'r1', conditions: [], serve: { select: 0 } }] } },
      'content.rules[0].conditions (rule "r1") must have at least one entry',
    ],
    [
      'a segment that is not there',
      { content: { rules: [withSegments(['vip', 'VIP'])] } },
      'Segment VIP not found',
    ],
    [
      'more segments than a statement takes',
      { content: { rules: [withSegments(['vip', ...Array.from({ length: 40_000 }, (_, i) => `s${i}`)])] } },
      'Segment s0 not found',
    ],
    ['too much', { content: { note: 'x'.repeat(1_048_576) } }, 'content is too long'],
    [
      'too deep',
      { content: { note: JSON.parse('['.repeat(150) + ']'.repeat(150)) } },
      'content must not be nested more than 100 levels deep',
    ],
  ])('refuses %s, and nothing is half done', async (_what, body, message) => {
    const before = [await owner.ok('GET', path), await environmentVersion(), (await newestEvent()).id];
    const answer = await attempt(body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
    expect([await owner.ok('GET', path), await environmentVersion(), (await newestEvent()).id]).toEqual(
      before,
    );
    expect(await versionsOf()).toEqual([1]);
  });

  it('switches a toggle whose rules were never published, as scripts do', async () => {
    expect(await publish({ disabled: false })).toMatchObject({
      version: 2,
      disabled: false,
      content: { defaultServe: {} },
    });
  });

  it('answers not_found for what is not there', async () => {
    const cases = {
      [path.replace('online', 'nope')]: 'Environment nope not found',
      [path.replace(key, 'nope')]: 'Toggle nope not found',
      [path.replace('shop', 'nope')]: 'Project nope not found',
    };
    for (const [wrong, message] of Object.entries(cases)) {
      for (const rest of ['', '/versions', '/versions/1'])
        expect((await owner.get(wrong + rest)).body).toEqual({ code: 'not_found', message });
      expect((await owner.patch(wrong, ON)).body).toEqual({ code: 'not_found', message });
    }
  });
});

function withSegments(objects: string[]): object {
  return { ...SEGMENT_RULE, conditions: [{ ...SEGMENT_RULE.conditions[0], objects }] };
}
