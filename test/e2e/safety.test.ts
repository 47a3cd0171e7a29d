import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Answer } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { type ApiOperation, fill, readOperations } from '../support/open-api.js';
import { Receiver } from '../support/receiver.js';
import { ok, refusal, type Schemas, typedClient, type TypedClient } from '../support/typed-client.js';

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
  let owner: TypedClient;
  let writer: TypedClient;
  let receiver: Receiver;
  let operations: readonly ApiOperation[];

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = typedClient(flagpost.owner);
    receiver = await Receiver.start();
    operations = await readOperations(flagpost.owner);
    const body = { accounts: ['writer'], role: 'WRITER' as const, password: 'Writer-1234' };
    await ok(owner.POST('/api/members', { body }));
    writer = typedClient(await flagpost.anonymous.login('writer', 'Writer-1234'));
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
    const kept: Schemas['CreateWebhookRequest'] = {
      name: 'kept',
      url: receiver.url,
      secretKey: 'kept-secret',
      headers: { 'X-A': 'kept-value' },
      events: ['PROJECT.*'],
    };
    const { id } = await ok(owner.POST('/api/webhooks', { body: kept }));
    await ok(owner.POST('/api/projects', { body: { key: 'kept', name: 'Kept' } }));
    const [request] = await receiver.waitFor('PROJECT.CREATE');
    const webhook = { params: { path: { id } } };
    const delivery = { params: { path: { id: String(request!.headers['x-featureprobe-delivery']) } } };
    const refused = await Promise.all([
      refusal(writer.POST('/api/webhooks', { body: { name: 'other', url: receiver.url } })),
      refusal(writer.PATCH('/api/webhooks/{id}', { ...webhook, body: { name: 'other' } })),
      refusal(writer.DELETE('/api/webhooks/{id}', webhook)),
      refusal(writer.POST('/api/webhooks/{id}/test', { ...webhook, body: {} })),
      refusal(writer.POST('/api/deliveries/{id}/redeliver', delivery)),
    ]);
    expect(refused.map(({ status, code }) => [status, code])).toEqual(refused.map(() => [403, 'forbidden']));
    const read = await Promise.all([
      ok(writer.GET('/api/webhooks/{id}', webhook)),
      ok(writer.GET('/api/webhooks')),
      ok(writer.GET('/api/webhooks/{id}/deliveries', webhook)),
      ok(writer.GET('/api/deliveries/{id}', delivery)),
    ]);
    for (const answer of read)
      expect(JSON.stringify(answer)).not.toMatch(/kept-secret|kept-value|"secretKey"/);
    expect((await ok(owner.GET('/api/webhooks/{id}', webhook))).secretKey).toBe('kept-secret');
    expect(receiver.received).toHaveLength(1);
  });

  it('refuses URLs that lead inside, on creation and on change, and says why', async () => {
    const inside = { name: 'inside', url: receiver.url, status: 'DISABLE' as const };
    const { id } = await ok(owner.POST('/api/webhooks', { body: inside }));
    const params = { path: { id } };
    for (const [url, why] of NEVER) {
      for (const answer of [
        await refusal(owner.POST('/api/webhooks', { body: { name: `inside ${url}`, url } })),
        await refusal(owner.PATCH('/api/webhooks/{id}', { params, body: { url } })),
      ]) {
        expect([url, answer.status, answer.code]).toEqual([url, 400, 'invalid_request']);
        expect(answer.message, url).toMatch(/^WebHook URL is illegal: .{10}/);
        expect(answer.message, url).toMatch(why);
      }
    }
    expect((await ok(owner.GET('/api/webhooks/{id}', { params }))).url).toBe(receiver.url);
  });

  it('refuses loopback in every spelling where EGRESS_ALLOW is empty, and names the setting', async () => {
    const closed = await startFlagpost(kind, { EGRESS_ALLOW: '' });
    const client = typedClient(closed.owner);
    try {
      for (const url of LOOPBACK) {
        const body = { name: 'loopback', url };
        const answer = await refusal(client.POST('/api/webhooks', { body }));
        expect([url, answer.status, answer.code]).toEqual([url, 400, 'invalid_request']);
        expect(answer.message, url).toMatch(/^WebHook URL is illegal: .*loopback.*EGRESS_ALLOW/);
      }
      expect((await ok(client.GET('/api/webhooks'))).content).toEqual([]);
    } finally {
      await closed.stop();
    }
  });

  it('answers 413 to a body over 4 MiB, and takes one under it', async () => {
    const body = (bytes: number): string =>
      JSON.stringify({ name: 'Big', key: 'big', more: 'x'.repeat(bytes) });
    const answer = await flagpost.owner.raw('POST', '/api/projects', body(4 * MIB));
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
    expect(answer.body.message).toContain(String(4 * MIB));
    expect((await flagpost.owner.raw('POST', '/api/projects', body(4 * MIB - 100))).status).toBe(200);
  });

  it('answers 400 with a code to what is no JSON, and drops keys that reach a prototype', async () => {
    const broken = ['{', '{"name":}', 'name=x', '\u0000', '[1,', '{"a":1}{"b":2}', 'NaN', '{"a":"\ud800"'];
    for (const text of broken) {
      const answer: Answer = await flagpost.owner.raw('POST', '/api/projects', text);
      expect([text, answer.status, answer.body.code]).toEqual([text, 400, 'invalid_request']);
      expect(answer.body.message).toBeTruthy();
    }
    const sneaky =
      '{"key":"proto","name":"Proto","__proto__":{"description":"sneaked in"},"constructor":{"prototype":{"x":1}}}';
    const answer = await flagpost.owner.raw('POST', '/api/projects', sneaky);
    expect([answer.status, answer.body.description ?? '']).toEqual([200, '']);
  });

  it('answers `not_found` for an unknown project on every route inside one', async () => {
    const inside = operations.filter(({ path }) => path.includes('{projectKey}'));
    expect(inside.length).toBeGreaterThan(20);
    for (const { method, path, body } of inside) {
      const url = fill(path, { projectKey: 'nope', version: '1' });
      const query = path.endsWith('/exists') ? '?type=KEY&value=x' : '';
      const answer = await flagpost.owner.call(method, url + query, body);
      expect([`${method} ${path}`, answer.status, answer.body]).toEqual([
        `${method} ${path}`,
        400,
        { code: 'not_found', message: 'Project nope not found' },
      ]);
    }
  });

  it('answers unknown routes with a code', async () => {
    for (const path of ['/api/nope', '/nope', '/api/projects/a/b/c/d/e']) {
      const answer = await flagpost.owner.get(path);
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
