import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { CONTENT, VARIATIONS } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, fieldsOf, ISO_DATE, names, rowsOf, Shop } from '../support/shop.js';

const STALE = 'Request conflict, please try again';
const PUBLISHED = names(
  'content disabled version status enableApproval locked modifiedBy modifiedTime publishTime trackAccessEvents',
);
const CONTENT_ON = { content: CONTENT, disabled: false };
const RULE = {
  name: 'fr',
  conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
  serve: { select: 1 },
};

describe.each(DATABASES)('contract of targeting on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let toggle: string;
  let path: string;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN: 'token' });
    owner = flagpost.owner;
    shop = await Shop.open(owner);
  });
  afterAll(() => flagpost.stop());
  beforeEach(async () => {
    toggle = await shop.toggle();
    path = shop.targeting(toggle);
  });

  const publish = (body: object): Promise<Json> => owner.ok('PATCH', path, body);
  const attempt = (body: unknown): Promise<Answer> => owner.patch(path, body);
  const read = (): Promise<Json> => owner.ok('GET', path);
  const versionsOf = async (query = ''): Promise<Json[]> =>
    rowsOf(await owner.ok('GET', `${path}/versions${query}`));

  async function environmentVersion(): Promise<number> {
    const [{ serverSdkKey }] = shop.created.environments;
    const client = owner.as({ Authorization: serverSdkKey });
    return (await client.ok('GET', '/internal/server/toggles?token=token')).version;
  }

  describe('2.5 Targeting', () => {
    it('GET answers the live targeting with exactly the fields of the table', async () => {
      await publish({ ...CONTENT_ON, comment: 'go live', baseVersion: 1 });
      expect(await read()).toEqual({
        status: 'RELEASE',
        enableApproval: false,
        locked: false,
        disabled: false,
        version: 2,
        content: CONTENT,
        modifiedTime: ISO_DATE,
        modifiedBy: 'Admin',
        publishTime: ISO_DATE,
        trackAccessEvents: false,
        allowEnableTrackAccessEvents: false,
      });
    });

    it('PATCH answers the values after the change, without allowEnableTrackAccessEvents and reviewers', async () => {
      const answer = await publish({ ...CONTENT_ON, comment: 'go live', baseVersion: 1 });
      expect(fieldsOf(answer)).toEqual(PUBLISHED);
      expect(answer).toMatchObject({
        version: 2,
        status: 'RELEASE',
        enableApproval: false,
        locked: false,
        disabled: false,
        trackAccessEvents: false,
        content: CONTENT,
      });
    });

    it.each(['rules', 'disabledServe', 'defaultServe', 'variations', 'prerequisites'] as const)(
      'a missing %s keeps the stored one',
      async (member) => {
        const other = await shop.toggle();
        const stored = {
          rules: [RULE],
          disabledServe: { select: 1 },
          defaultServe: { split: [2500, 7500] },
          variations: [...VARIATIONS].reverse(),
          prerequisites: [{ key: other, value: 'true', type: 'boolean' }],
        };
        await publish({ disabled: false, content: stored });
        const { [member]: _left, ...others } = CONTENT;
        const { content } = await publish({ content: others });
        expect(content).toEqual({ ...CONTENT, [member]: stored[member] });
        expect((await read()).content).toEqual(content);
      },
    );

    it('content is stored and returned exactly as submitted', async () => {
      const content = { ...CONTENT, rules: [{ ...RULE, note: 'kept' }], extra: { deep: [1] } };
      expect((await publish({ disabled: false, content })).content).toEqual(content);
      expect((await read()).content).toEqual(content);
    });

    it('with neither content nor disabled, only trackAccessEvents is applied: no new version', async () => {
      const answer = await publish({ trackAccessEvents: true });
      expect(fieldsOf(answer)).toEqual(PUBLISHED);
      expect(answer).toMatchObject({ version: 1, trackAccessEvents: true });
      expect(await versionsOf()).toHaveLength(1);
      expect(await read()).toMatchObject({ trackAccessEvents: true, allowEnableTrackAccessEvents: false });
    });

    it('a baseVersion that is not the current version is a conflict; none is no check', async () => {
      await publish({ ...CONTENT_ON, baseVersion: 1 });
      const stale = await attempt({ ...CONTENT_ON, baseVersion: 1 });
      expect(stale).toMatchObject({ status: 400, body: { code: 'invalid_request', message: STALE } });
      expect(await publish(CONTENT_ON)).toMatchObject({ version: 3 });
      expect(await publish({ disabled: true, baseVersion: null })).toMatchObject({ version: 4 });
    });

    it('a success raises the version, sets publishTime, appends a version and bumps the environment', async () => {
      const before = await read();
      const environment = await environmentVersion();
      const after = await publish({ ...CONTENT_ON, comment: 'why' });
      expect(after.version).toBe(before.version + 1);
      expect(Date.parse(after.publishTime)).toBeGreaterThanOrEqual(Date.parse(before.publishTime));
      expect(await environmentVersion()).toBeGreaterThan(environment);
      expect((await versionsOf())[0]).toMatchObject({
        comment: 'why',
        content: after.content,
        disabled: false,
        version: 2,
      });
    });

    it('rewrites the references to segments', async () => {
      const segment = await shop.segment();
      const users = async (): Promise<string[]> =>
        (await owner.ok('GET', `${shop.path}/segments/${segment}/toggles`)).content.map(
          ({ key }: Json) => key,
        );
      const conditions = [{ type: 'segment', predicate: 'is in', objects: [segment] }];
      await publish({ disabled: false, content: { ...CONTENT, rules: [{ ...RULE, conditions }] } });
      expect(await users()).toEqual([toggle]);
      await publish({ content: { rules: [] } });
      expect(await users()).toEqual([]);
    });

    it('trackAccessEvents maintains the iterations of the metric', async () => {
      const metric = { name: 'm', metricType: 'CONVERSION', eventType: 'CUSTOM', eventName: 'e' };
      await owner.ok('POST', `${shop.at(toggle)}/metric`, metric);
      expect(await read()).toMatchObject({ allowEnableTrackAccessEvents: true });
      await publish({ trackAccessEvents: true });
      expect(await read()).toMatchObject({ allowEnableTrackAccessEvents: false });
      await publish({ trackAccessEvents: false });
      expect(await owner.ok('GET', `${shop.at(toggle)}/metric/iterations`)).toEqual([
        { start: ISO_DATE, stop: ISO_DATE, records: [] },
      ]);
      expect(await read()).toMatchObject({ allowEnableTrackAccessEvents: true });
    });

    it('refuses to pass by an approval (decided), but not to collect events', async () => {
      await shop.environment('guarded');
      await shop.demandApproval('guarded', ['Admin']);
      const guarded = shop.targeting(await shop.toggle(), 'guarded');
      expectRefusal(await owner.patch(guarded, CONTENT_ON), 'invalid_request', 'approval');
      expect(await owner.ok('PATCH', guarded, { trackAccessEvents: true })).toMatchObject({ version: 1 });
      expect(await owner.ok('GET', guarded)).toMatchObject({
        enableApproval: true,
        locked: false,
        reviewers: ['Admin'],
        status: 'RELEASE',
      });
    });

    it('GET /versions pages the history, newest first, below `version` where it is given', async () => {
      await publish({ ...CONTENT_ON, comment: 'two' });
      await publish({ disabled: true });
      const all = await versionsOf();
      expect(all.map(({ version }) => version)).toEqual([3, 2, 1]);
      expect(all[1]).toEqual({
        projectKey: 'shop',
        environmentKey: 'online',
        toggleKey: toggle,
        comment: 'two',
        content: CONTENT,
        disabled: false,
        version: 2,
        createdTime: ISO_DATE,
        createdBy: 'Admin',
      });
      expect((await versionsOf('?version=3')).map(({ version }) => version)).toEqual([2, 1]);
      expect((await versionsOf('?version=')).map(({ version }) => version)).toEqual([3, 2, 1]);
      expect((await versionsOf('?pageIndex=1&pageSize=2')).map(({ version }) => version)).toEqual([1]);
      expectRefusal(await owner.get(`${path}/versions?version=x`), 'invalid_request', 'version');
    });

    it('the first version has an empty comment', async () => {
      expect(await versionsOf()).toMatchObject([{ version: 1, comment: '', disabled: true }]);
    });

    it('GET /versions/{n} answers all versions from n on, newest first, and how many there are', async () => {
      await publish(CONTENT_ON);
      await publish({ disabled: true });
      const answer = await owner.ok('GET', `${path}/versions/2`);
      expect(fieldsOf(answer)).toEqual(['total', 'versions']);
      expect(answer.total).toBe(3);
      expect(answer.versions.map(({ version }: Json) => version)).toEqual([3, 2]);
      expectRefusal(await owner.get(`${path}/versions/abc`), 'invalid_request', 'version');
    });

    it('GET /diff is empty without a sketch', async () => {
      expect(await owner.ok('GET', `${path}/diff`)).toEqual({});
    });

    it('GET /attributes lists the distinct subjects of the rules, those of segments with them', async () => {
      const segment = await shop.segment();
      const of = (subject: string): object => ({ ...RULE.conditions[0], subject });
      await owner.ok('PATCH', `${shop.path}/segments/${segment}/publish`, {
        rules: [{ name: 's', conditions: [of('age'), of('city')] }],
      });
      const inSegment = { type: 'segment', predicate: 'is in', objects: [segment] };
      await publish({
        disabled: false,
        content: { ...CONTENT, rules: [{ ...RULE, conditions: [of('city'), of('userId'), inSegment] }] },
      });
      const attributes = await owner.ok('GET', `${path}/attributes`);
      expect(attributes.toSorted()).toEqual(['age', 'city', 'userId']);
      expect(await owner.ok('GET', `${shop.targeting(await shop.toggle())}/attributes`)).toEqual([]);
    });

    it('GET /prerequisite/toggles lists the other toggles in use, by key or by text', async () => {
      const other = await shop.toggle({ name: 'Needle in hay' });
      const archived = await shop.toggle({ name: 'Needle archived' });
      await owner.ok('PATCH', `${shop.path}/toggles/${archived}/offline`);
      const find = (query: string): Promise<Json[]> =>
        owner.ok('GET', `${path}/prerequisite/toggles${query}`);
      const expected = {
        name: 'Needle in hay',
        key: other,
        returnType: 'boolean',
        disabled: true,
        variations: VARIATIONS,
      };
      expect(await find('?likeNameAndKey=needle')).toEqual([expected]);
      expect(await find(`?key=${other}`)).toEqual([expected]);
      expect(await find(`?key=${archived}`)).toEqual([]);
      expect(await find(`?key=${toggle}`)).toEqual([]);
      const all = (await find('')).map(({ key }) => key);
      expect(all).toContain(other);
      expect(all).not.toContain(toggle);
      expect(all).not.toContain(archived);
    });

    it('GET /prerequisite/dependencies pages the toggles that depend on this one', async () => {
      const page = (): Promise<Json> => owner.ok('GET', `${path}/prerequisite/dependencies`);
      expect(rowsOf(await page(), 0)).toEqual([]);
      const child = await shop.toggle();
      const prerequisites = [{ key: toggle, value: 'true', type: 'boolean' }];
      await shop.publish(child, { disabled: false, content: { ...CONTENT, prerequisites } });
      expect(rowsOf(await page(), 1)).toEqual([
        { name: `Name of ${child}`, key: child, disabled: false, dependentValue: 'true' },
      ]);
    });

    it.each<[string, string?]>([
      ['GET', ''],
      ['PATCH', ''],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['GET', '/diff'],
      ['GET', '/attributes'],
      ['GET', '/prerequisite/toggles'],
      ['GET', '/prerequisite/dependencies'],
      ['POST', '/approval'],
      ['PATCH', '/approvalStatus'],
      ['PATCH', '/sketch/publish'],
      ['PATCH', '/sketch/cancel'],
    ])('%s %s is not_found for an unknown project, environment or toggle', async (method, route = '') => {
      const body = method === 'GET' ? undefined : { ...CONTENT_ON, status: 'PASS' };
      const unknown = {
        'Project none': path.replace('/shop/', '/none/'),
        'Environment none': path.replace('/online/', '/none/'),
        'Toggle none': path.replace(`/${toggle}/`, '/none/'),
      };
      for (const [what, wrong] of Object.entries(unknown))
        expectRefusal(await owner.call(method, wrong + route, body), 'not_found', `${what} not found`);
    });

    it.each<[string, unknown]>([
      ['content', { content: 5 }],
      ['disabled', { disabled: 'no' }],
      ['comment', { disabled: true, comment: 5 }],
      ['comment', { disabled: true, comment: 'x'.repeat(1025) }],
      ['baseVersion', { disabled: true, baseVersion: 'one' }],
      ['trackAccessEvents', { trackAccessEvents: 'yes' }],
    ])('names %s when it is wrong', async (field, body) => {
      expectRefusal(await attempt(body), 'invalid_request', `${field} `);
    });

    it('ignores unknown fields', async () => {
      expect(await publish({ ...CONTENT_ON, locked: true, version: 77 })).toMatchObject({
        version: 2,
        locked: false,
      });
    });
  });
});
