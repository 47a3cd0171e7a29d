import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiClient, Json } from '../support/api-client.js';
import { CONTENT } from '../support/approval-scene.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { expectRefusal, names, Shop } from '../support/shop.js';

/** A value of an enum in a request; the answer says whether it is one. */
type Use = (value: string) => Promise<Answer>;

/**
 * Not to be seen in any route, and so not tested here: the status of members (all that are there are ACTIVE), that of sketches (what
 * it leads to shows as `locked` and `canceled`, section 2.6), the type of webhooks (always COMMON), change log types.
 */
describe.each(DATABASES)('contract of enums on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let shop: Shop;
  let count = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
    shop = await Shop.open(owner);
  });
  afterAll(() => flagpost.stop());

  const fresh = (): string => `fresh-${(count += 1)}`;
  const toggles = (query: string): Promise<Answer> =>
    owner.get(`${shop.path}/toggles?environmentKey=online&${query}`);
  const condition = async (type: string): Promise<Answer> => {
    const objects: Json = {
      segment: [await shop.segment()],
      number: ['1'],
      semver: ['1.0.0'],
      datetime: ['2026-11-22T00:00:00Z'],
    };
    const predicates: Json = { segment: 'is in', datetime: 'after', string: 'contains' };
    const one = { type, subject: 'a', predicate: predicates[type] ?? '=', objects: objects[type] ?? ['x'] };
    const rules = [{ name: 'r', conditions: [one], serve: { select: 0 } }];
    return owner.patch(shop.targeting(await shop.toggle()), {
      disabled: false,
      content: { ...CONTENT, rules },
    });
  };
  const VALUE: Json = { boolean: 'true', number: '1', string: 'x', json: '{}' };

  const USES: readonly [string, string, string, Use][] = [
    [
      'Role',
      'OWNER WRITER',
      'role',
      (role) => owner.post('/api/members', { accounts: [fresh()], role, password: 'Pass1234' }),
    ],
    [
      'Access token type',
      'PERSON APPLICATION',
      'type',
      (type) => owner.post('/api/tokens', { name: fresh(), type }),
    ],
    [
      'Access token type, listed',
      'PERSON APPLICATION',
      'type',
      (type) => owner.get(`/api/tokens?type=${type}`),
    ],
    [
      'Approval status',
      'PENDING PASS REJECT JUMP REVOKE',
      'status',
      (status) => owner.get(`/api/approvalRecords?status[0]=${status}`),
    ],
    [
      'Approval status, counted',
      'PENDING PASS REJECT JUMP REVOKE',
      'status',
      (status) => owner.get(`/api/approvalRecords/total?status=${status}`),
    ],
    [
      'Approval list type',
      'APPROVAL APPLY',
      'type',
      (type) => owner.get(`/api/approvalRecords?type=${type}`),
    ],
    [
      'Toggle release status',
      'PENDING_APPROVAL PENDING_RELEASE REJECT RELEASE',
      'releaseStatusList',
      (status) => toggles(`releaseStatusList[0]=${status}`),
    ],
    [
      'Visit filter',
      'IN_WEEK_VISITED OUT_WEEK_VISITED NOT_VISITED',
      'visitFilter',
      (filter) => toggles(`visitFilter=${filter}`),
    ],
    [
      'Exists type of projects',
      'KEY NAME',
      'type',
      (type) => owner.get(`/api/projects/exists?type=${type}&value=none`),
    ],
    [
      'Exists type of environments',
      'KEY NAME',
      'type',
      (type) => owner.get(`${shop.path}/environments/exists?type=${type}&value=none`),
    ],
    [
      'Exists type of toggles',
      'KEY NAME',
      'type',
      (type) => owner.get(`${shop.path}/toggles/exists?type=${type}&value=none`),
    ],
    [
      'Exists type of segments',
      'KEY NAME',
      'type',
      (type) => owner.get(`${shop.path}/segments/exists?type=${type}&value=none`),
    ],
    [
      'Webhook status',
      'ENABLE DISABLE',
      'status',
      (status) => owner.post('/api/webhooks', { name: fresh(), url: 'http://127.0.0.1:9/', status }),
    ],
    [
      'Webhook status, listed',
      'ENABLE DISABLE',
      'status',
      (status) => owner.get(`/api/webhooks?status=${status}`),
    ],
    [
      'Hook resource',
      'PROJECT ENVIRONMENT SEGMENT TOGGLE MEMBER WEBHOOK',
      'resource',
      (resource) => owner.get(`/api/events?resource=${resource}`),
    ],
    [
      'Hook action',
      'CREATE UPDATE DELETE PUBLISH UPDATE_APPROVAL_SETTINGS CREATE_APPROVAL REVOKE_APPROVAL UPDATE_APPROVAL OFFLINE RESTORE',
      'action',
      (action) => owner.get(`/api/events?action=${action}`),
    ],
    [
      'Traffic type',
      'VALUE NAME',
      'trafficType',
      async (type) => owner.get(`${shop.at(await shop.toggle())}/traffic?trafficType=${type}`),
    ],
    [
      'Return type',
      'boolean number string json',
      'returnType',
      (returnType) => {
        const key = fresh();
        const variations = [{ value: VALUE[returnType] ?? 'x' }];
        const toggle = { key, name: key, clientAvailability: true, returnType, disabledServe: 0, variations };
        return owner.post(`${shop.path}/toggles`, toggle);
      },
    ],
    ['Condition type', 'string number datetime semver segment', 'type', condition],
  ];

  describe('10 Enum summary', () => {
    it.each(USES)('%s: %s, and nothing else', async (_enum, values, field, use) => {
      for (const value of names(values)) expect([value, (await use(value)).status]).toEqual([value, 200]);
      for (const wrong of ['OTHER', 'constructor', names(values)[0]!.replace(/^./, (letter) => `x${letter}`)])
        expectRefusal(await use(wrong), 'invalid_request', field);
    });

    it('Member source: PLATFORM, INVITATION and free text are taken, ACCESS_TOKEN is no person’s', async () => {
      const create = (source: string): Promise<Answer> =>
        owner.post('/api/members', { accounts: [fresh()], role: 'WRITER', password: 'Pass1234', source });
      for (const source of ['PLATFORM', 'INVITATION', 'platform', 'SYSTEM'])
        expect([source, (await create(source)).status]).toEqual([source, 200]);
      expectRefusal(await create('ACCESS_TOKEN'), 'invalid_request', 'source');
    });

    it('the login mode is PASSWORD or GUEST', async () => {
      const { loginMode } = await flagpost.anonymous.ok('GET', '/api/application/settings');
      expect(['PASSWORD', 'GUEST']).toContain(loginMode);
    });
  });
});
