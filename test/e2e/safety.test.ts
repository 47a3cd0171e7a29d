import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { type ApiOperation, fill, readOperations } from '../support/open-api.js';
import { Receiver } from '../support/receiver.js';

/** Open by contract, section 1.3; everything else under /api needs a login. */
const OPEN = ['/api/login', '/api/application/settings'];

const MIB = 1024 * 1024;

/** Refused whatever EGRESS_ALLOW says of 127.0.0.1, with what the refusal must say. */
const NEVER = [
  ['ftp://example.com/x', /http/],
  ['file:///etc/passwd', /http/],
  ['http://169.254.169.254/latest/meta-data/', /EGRESS_ALLOW/],
  ['http://[::ffff:7f00:1]/', /./],
  ['http://[::ffff:8.8.8.8]/', /./],
  ['http://[64:ff9b::7f00:1]/', /./],
  ['http://[::127.0.0.1]/', /./],
  ['http://10.0.0.1/', /EGRESS_ALLOW/],
  ['http://100.64.0.1/', /EGRESS_ALLOW/],
  ['http://198.18.0.1/', /EGRESS_ALLOW/],
  ['http://224.0.0.1/', /EGRESS_ALLOW/],
  ['http://0.0.0.0/', /EGRESS_ALLOW/],
  ['http://[fd00::1]/', /EGRESS_ALLOW/],
  ['http://[fe80::1]/', /EGRESS_ALLOW/],
  ['http://user:word@93.184.216.34/', /credential|user|password/i],
] as const;

/** Loopback in all its spellings: refused where EGRESS_ALLOW is empty. */
const LOOPBACK = [
  'http://127.0.0.1:9/',
  'http://localhost:9/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://[::1]/',
  'http://127.255.255.254/',
  'http://１２７.0.0.1/',
];

