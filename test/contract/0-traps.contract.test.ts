import { stringify } from 'qs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Json } from '../support/api-client.js';
import { readOperations } from '../support/open-api.js';
import { brief, CONFLICT, FORBIDDEN, ISO_DATE, missing, newToggle, VARIATIONS } from '../support/contract.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const PROJECT = '/api/projects/shop';
const TARGETING = `${PROJECT}/environments/online/toggles/t/targeting`;
const PASSWORD = 'Pass1234';

/** One call of most routes, in an order in which all of them succeed. */
const CALLS: [string, string, unknown?][] = [
  ['POST', '/api/projects', { key: 'walk', name: 'Walk' }],
  ['GET', '/api/projects'],
  ['GET', '/api/projects/walk'],
  ['PATCH', '/api/projects/walk', { description: 'd' }],
  ['GET', '/api/projects/exists?type=KEY&value=free'],
  ['GET', '/api/projects/walk/approvalSettings'],
  ['POST', '/api/projects/walk/environments', { key: 'stage', name: 'Stage' }],
  ['GET', '/api/projects/walk/environments'],
  ['PATCH', '/api/projects/walk/environments/stage', { resetClientSdk: true }],
  ['PATCH', '/api/projects/walk/environments/stage/offline'],
  ['PATCH', '/api/projects/walk/environments/stage/restore'],
  ['POST', '/api/projects/walk/tags', { name: 'web' }],
  ['GET', '/api/projects/walk/tags'],
  ['POST', '/api/projects/walk/attributes', { key: 'city' }],
  ['GET', '/api/projects/walk/attributes'],
  ['POST', '/api/projects/walk/toggles', newToggle('t', { tags: ['web'] })],
  ['GET', '/api/projects/walk/toggles?environmentKey=online'],
  ['PATCH', '/api/projects/walk/toggles/t', { desc: 'd' }],
  ['PATCH', '/api/projects/walk/toggles/t/offline'],
  ['PATCH', '/api/projects/walk/toggles/t/restore'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting'],
  [
    'PATCH',
    '/api/projects/walk/environments/online/toggles/t/targeting',
    { disabled: false, content: { defaultServe: { select: 1 } }, comment: 'c' },
  ],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting/versions'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting/versions/1'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting/diff'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting/attributes'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting/prerequisite/toggles'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/targeting/prerequisite/dependencies'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/traffic?trafficType=NAME&lastHours=24'],
  ['GET', '/api/projects/walk/environments/online/toggles/t/access'],
  ['GET', '/api/projects/walk/environments/online/events?uuid=u'],
  ['PATCH', '/api/projects/walk/environments/online/events/tracker-status', { enabled: true }],
  ['POST', '/api/projects/walk/segments', { key: 's', name: 'S' }],
  ['PATCH', '/api/projects/walk/segments/s/publish', { rules: [] }],
  ['GET', '/api/projects/walk/segments/s/versions'],
  ['DELETE', '/api/projects/walk/segments/s'],
  ['POST', '/api/members', { accounts: ['walker'], role: 'WRITER', password: PASSWORD }],
  ['GET', '/api/members'],
  ['GET', '/api/members/query?account=walker'],
  ['PATCH', '/api/members', { account: 'walker', role: 'OWNER' }],
  ['DELETE', '/api/members', { account: 'walker' }],
  ['POST', '/api/tokens', { name: 'walk', type: 'PERSON' }],
  ['GET', '/api/tokens?type=PERSON'],
  ['GET', '/api/approvalRecords?type=APPLY'],
  ['GET', '/api/approvalRecords/total?status=PENDING'],
  ['POST', '/api/dictionaries/walk', { a: 1 }],
  ['GET', '/api/dictionaries/walk'],
  ['GET', '/api/webhooks'],
  ['GET', '/api/webhooks/secretKey'],
  ['GET', '/api/webhooks/checkUrl?url=http://x'],
  ['DELETE', '/api/projects/walk'],
];

interface Walked {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

describe.each(DATABASES)('on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let receiver: Receiver;
  const walked: Walked[] = [];

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    receiver = await Receiver.start();
    const webhook = { name: 'hook', url: receiver.url, secretKey: 's', description: '' };
    await owner.ok('POST', '/api/webhooks', webhook);
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await owner.ok('POST', `${PROJECT}/toggles`, newToggle('t'));
    await owner.ok('POST', `${PROJECT}/segments`, { key: 's', name: 'S' });
    for (const [method, path, body] of CALLS) {
      const response = await fetch(flagpost.baseUrl + path, {
        method,
        headers: { 'Content-Type': 'application/json', ...owner.headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      walked.push({ call: `${method} ${path}`, status: response.status, text: await response.text() });
    }
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  describe('0 Read this first: traps for a NestJS re-implementation', () => {
    it('1: not found and already exists are 400 with a code', async () => {
      expect(brief(await owner.get('/api/projects/nope'))).toEqual(missing('Project', 'nope'));
      expect(brief(await owner.post('/api/projects', { key: 'shop', name: 'x' }))).toEqual(CONFLICT);
    });

    it('2: success bodies carry no code at the top', () => {
      for (const { call, text } of walked) expect([call, JSON.parse(text)?.code]).toEqual([call, undefined]);
      const exists = walked.find(({ call }) => call.includes('exists'));
      expect(exists?.text).toBe('{"message":"success"}');
    });

    it('3, 4: all successes are 200 with a body, those of POST and DELETE too', () => {
      for (const { call, status, text } of walked) {
        expect([call, status]).toEqual([call, 200]);
        expect(text).not.toBe('');
      }
      for (const { call, text } of walked.filter((each) => each.call.startsWith('DELETE')))
        expect([call, Object.keys(JSON.parse(text)).length > 1]).toEqual([call, true]);
    });

    it('5: every 400 has a code: each route with a body refuses one that is no object', async () => {
      const operations = await readOperations(owner);
      const parameters: Json = {
        projectKey: 'shop',
        environmentKey: 'online',
        toggleKey: 't',
        segmentKey: 's',
      };
      let refused = 0;
      for (const { method, path, body } of operations.filter((each) => each.body !== undefined)) {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '999999');
        if (path.includes('dictionaries')) continue;
        const answer = await owner.raw(method, filled, '{"a":');
        expect([method, path, answer.status, answer.body.code]).toEqual([
          method,
          path,
          400,
          'invalid_request',
        ]);
        expect([path, typeof answer.body.message, Object.keys(body).length > 0]).toEqual([
          path,
          'string',
          true,
        ]);
        refused += 1;
      }
      expect(refused).toBeGreaterThan(20);
    });

    it('6: 401 is for the unauthenticated; a role that does not suffice is 403', async () => {
      await owner.ok('POST', '/api/members', { accounts: ['bob'], role: 'WRITER', password: PASSWORD });
      const bob = await flagpost.anonymous.login('bob', PASSWORD);
      expect(brief(await bob.delete(PROJECT))).toEqual(FORBIDDEN);
      expect((await flagpost.anonymous.delete(PROJECT)).status).toBe(401);
    });

    it.each(['3', 'false', 'null', '{}', '"text"', '[1, 2]', '{"a" : 1}'])(
      '7: a dictionary takes the body %s and returns its raw text',
      async (text) => {
        const made = await owner.raw('POST', '/api/dictionaries/raw', text);
        expect([made.status, made.body.value]).toEqual([200, text]);
        expect((await owner.ok('GET', '/api/dictionaries/raw')).value).toBe(text);
      },
    );

    it('8: lists come as qs writes them, comma separated and repeated', async () => {
      await owner.ok('POST', `${PROJECT}/tags`, { name: 'a' });
      await owner.ok('POST', `${PROJECT}/tags`, { name: 'b' });
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle('ta', { tags: ['a'] }));
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle('tb', { tags: ['b'] }));
      for (const query of [
        stringify({ tags: ['a', 'b'] }),
        stringify({ tags: ['a', 'b'] }, { encode: false }),
        stringify({ tags: ['a', 'b'] }, { arrayFormat: 'repeat' }),
        stringify({ tags: ['a', 'b'] }, { arrayFormat: 'brackets' }),
        'tags=a,b',
        'tags=a%2Cb',
      ]) {
        const page = await owner.ok('GET', `${PROJECT}/toggles?environmentKey=online&${query}`);
        expect([query, page.content.map(({ key }: Json) => key)]).toEqual([query, ['tb', 'ta']]);
      }
      for (const query of [
        'status[0]=PENDING&status[1]=PASS',
        'status=PENDING,PASS',
        'status=PENDING&status=PASS',
      ])
        await owner.ok('GET', `/api/approvalRecords?type=APPLY&${query}`);
    });

    it('9: an empty value of any optional parameter of any list means that it is not set', async () => {
      const keys: Json = { projectKey: 'shop', environmentKey: 'online', toggleKey: 't', segmentKey: 's' };
      const operations = (await readOperations(owner)).filter(
        ({ method, path }) => method === 'GET' && path.startsWith('/api/') && !/v3|\/stream$/.test(path),
      );
      let called = 0;
      for (const { path, queryNames } of operations.filter((each) => each.queryNames.length > 0)) {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => keys[name] ?? '1');
        for (const name of queryNames) {
          const without = await owner.get(filled);
          const empty = await owner.get(`${filled}?${name}=`);
          expect([path, name, empty.status, empty.body?.code]).toEqual([
            path,
            name,
            without.status,
            without.body?.code,
          ]);
          called += 1;
        }
      }
      expect(called).toBeGreaterThan(30);
    });

    it('10: whole rows may be sent back: what a route does not know is ignored', async () => {
      const sendBack = async (path: string, more: object = {}): Promise<Json> => {
        const row = await owner.ok('GET', path);
        const after = await owner.ok('PATCH', path, { ...row, ...more, unknown: { x: [1] } });
        expect(after).not.toHaveProperty('unknown');
        return after;
      };
      expect((await sendBack(PROJECT, { key: 'z' })).key).toBe('shop');
      await sendBack(`${PROJECT}/environments/online`);
      await sendBack(`${PROJECT}/toggles/t`, { key: 'z', returnType: 'json' });
      await sendBack(`${PROJECT}/segments/s`, { key: 'z', version: 99 });
      const { content } = await owner.ok('GET', '/api/webhooks');
      await sendBack(`/api/webhooks/${content[0].id}`, { type: 'COMMON' });
      const segment = await owner.ok('GET', `${PROJECT}/segments/s`);
      const publish = { ...segment, rules: [], comment: '', baseVersion: segment.version };
      await owner.ok('PATCH', `${PROJECT}/segments/s/publish`, publish);
      const settings = await owner.ok('GET', `${PROJECT}/approvalSettings`);
      await owner.ok('PATCH', `${PROJECT}/approvalSettings`, { approvalSettings: settings });
      const targeting = await owner.ok('GET', TARGETING);
      await owner.ok('PATCH', TARGETING, { ...targeting, comment: 'same', baseVersion: targeting.version });
    });

    it('11: null properties are left out everywhere', () => {
      for (const { call, text } of walked) expect([call, text.includes(':null')]).toEqual([call, false]);
    });

    it('12: dates are ISO 8601 in REST and epoch milliseconds in webhooks', async () => {
      const made = await owner.ok('POST', `${PROJECT}/toggles`, newToggle('dated'));
      for (const field of ['createdTime', 'modifiedTime']) expect(made[field]).toMatch(ISO_DATE);
      const sent = await waitFor(() =>
        receiver.of('TOGGLE.CREATE').find(({ body }) => body.data.key === 'dated'),
      );
      const { data, timestamp } = sent.body;
      expect(data.createdTime).toBe(Date.parse(made.createdTime));
      expect(Number.isInteger(timestamp)).toBe(true);
    });

    it.each([
      '/api/projects/exists',
      `${PROJECT}/toggles/exists`,
      `${PROJECT}/environments/exists`,
      `${PROJECT}/segments/exists`,
      '/api/tokens/exists',
      '/api/members/query',
      '/api/webhooks/checkUrl',
    ])('13: %s is a route and no key', async (path) => {
      const answer = await owner.get(path);
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) expect(answer.body.code).toBe('invalid_request');
    });

    it('13: webhooks/secretKey, approvalRecords/total, members/current and modifyPassword are routes', async () => {
      expect((await owner.ok('GET', '/api/webhooks/secretKey')).secretKey).toMatch(/^[0-9a-f]{40}$/);
      expect(await owner.ok('GET', '/api/approvalRecords/total?status=PENDING')).toEqual({ total: 0 });
      expect((await owner.ok('GET', '/api/members/current')).account).toBe('Admin');
      expect((await owner.patch('/api/members/modifyPassword', {})).body.message).toMatch(/Password/);
    });

    it('14: content of nearly 1 MiB passes', async () => {
      const objects = [`${'x'.repeat(1_040_000)}`];
      const rules = [
        {
          conditions: [{ type: 'string', subject: 'a', predicate: 'is one of', objects }],
          name: 'r',
          serve: { select: 1 },
        },
      ];
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle('big'));
      const path = TARGETING.replace('/t/', '/big/');
      await owner.ok('PATCH', path, { content: { rules } });
      expect((await owner.ok('GET', path)).content.rules).toEqual(rules);
      const over = [{ ...rules[0], name: 'y'.repeat(20_000) }];
      expect((await owner.patch(path, { content: { rules: over } })).body.code).toBe('invalid_request');
    });

    it('15: accounts, keys, names and searches are the same in every case', async () => {
      expect((await flagpost.anonymous.login('ADMIN', 'Test1234')).headers).toHaveProperty('Authorization');
      expect((await owner.ok('GET', '/api/projects/SHOP/toggles/T')).key).toBe('t');
      const targeting = '/api/projects/Shop/environments/ONLINE/toggles/T/targeting';
      expect((await owner.ok('GET', targeting)).status).toBe('RELEASE');
      expect(brief(await owner.post('/api/projects', { key: 'SHOP', name: 'x' }))).toEqual(CONFLICT);
      expect(brief(await owner.post('/api/projects', { key: 'x', name: 'sHOP' }))).toEqual(CONFLICT);
      expect((await owner.ok('GET', '/api/projects?keyword=SHO')).length).toBe(1);
      expect(
        (await owner.ok('GET', `${PROJECT}/toggles?environmentKey=online&keyword=NAME%20OF%20T`))
          .totalElements,
      ).toBeGreaterThan(0);
      expect((await owner.ok('GET', '/api/members/query?account=aDMIN')).account).toBe('Admin');
    });

    it('16: targeting content comes back exactly as it was submitted, prerequisites always there', async () => {
      await owner.ok('POST', `${PROJECT}/toggles`, newToggle('exact'));
      const path = TARGETING.replace('/t/', '/exact/');
      expect((await owner.ok('GET', path)).content.prerequisites).toEqual([]);
      const content = {
        rules: [
          {
            name: '',
            extra: { kept: [true, 0, ''] },
            conditions: [
              { type: 'segment', predicate: 'is in', objects: ['s'] },
              { objects: ['18'], predicate: '>=', subject: 'age', type: 'number' },
            ],
            serve: { split: [1, 9999] },
          },
        ],
        disabledServe: { select: 0 },
        defaultServe: { select: 1 },
        variations: VARIATIONS.map((variation) => ({ ...variation, extra: 1 })),
        prerequisites: [],
      };
      const published = await owner.ok('PATCH', path, { content, disabled: false });
      expect(JSON.stringify(published.content)).toBe(JSON.stringify(content));
      expect(JSON.stringify((await owner.ok('GET', path)).content)).toBe(JSON.stringify(content));
      const { prerequisites: _none, ...without } = content;
      expect((await owner.ok('PATCH', path, { content: without })).content.prerequisites).toEqual([]);
    });

    it('17: the envelope has the keys of toggles and segments, as a conscious superset', async () => {
      const toggles = await receiver.waitFor('TOGGLE.CREATE');
      expect(toggles[0]?.body).toMatchObject({ projectKey: 'shop', toggleKey: 't', resource: 'TOGGLE' });
      const segments = await receiver.waitFor('SEGMENT.CREATE');
      expect(segments[0]?.body).toMatchObject({ projectKey: 'shop', segmentKey: 's' });
    });

    it('18: PATCH without a body and DELETE with one, both as JSON, are taken', async () => {
      await owner.ok('POST', `${PROJECT}/environments`, { key: 'rest', name: 'Rest' });
      const bodyless = async (path: string): Promise<number> =>
        (await owner.raw('PATCH', PROJECT + path, undefined)).status;
      expect(await bodyless('/environments/rest/offline')).toBe(200);
      expect(await bodyless('/environments/rest/restore')).toBe(200);
      expect(await bodyless('/toggles/t/offline')).toBe(200);
      expect(await bodyless('/toggles/t/restore')).toBe(200);
      await owner.ok('PATCH', `${PROJECT}/approvalSettings`, {
        approvalSettings: [{ environmentKey: 'rest', enable: true, reviewers: ['Admin'] }],
      });
      const path = TARGETING.replace('online', 'rest');
      const change = { content: { defaultServe: { select: 1 } }, disabled: false, comment: 'c' };
      await owner.ok('POST', `${path}/approval`, change);
      await owner.ok('PATCH', `${path}/approvalStatus`, { status: 'PASS' });
      expect((await owner.raw('PATCH', `${path}/sketch/publish`, undefined)).status).toBe(200);
      await owner.ok('POST', '/api/members', { accounts: ['brief'], role: 'WRITER', password: PASSWORD });
      expect((await owner.delete('/api/members', { account: 'brief' })).status).toBe(200);
    });

    it('19: X-OrganizeID is demanded of sessions, not of access tokens', async () => {
      const { Authorization = '' } = owner.headers;
      const session = await new ApiClient(flagpost.baseUrl, { Authorization }).get('/api/projects');
      expect([session.status, session.body.code]).toEqual([400, 'bad_request']);
      const { token } = await owner.ok('POST', '/api/tokens', { name: 'trap', type: 'PERSON' });
      const client = new ApiClient(flagpost.baseUrl, { Authorization: token });
      expect((await client.get('/api/projects')).status).toBe(200);
    });

    it('20: GET /actuator/health answers UP', async () => {
      expect(await flagpost.anonymous.ok('GET', '/actuator/health')).toEqual({ status: 'UP' });
    });
  });
});
