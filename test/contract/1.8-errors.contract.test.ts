import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import {
  brief,
  CONFLICT,
  expectInvalid,
  FORBIDDEN,
  missing,
  newToggle,
  STALE,
  UNAUTHORIZED,
} from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { ADMIN_PASSWORD, startFlagpost, type TestFlagpost } from '../support/flagpost.js';

const PROJECT = '/api/projects/shop';
const TARGETING = `${PROJECT}/environments/online/toggles/t/targeting`;
const PASSWORD = 'Pass1234';
const INTERNAL_TOKEN = 'contract-internal-token';
const WEBHOOK = { name: 'hook', url: 'http://127.0.0.1:9/', secretKey: 's', description: '' };

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let bob: ApiClient;
  let seed: Record<'projects' | 'members' | 'current' | 'sdkKeys', Json>;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { INTERNAL_TOKEN });
    owner = flagpost.owner;
    seed = {
      projects: await owner.ok('GET', '/api/projects'),
      members: await owner.ok('GET', '/api/members'),
      current: await owner.ok('GET', '/api/members/current'),
      sdkKeys: await owner.ok('GET', `/internal/server/sdk_keys?token=${INTERNAL_TOKEN}`),
    };
    await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: PASSWORD });
    bob = await flagpost.anonymous.login('bob', PASSWORD);
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', `${PROJECT}/environments`, { key: 'stage', name: 'Stage' });
    await owner.ok('POST', `${PROJECT}/toggles`, newToggle('t'));
    await owner.ok('POST', `${PROJECT}/segments`, { key: 's', name: 'S' });
    await owner.ok('POST', '/api/tokens', { name: 'token', type: 'PERSON' });
    await owner.ok('POST', '/api/webhooks', WEBHOOK);
  });
  afterAll(() => flagpost.stop());

  /** Expects a refusal with this code, in the form that every error has. */
  const expectError = (answer: Answer, status: number, code: string): void => {
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expect(Object.keys(answer.body).sort()).toEqual(['code', 'message']);
    expect(answer.body.message).toBeTruthy();
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  };

  describe('1.8 Error bodies', () => {
    it.each([
      ['Project', 'nope', '/api/projects/nope'],
      ['Environment', 'nope', `${PROJECT}/environments/nope`],
      ['Toggle', 'nope', `${PROJECT}/toggles/nope`],
      ['Segment', 'nope', `${PROJECT}/segments/nope`],
      ['Member', 'nope', '/api/members/query?account=nope'],
      ['Access Token', '999', '/api/tokens/999'],
      ['Dictionary', 'nope', '/api/dictionaries/nope'],
      ['WebHook', '999', '/api/webhooks/999'],
    ])('%s not found is 400 not_found, with its key in the message', async (resource, key, path) => {
      const answer = await owner.get(path);
      expectError(answer, 400, 'not_found');
      expect(brief(answer)).toEqual(missing(resource, key));
    });

    it.each<[string, string, object]>([
      ['project', '/api/projects', { key: 'shop', name: 'x' }],
      ['environment', `${PROJECT}/environments`, { key: 'online', name: 'x' }],
      ['toggle', `${PROJECT}/toggles`, newToggle('t', { name: 'x' })],
      ['segment', `${PROJECT}/segments`, { key: 's', name: 'x' }],
      ['member', '/api/members', { accounts: ['bob'], role: 'WRITER', password: PASSWORD }],
      ['token', '/api/tokens', { name: 'token', type: 'PERSON' }],
      ['webhook', '/api/webhooks', WEBHOOK],
    ])('a %s that exists is 400 conflict', async (_what, path, body) => {
      const answer = await owner.post(path, body);
      expectError(answer, 400, 'conflict');
      expect(brief(answer)).toEqual(CONFLICT);
    });

    it('business rules are 400 invalid_request, and have a message', async () => {
      expectError(
        await owner.patch(`${TARGETING}/approvalStatus`, { status: 'PASS' }),
        400,
        'invalid_request',
      );
      expectError(await owner.patch(`${TARGETING}/sketch/publish`), 400, 'invalid_request');
      expectError(await owner.patch(`${TARGETING}/sketch/cancel`), 400, 'invalid_request');
      const wrong = { oldPassword: 'wrong', newPassword: PASSWORD };
      const answer = await bob.patch('/api/members/modifyPassword', wrong);
      expectError(answer, 400, 'invalid_request');
      expect(answer.body.message).toBe('Invalid old password');
    });

    it('a lost optimistic lock is 400 invalid_request "Request conflict, please try again"', async () => {
      const content = { defaultServe: { select: 1 } };
      expect(brief(await owner.patch(TARGETING, { content, baseVersion: 99 }))).toEqual(STALE);
      const publish = `${PROJECT}/segments/s/publish`;
      expect(brief(await owner.patch(publish, { rules: [], baseVersion: 99 }))).toEqual(STALE);
    });

    it('forbidden is 403, for roles too, and never an empty 401', async () => {
      const answer = await bob.delete('/api/projects/shop');
      expectError(answer, 403, 'forbidden');
      expect(brief(answer)).toEqual(FORBIDDEN);
    });

    it('unauthenticated is 401 unauthorized; no organization 400 bad_request', async () => {
      const anonymous = await flagpost.anonymous.get('/api/projects');
      expectError(anonymous, 401, 'unauthorized');
      expect(brief(anonymous)).toEqual(UNAUTHORIZED);
      const { Authorization = '' } = owner.headers;
      const homeless = await new ApiClient(flagpost.baseUrl, { Authorization }).get('/api/projects');
      expectError(homeless, 400, 'bad_request');
      expect(homeless.body.message).toBe('No OrganizationID supplied');
    });

    it.each([
      ['/api/webhooks/abc', 'id'],
      ['/api/tokens/abc', 'id'],
      ['/api/projects?keyword[a]=b', 'keyword'],
      ['/api/projects/exists?type=OTHER&value=x', 'type'],
      ['/api/webhooks?status=OTHER', 'status'],
      ['/api/tokens?type=OTHER', 'type'],
      ['/api/approvalRecords?type=OTHER', 'type'],
      ['/api/approvalRecords?type=APPLY&status=OTHER', 'status'],
      [`${PROJECT}/toggles?environmentKey=online&visitFilter=OTHER`, 'visitFilter'],
      [`${PROJECT}/toggles?environmentKey=online&disabled=maybe`, 'disabled'],
      [`${PROJECT}/segments?pageIndex=abc`, 'pageIndex'],
      [`${TARGETING}/versions?version=abc`, 'version'],
      [`${TARGETING}/versions/abc`, 'version'],
    ])('a value of the wrong type in %s is 400 invalid_request', async (path, field) => {
      const answer = await owner.get(path);
      expectError(answer, 400, 'invalid_request');
      expectInvalid(answer, field);
    });

    it.each<[string, string]>([
      ['/api/projects/exists', 'type'],
      ['/api/projects/exists?type=KEY', 'value'],
      [`${PROJECT}/toggles/exists?value=x`, 'type'],
      ['/api/members/query', 'account'],
      ['/api/tokens/exists', 'name'],
    ])('a missing parameter of %s is 400 with a code', async (path, field) => {
      expectInvalid(await owner.get(path), field);
    });

    it('malformed JSON and bad enums in bodies are 400 with a code', async () => {
      for (const body of ['{', '{"key":', 'key=x', "{'key':1}"])
        expectError(await owner.raw('POST', '/api/projects', body), 400, 'invalid_request');
      expectInvalid(await owner.post('/api/tokens', { name: 'x', type: 'OTHER' }), 'type');
      expectInvalid(await owner.post('/api/webhooks', { ...WEBHOOK, name: 'x', status: 'OTHER' }), 'status');
      expectInvalid(await owner.patch(`${TARGETING}/approvalStatus`, { status: 'OTHER' }), 'status');
      expectInvalid(
        await owner.post('/api/members', { accounts: ['x'], role: 'KING', password: PASSWORD }),
        'role',
      );
    });

    it('an unknown toggle or environment in GET targeting is 400 not_found, not a 500', async () => {
      expect(brief(await owner.get(TARGETING.replace('/t/', '/nope/')))).toEqual(missing('Toggle', 'nope'));
      const elsewhere = TARGETING.replace('online', 'nope');
      expect(brief(await owner.get(elsewhere))).toEqual(missing('Environment', 'nope'));
    });

    it('unknown routes and wrong verbs are 404 with a code', async () => {
      for (const [method, path] of [
        ['GET', '/api/nonsense'],
        ['PUT', '/api/projects'],
        ['DELETE', '/api/projects'],
        ['POST', '/api/members/current'],
        ['GET', '/nonsense'],
      ] as const)
        expectError(await owner.call(method, path), 404, 'not_found');
    });
  });

  describe('1.9 i18n', () => {
    const speaking = (language: string, client = owner): ApiClient =>
      new ApiClient(flagpost.baseUrl, { ...client.headers, 'Accept-Language': language });

    /** One call for each message of the catalogue, and its English text. */
    const CALLS: [string, (client: ApiClient) => Promise<Answer>, string][] = [
      [
        'conflict',
        (client) => client.post('/api/projects', { key: 'shop', name: 'x' }),
        'This resource already exists, please modify',
      ],
      ['not_found', (client) => client.get('/api/projects/nope'), 'Project nope not found'],
      [
        'conflict_request',
        (client) => client.patch(TARGETING, { disabled: true, baseVersion: 9 }),
        'Request conflict, please try again',
      ],
      [
        'invalid_old_password',
        (client) => client.patch('/api/members/modifyPassword', { oldPassword: 'x', newPassword: PASSWORD }),
        'Invalid old password',
      ],
      [
        'approval.disable',
        (client) => client.post(`${TARGETING}/approval`, { content: {}, disabled: true, comment: 'c' }),
        'Approval is not enabled.',
      ],
    ];

    it.each(CALLS)('%s has its English text by default and its own in Chinese', async (_key, call, text) => {
      for (const client of [owner, speaking('en-US'), speaking('fr-FR'), speaking('en-US,zh-CN;q=0.5')])
        expect((await call(client)).body.message).toBe(text);
      for (const language of ['zh-CN', 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'])
        expect((await call(speaking(language))).body.message).toMatch(/\p{Script=Han}/u);
    });

    it('forbidden and unauthorized come in both languages, too', async () => {
      for (const client of [bob, flagpost.anonymous]) {
        const english = (await client.delete('/api/projects/shop')).body.message;
        expect(english).toBe(client === bob ? 'Forbidden' : 'Unauthorized');
        const chinese = (await speaking('zh-CN', client).delete('/api/projects/shop')).body.message;
        expect(chinese).toMatch(/\p{Script=Han}/u);
      }
    });

    it('codes are the same in every language', async () => {
      for (const [, call] of CALLS) {
        const [english, chinese] = [await call(owner), await call(speaking('zh-CN'))];
        expect([chinese.status, chinese.body.code]).toEqual([english.status, english.body.code]);
      }
    });

    it('"toggle already under approval" is said of a second submission', async () => {
      await owner.ok('PATCH', `${PROJECT}/approvalSettings`, {
        approvalSettings: [{ environmentKey: 'stage', enable: true, reviewers: ['bob'] }],
      });
      const path = TARGETING.replace('online', 'stage');
      const change = { content: { defaultServe: { select: 1 } }, disabled: false, comment: 'c' };
      await owner.ok('POST', `${path}/approval`, change);
      expect(brief(await owner.post(`${path}/approval`, change))).toEqual([
        400,
        { code: 'invalid_request', message: 'toggle already under approval' },
      ]);
    });

    it('"WebHook URL is illegal" is said of a bad URL', async () => {
      const answer = await owner.post('/api/webhooks', { ...WEBHOOK, name: 'bad', url: 'no url' });
      expectError(answer, 400, 'invalid_request');
      expect(answer.body.message).toMatch(/^WebHook URL is illegal/);
    });
  });

  describe('1.10 Seed data', () => {
    it('there is one organization, id 1, "Default Organize", and its owner Admin, id 1', () => {
      expect(seed.current).toEqual({
        account: 'Admin',
        role: 'OWNER',
        allowEdit: false,
        organizationName: 'Default Organize',
        organizationId: 1,
      });
      expect(seed.members.content.map(({ account, role }: Json) => [account, role])).toEqual([
        ['Admin', 'OWNER'],
      ]);
      const { userId } = decodeJwt(owner.headers['Authorization']?.slice('Bearer '.length) ?? '');
      expect(userId).toBe(1);
    });

    it('the account’s password is the one that was set, and not the well-known one', async () => {
      const login = (password: string): Promise<Answer> =>
        flagpost.anonymous.post('/api/login', { account: 'Admin', password, source: 'platform' });
      expect((await login(ADMIN_PASSWORD)).status).toBe(200);
      expect(brief(await login('Pass1234'))).toEqual(FORBIDDEN);
    });

    it('there is no project, and the version of the SDK keys begins at 1', () => {
      expect(seed.projects).toEqual([]);
      expect(seed.sdkKeys).toEqual({ version: 1, mapping: {} });
    });

    it('projects, environments and toggles are not limited', async () => {
      for (let index = 0; index < 12; index += 1)
        await owner.ok('POST', `${PROJECT}/toggles`, newToggle(`many${index}`));
      for (let index = 0; index < 6; index += 1) {
        const named = { key: `many${index}`, name: `Many ${index}` };
        await owner.ok('POST', `${PROJECT}/environments`, named);
        await owner.ok('POST', '/api/projects', named);
      }
    });
  });
});