describe.each(DATABASES)('safety on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let writer: ApiClient;
  let receiver: Receiver;
  let operations: readonly ApiOperation[];

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    receiver = await Receiver.start();
    operations = await readOperations(owner);
    const members = { accounts: ['writer'], role: 'WRITER', password: 'Writer-1234' };
    await owner.ok('POST', '/api/members', members);
    writer = await flagpost.anonymous.login('writer', 'Writer-1234');
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  it('knows its routes', () => {
    const paths = operations.map(({ method, path }) => `${method} ${path}`);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths).toEqual(
      expect.arrayContaining([
        'POST /api/login',
        'PATCH /api/projects/{projectKey}/environments/{environmentKey}/toggles/{toggleKey}/targeting',
        'POST /api/deliveries/{id}/redeliver',
        'GET /api/events',
      ]),
    );
  });

  it.each([
    ['no login', {}],
    ['a broken token', { Authorization: 'Bearer abc.def.ghi', 'X-OrganizeID': '1' }],
    ['an unsigned token', { Authorization: `Bearer ${unsignedToken()}`, 'X-OrganizeID': '1' }],
  ])('answers 401 on every route with %s', async (_, headers: Record<string, string>) => {
    const client = new ApiClient(flagpost.baseUrl, headers);
    for (const { method, path, body } of operations) {
      if (OPEN.includes(path)) continue;
      const answer = await client.call(method, fill(path), body);
      expect([`${method} ${path}`, answer.status, answer.body?.code]).toEqual([
        `${method} ${path}`,
        401,
        'unauthorized',
      ]);
      expect(answer.body.message).toBeTruthy();
    }
  });

  it('keeps webhooks for owners: a writer reads them without secrets and changes nothing', async () => {
    const options = {
      name: 'kept',
      url: receiver.url,
      secretKey: 'kept-secret',
      headers: { 'X-A': 'kept-value' },
    };
    const { id } = await owner.ok('POST', '/api/webhooks', { ...options, events: ['PROJECT.*'] });
    await owner.ok('POST', '/api/projects', { key: 'kept', name: 'Kept' });
    const [request] = await receiver.waitFor('PROJECT.CREATE');
    const deliveryId = request!.headers['x-featureprobe-delivery'];
    const refused: readonly (readonly [string, string, Json?])[] = [
      ['POST', '/api/webhooks', { name: 'other', url: receiver.url }],
      ['PATCH', `/api/webhooks/${id}`, { name: 'other' }],
      ['DELETE', `/api/webhooks/${id}`],
      ['POST', `/api/webhooks/${id}/test`, {}],
      ['POST', `/api/deliveries/${deliveryId}/redeliver`],
    ];
    for (const [method, path, body] of refused) {
      const answer = await writer.call(method, path, body);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'forbidden']);
    }
    const read = [
      `/api/webhooks/${id}`,
      '/api/webhooks',
      `/api/webhooks/${id}/deliveries`,
      `/api/deliveries/${deliveryId}`,
    ];
    for (const path of read) {
      const text = JSON.stringify(await writer.ok('GET', path));
      expect(text).not.toMatch(/kept-secret|kept-value|"secretKey"/);
    }
    expect((await owner.ok('GET', `/api/webhooks/${id}`)).secretKey).toBe('kept-secret');
    expect(receiver.received).toHaveLength(1);
  });

  it('refuses URLs that lead inside, on creation and on change, and says why', async () => {
    const { id } = await owner.ok('POST', '/api/webhooks', {
      name: 'inside',
      url: receiver.url,
      status: 'DISABLE',
    });
    for (const [url, why] of NEVER) {
      for (const answer of [
        await owner.post('/api/webhooks', { name: `inside ${url}`, url }),
        await owner.patch(`/api/webhooks/${id}`, { url }),
      ]) {
        expect([url, answer.status, answer.body.code]).toEqual([url, 400, 'invalid_request']);
        expect(answer.body.message, url).toMatch(/^WebHook URL is illegal: .{10}/);
        expect(answer.body.message, url).toMatch(why);
      }
    }
    expect((await owner.ok('GET', `/api/webhooks/${id}`)).url).toBe(receiver.url);
  });

  it('refuses loopback in every spelling where EGRESS_ALLOW is empty, and names the setting', async () => {
    const closed = await startFlagpost(kind, { EGRESS_ALLOW: '' });
    try {
      for (const url of LOOPBACK) {
        const answer = await closed.owner.post('/api/webhooks', { name: 'loopback', url });
        expect([url, answer.status, answer.body.code]).toEqual([url, 400, 'invalid_request']);
        expect(answer.body.message, url).toMatch(/^WebHook URL is illegal: .*loopback.*EGRESS_ALLOW/);
      }
      expect((await closed.owner.ok('GET', '/api/webhooks')).content).toEqual([]);
    } finally {
      await closed.stop();
    }
  });

  it('answers 413 to a body over 4 MiB, and takes one under it', async () => {
    const body = (bytes: number): string =>
      JSON.stringify({ name: 'Big', key: 'big', more: 'x'.repeat(bytes) });
    const answer = await owner.raw('POST', '/api/projects', body(4 * MIB));
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
    expect(answer.body.message).toContain(String(4 * MIB));
    expect((await owner.raw('POST', '/api/projects', body(4 * MIB - 100))).status).toBe(200);
  });

  it('answers 400 with a code to what is no JSON, and drops keys that reach a prototype', async () => {
    const broken = ['{', '{"name":}', 'name=x', '\u0000', '[1,', '{"a":1}{"b":2}', 'NaN', '{"a":"\ud800"'];
    for (const text of broken) {
      const answer: Answer = await owner.raw('POST', '/api/projects', text);
      expect([text, answer.status, answer.body.code]).toEqual([text, 400, 'invalid_request']);
      expect(answer.body.message).toBeTruthy();
    }
    const sneaky =
      '{"key":"proto","name":"Proto","__proto__":{"description":"sneaked in"},"constructor":{"prototype":{"x":1}}}';
    const answer = await owner.raw('POST', '/api/projects', sneaky);
    expect([answer.status, answer.body.description ?? '']).toEqual([200, '']);
  });

  it('answers `not_found` for an unknown project on every route inside one', async () => {
    const inside = operations.filter(({ path }) => path.includes('{projectKey}'));
    expect(inside.length).toBeGreaterThan(20);
    for (const { method, path, body } of inside) {
      const url = fill(path, { projectKey: 'nope', version: '1' });
      const query = path.endsWith('/exists') ? '?type=KEY&value=x' : '';
      const answer = await owner.call(method, url + query, body);
      expect([`${method} ${path}`, answer.status, answer.body]).toEqual([
        `${method} ${path}`,
        400,
        { code: 'not_found', message: 'Project nope not found' },
      ]);
    }
  });

  it('answers unknown routes with a code', async () => {
    for (const path of ['/api/nope', '/nope', '/api/projects/a/b/c/d/e']) {
      const answer = await owner.get(path);
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'not_found']);
    }
  });
});

/** Well-formed, for the first member, with the algorithm "none". */
function unsignedToken(): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'Admin', account: 'Admin', userId: 1, session_epoch: 0, exp: 4_102_444_800 };
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
