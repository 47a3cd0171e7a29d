import { stringify } from 'qs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Json } from '../support/api-client.js';
import { expectFields, newToggle } from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const ENVIRONMENT = `${PROJECT}/environments/online`;
const TOGGLE = `${ENVIRONMENT}/toggles/t`;
const TARGETING = `${TOGGLE}/targeting`;
const RULES = [
  {
    name: 'paris',
    conditions: [{ type: 'string', subject: 'city', predicate: 'is one of', objects: ['Paris'] }],
  },
];

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = new ApiClient(flagpost.baseUrl, { ...flagpost.owner.headers, 'Accept-Language': 'en-US' });
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', `${PROJECT}/toggles`, newToggle('t'));
    await owner.ok('POST', `${PROJECT}/toggles`, newToggle('other'));
    await owner.ok('POST', `${PROJECT}/segments`, { key: 's', name: 'S' });
  });
  afterAll(() => flagpost.stop());

  /** What the UI takes for success: a body that can be parsed and has no code. */
  const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const data = await owner.ok(method, path, body);
    expect([method, path, data?.code]).toEqual([method, path, undefined]);
    return data;
  };
  const get = (path: string): Promise<Json> => call('GET', path);
  const query = (parameters: object): string => stringify(parameters);
  /** What the UI takes for failure, by the code it branches on. */
  const code = async (method: string, path: string, body?: unknown): Promise<string> =>
    (await owner.call(method, path, body)).body.code;

  describe('6.1 Start-up sequence', () => {
    it('1: the settings, before anybody has signed in', async () => {
      const settings = await flagpost.anonymous.ok('GET', '/api/application/settings');
      expect(settings.loginMode).toBe('PASSWORD');
    });

    it('2: what was seen last, else the first project with an environment', async () => {
      expect(await code('GET', '/api/dictionaries/user_last_seen')).toBe('not_found');
      const [project] = await get('/api/projects');
      expect([project.key, project.environments[0].key]).toEqual(['shop', 'online']);
      const seen = { projectKey: 'shop', environmentKey: 'online' };
      await call('POST', '/api/dictionaries/user_last_seen', seen);
      const dictionary = await get('/api/dictionaries/user_last_seen');
      expectFields(dictionary, 'key value createdTime modifiedTime');
      expect(JSON.parse(dictionary.value)).toEqual(seen);
    });

    it('3: who I am, and how many approvals wait for me', async () => {
      const current = await get('/api/members/current');
      expect([current.account, current.role]).toEqual(['Admin', 'OWNER']);
      expect(await get('/api/approvalRecords/total?status=PENDING')).toEqual({ total: 0 });
    });

    it('4: the project, the guides, and the toggle or segment of the breadcrumb', async () => {
      expect((await get(PROJECT)).environments).toHaveLength(1);
      for (const key of ['is_demo_tips_show', 'user_guide_layout'])
        expect(await code('GET', `/api/dictionaries/${key}`)).toBe('not_found');
      expect((await get(`${PROJECT}/segments/s`)).name).toBe('S');
      expect((await get(`${PROJECT}/toggles/t`)).name).toBe('Name of t');
    });

    it('5: signing in', async () => {
      const credentials = { account: 'Admin', password: ADMIN_PASSWORD, source: 'platform' };
      const session = await flagpost.anonymous.ok('POST', '/api/login', credentials);
      expectFields(session, 'account role organizeId token');
    });
  });

  describe('6.2 Per page', () => {
    it('/login: wrong credentials are 403 forbidden', async () => {
      const credentials = { account: 'Admin', password: 'wrong', source: 'platform' };
      const answer = await flagpost.anonymous.post('/api/login', credentials);
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    });

    it('/projects', async () => {
      await get('/api/projects');
      await call('POST', '/api/dictionaries/user_guide_project', 1);
      expect(JSON.parse((await get('/api/dictionaries/user_guide_project')).value)).toBe(1);
      await get(`/api/projects/exists?${query({ type: 'KEY', value: 'page' })}`);
      await get(`/api/projects/exists?${query({ type: 'NAME', value: 'Page' })}`);
      await call('POST', '/api/projects', { name: 'Page', key: 'page', description: '' });
      await call('PATCH', '/api/projects/page', { name: 'Page 2', key: 'page', description: 'd' });
      await get('/api/projects/page/environments?archived=true');
      await get(`/api/projects/page/environments/exists?${query({ type: 'KEY', value: 'stage' })}`);
      await call('POST', '/api/projects/page/environments', {
        name: 'Stage',
        key: 'stage',
        copyFrom: 'online',
      });
      const change = { name: 'Stage 2', key: 'stage', resetServerSdk: false, resetClientSdk: false };
      await call('PATCH', '/api/projects/page/environments/stage', change);
      await call('PATCH', '/api/projects/page/environments/stage/offline');
      await call('PATCH', '/api/projects/page/environments/stage/restore');
      const toggles = await get('/api/projects/page/toggles?pageIndex=0&pageSize=10');
      expect(toggles.totalElements).toBe(0);
      await call('DELETE', '/api/projects/page');
    });

    it('/P/E/toggles', async () => {
      const filters = {
        pageIndex: 0,
        pageSize: 10,
        environmentKey: 'online',
        visitFilter: '',
        disabled: '',
        tags: [],
        keyword: '',
        archived: false,
        permanent: '',
        releaseStatusList: [],
        related: '',
      };
      expect((await get(`${PROJECT}/toggles?${query(filters)}`)).totalElements).toBe(2);
      const narrowed = { ...filters, tags: ['web', 'app'], releaseStatusList: ['RELEASE'], related: true };
      expect((await get(`${PROJECT}/toggles?${query(narrowed)}`)).content).toEqual([]);
      expect((await get(ENVIRONMENT)).enableApproval).toBe(false);
      await get(`${PROJECT}/tags`);
      await call('POST', `${PROJECT}/tags`, { name: 'web' });
      await get(`${PROJECT}/toggles/exists?${query({ type: 'NAME', value: 'New' })}`);
      await call(
        'POST',
        `${PROJECT}/toggles`,
        newToggle('new', { tags: ['web'], permanent: false, desc: '' }),
      );
      const toggle = await get(`${PROJECT}/toggles/new`);
      await call('PATCH', `${PROJECT}/toggles/new`, { ...toggle, name: 'New 2' });
      await get(`${ENVIRONMENT}/toggles/new/targeting/prerequisite/dependencies?pageIndex=0&pageSize=10`);
      await call('PATCH', `${PROJECT}/toggles/new/offline`);
      const archived = await get(`${PROJECT}/toggles?${query({ ...filters, archived: true })}`);
      expect(archived.content.map(({ key }: Json) => key)).toEqual(['new']);
      await call('PATCH', `${PROJECT}/toggles/new/restore`);
      await call('POST', '/api/dictionaries/user_guide_toggle', 2);
      await call('POST', '/api/dictionaries/user_last_seen', {});
    });

    it('/P/E/T/targeting, published directly', async () => {
      const targeting = await get(TARGETING);
      expect(targeting.enableApproval).toBe(false);
      await get(`${PROJECT}/segments?pageIndex=0&pageSize=10`);
      const others = await get(`${TARGETING}/prerequisite/toggles`);
      expect(others.map(({ key }: Json) => key)).toContain('other');
      await get(`${TARGETING}/prerequisite/toggles?${query({ likeNameAndKey: 'oth' })}`);
      await call('POST', '/api/dictionaries/flow_explain', true);
      await get(`${TARGETING}/versions?pageIndex=0&pageSize=10&version=`);
      await get(`${TARGETING}/prerequisite/dependencies?pageIndex=0&pageSize=10`);
      const published = await call('PATCH', TARGETING, {
        comment: 'go',
        disabled: false,
        baseVersion: targeting.version,
        content: { ...targeting.content, defaultServe: { select: 1 } },
      });
      expect(published.version).toBe(2);
      expect((await get(`${TARGETING}/versions?version=2`)).content).toHaveLength(1);
      expect((await get(`${TARGETING}/versions/1`)).total).toBe(2);
      expect(await code('PATCH', TARGETING, { disabled: true, baseVersion: 1 })).toBe('invalid_request');
    });

    it('/P/E/T/targeting, with an approval', async () => {
      const setEnabled = (enable: boolean): Promise<Json> =>
        call('PATCH', `${PROJECT}/approvalSettings`, {
          approvalSettings: [
            {
              environmentKey: 'online',
              environmentName: 'online',
              enable,
              reviewers: ['Admin'],
              locked: false,
            },
          ],
        });
      await setEnabled(true);
      const targeting = await get(TARGETING);
      const submit = (): Promise<Json> =>
        call('POST', `${TARGETING}/approval`, {
          comment: 'please',
          disabled: true,
          baseVersion: targeting.version,
          reviewers: targeting.reviewers,
          content: targeting.content,
        });
      await submit();
      expect((await get('/api/approvalRecords/total?status=PENDING')).total).toBe(1);
      expectFields(await get(`${TARGETING}/diff`), 'currentDisabled currentContent oldDisabled oldContent');
      await call('PATCH', `${TARGETING}/approvalStatus`, { status: 'REJECT', comment: 'no' });
      await call('PATCH', `${TARGETING}/sketch/cancel`, { comment: 'given up' });
      await submit();
      await call('PATCH', `${TARGETING}/approvalStatus`, { status: 'PASS', comment: '' });
      expect((await call('PATCH', `${TARGETING}/sketch/publish`)).version).toBe(3);
      await submit();
      await call('PATCH', `${TARGETING}/approvalStatus`, { status: 'JUMP' });
      expect((await get(TARGETING)).locked).toBe(false);
      await setEnabled(false);
    });

    it('/P/E/T/traffic', async () => {
      for (const lastHours of [24, 168])
        expectFields(
          await get(`${TOGGLE}/traffic?${query({ trafficType: 'VALUE', lastHours })}`),
          'isAccess traffic summary',
        );
    });

    it('/P/E/T/analysis', async () => {
      expect(await code('GET', `${TOGGLE}/metric`)).toBe('not_found');
      await call('POST', `${TOGGLE}/metric`, {
        name: 'clicks',
        metricType: 'CONVERSION',
        eventType: 'CUSTOM',
        eventName: 'click',
        denominator: 'TOTAL_SAMPLE',
      });
      await get(`${TOGGLE}/metric`);
      const span = query({ start: '2026-11-01 00:00:00', end: '2026-11-02 00:00:00' });
      await get(`${TOGGLE}/metric/analysis?${span}`);
      expect(Array.isArray(await get(`${TOGGLE}/metric/iterations`))).toBe(true);
      const diagnosis = await owner.ok('GET', `${TOGGLE}/metric/diagnosis?${span}`);
      expect(diagnosis.code).toMatch(/^(200|46\d)$/);
      const started = await call('PATCH', TARGETING, { trackAccessEvents: true });
      expect([started.trackAccessEvents, started.version]).toEqual([true, 4]);
      await call('PATCH', TARGETING, { trackAccessEvents: false });
    });

    it('/P/E/T/connect-sdk and /track-event', async () => {
      await get('/api/application/settings');
      await get(PROJECT);
      await get(ENVIRONMENT);
      await get(`${PROJECT}/toggles/t`);
      expect(Array.isArray(await get(`${TARGETING}/attributes`))).toBe(true);
      for (const key of ['get_started_shop_online_t', 'access_event_shop_online_t']) {
        await call('POST', `/api/dictionaries/${key}`, { step1: { done: true, sdk: 'Java' } });
        expect(JSON.parse((await get(`/api/dictionaries/${key}`)).value).step1.done).toBe(true);
      }
      expect(await get('/api/misc/sdk/java_sdk_version')).toMatch(/\d/);
      for (const sdkType of ['Java', 'DotNet', 'undefined', '']) {
        expect(await get(`${TOGGLE}/access?${query({ sdkType })}`)).toEqual({ isAccess: false });
        expect(await get(`${TOGGLE}/metric/status?${query({ sdkType })}`)).toEqual({ isReport: false });
      }
    });

    it('/P/E/segments and /P/E/segments/S', async () => {
      await get(`${PROJECT}/segments?${query({ pageIndex: 0, pageSize: 10, keyword: '' })}`);
      await get(`${PROJECT}/segments/exists?${query({ type: 'KEY', value: 'vip' })}`);
      await call('POST', `${PROJECT}/segments`, { name: 'VIP', key: 'vip', description: '' });
      const segment = await get(`${PROJECT}/segments/vip`);
      await call('PATCH', `${PROJECT}/segments/vip`, { ...segment, name: 'VIP 2' });
      const published = await call('PATCH', `${PROJECT}/segments/vip/publish`, {
        ...segment,
        rules: RULES,
        comment: '',
        baseVersion: 2,
      });
      expect(published).toMatchObject({ version: 3, rules: RULES, name: 'VIP 2' });
      await get(`${PROJECT}/segments/vip/versions?pageIndex=0&pageSize=10`);
      expect((await get(`${PROJECT}/segments/vip/toggles?pageIndex=0&pageSize=10`)).totalElements).toBe(0);
      await call('DELETE', `${PROJECT}/segments/vip`);
    });

    it('/P/E/settings', async () => {
      const settings = await get(`${PROJECT}/approvalSettings`);
      const members = await get('/api/members?pageIndex=0&pageSize=10');
      expect(members.content.every(({ role }: Json) => typeof role === 'string')).toBe(true);
      await call('PATCH', `${PROJECT}/approvalSettings`, { approvalSettings: settings });
    });

    it('/P/E/event-tracker', async () => {
      expect(await get(`${ENVIRONMENT}/events?uuid=u`)).toMatchObject({
        projectKey: 'shop',
        environmentKey: 'online',
        debuggerEnabled: false,
        debugUntilTime: 0,
        events: [],
      });
      expect(await call('PATCH', `${ENVIRONMENT}/events/tracker-status`, { enabled: true })).toEqual({
        message: 'success',
      });
      expect((await get(`${ENVIRONMENT}/events?uuid=u`)).debuggerEnabled).toBe(true);
    });

    it('/approvals/list and /approvals/mine', async () => {
      for (const type of ['APPROVAL', 'APPLY']) {
        const filters = { pageIndex: 0, pageSize: 10, type, status: ['PASS', 'JUMP', 'REVOKE'], keyword: '' };
        expect((await get(`/api/approvalRecords?${query(filters)}`)).totalElements).toBe(2);
      }
    });

    it('/settings/members', async () => {
      expect(await code('GET', '/api/members/query?account=bob')).toBe('not_found');
      const member = { accounts: ['bob'], role: 'WRITER', password: 'Pass1234', source: 'platform' };
      expect(await call('POST', '/api/members', member)).toHaveLength(1);
      await get('/api/members/query?account=bob');
      await call('PATCH', '/api/members', { account: 'bob', role: 'OWNER' });
      await get(`/api/members?${query({ pageIndex: 0, pageSize: 10, keyword: '' })}`);
      await call('DELETE', '/api/members', { account: 'bob' });
      await get('/api/members?pageIndex=0&pageSize=10');
    });

    it('/settings/webhooks/list', async () => {
      const { secretKey } = await get('/api/webhooks/secretKey');
      const url = 'http://127.0.0.1:9/hook?a=b&c=d';
      expect(await get(`/api/webhooks/checkUrl?url=${url}`)).toEqual([]);
      const wanted = { name: 'hook', url, status: 'ENABLE', secretKey, description: '' };
      const made = await call('POST', '/api/webhooks', wanted);
      expect(await get(`/api/webhooks/checkUrl?url=${url}`)).toEqual(['hook']);
      const list = await get(
        `/api/webhooks?${query({ pageIndex: 0, pageSize: 10, nameLike: '', status: '' })}`,
      );
      expect(list.content[0]).toMatchObject(wanted);
      await call('PATCH', `/api/webhooks/${made.id}`, { ...list.content[0], status: 'DISABLE' });
      await call('DELETE', `/api/webhooks/${made.id}`);
    });

    it('/settings/tokens and /user/tokens', async () => {
      for (const type of ['APPLICATION', 'PERSON']) {
        await get(`/api/tokens/exists?${query({ name: 'ui', type })}`);
        const { token } = await call('POST', '/api/tokens', { name: 'ui', type, role: 'WRITER' });
        expect(token).toMatch(/^api-/);
        expect(await code('GET', `/api/tokens/exists?${query({ name: 'ui', type })}`)).toBe('conflict');
        const { content } = await get(`/api/tokens?${query({ type, pageIndex: 0, pageSize: 10 })}`);
        await call('DELETE', `/api/tokens/${content[0].id}`);
      }
    });

    it('/user/profile', async () => {
      const change = { oldPassword: 'wrong', newPassword: 'Other-123' };
      expect(await code('PATCH', '/api/members/modifyPassword', change)).toBe('invalid_request');
    });

    it('not_found on the toggle list, the segment list and the toggle, which the UI branches on', async () => {
      for (const path of [
        `${PROJECT}/toggles?environmentKey=nope`,
        '/api/projects/nope/toggles?environmentKey=online',
        '/api/projects/nope/segments',
        `${PROJECT}/toggles/nope`,
      ])
        expect([path, await code('GET', path)]).toEqual([path, 'not_found']);
    });
  });
});
