import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/platform/database/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';

const SECRET = 'very-secret-signing-key';
const HEADER_VALUE = 'Bearer very-secret-header-value';
const NEW_SECRET = 'very-secret-second-key';

describe.each(DATABASES)('who sees what of webhooks on %s', (kind) => {
  const lines: string[] = [];
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let writer: ApiClient;
  let id: number;

  beforeAll(async () => {
    receiver = await Receiver.start();
    const logDestination = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    flagpost = await startFlagpost(kind, { LOG_LEVEL: 'trace' }, { logDestination });
    const { owner } = flagpost;
    await owner.ok('POST', '/api/members', { accounts: ['w'], role: 'WRITER', password: 'Writer123' });
    writer = await flagpost.anonymous.login('w', 'Writer123');
    const fields = {
      name: 'hook',
      url: receiver.url,
      secretKey: SECRET,
      headers: { Authorization: HEADER_VALUE },
    };
    ({ id } = await owner.ok('POST', '/api/webhooks', fields));
    await receiver.waitFor('WEBHOOK.CREATE');
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  it('shows owners the secret, and nobody the values of headers', async () => {
    const shown = { secretKey: SECRET, headers: { Authorization: '***' } };
    const { owner } = flagpost;
    expect(await owner.ok('GET', `/api/webhooks/${id}`)).toMatchObject(shown);
    expect((await owner.ok('GET', '/api/webhooks')).content).toEqual([expect.objectContaining(shown)]);
  });

  it('shows writers neither', async () => {
    const one = await writer.ok('GET', `/api/webhooks/${id}`);
    expect(one).toMatchObject({ name: 'hook', headers: { Authorization: '***' } });
    const { content } = await writer.ok('GET', '/api/webhooks');
    for (const webhook of [one, ...content]) expect(webhook).not.toHaveProperty('secretKey');
    expect(await writer.ok('GET', `/api/webhooks/checkUrl?url=${receiver.url}`)).toEqual(['hook']);
    expect((await writer.ok('GET', '/api/webhooks/secretKey')).secretKey).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each([
    ['POST', () => ['/api/webhooks', { name: 'of a writer', url: receiver.url }]],
    ['PATCH', () => [`/api/webhooks/${id}`, { status: 'DISABLE' }]],
    ['DELETE', () => [`/api/webhooks/${id}`]],
    ['POST', () => [`/api/webhooks/${id}/test`, {}]],
  ] as [string, () => [string, Json?]][])('keeps writers from %s', async (method, request) => {
    const [path, body] = request();
    expect(await writer.call(method, path, body)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('is closed to those who are not signed in', async () => {
    expect((await flagpost.anonymous.get('/api/webhooks')).status).toBe(401);
  });

  it('keeps secrets out of events, deliveries, log lines and the database', async () => {
    const { owner, app, database } = flagpost;
    await owner.ok('PATCH', `/api/webhooks/${id}`, { secretKey: NEW_SECRET, description: 'changed' });
    await owner.ok('POST', `/api/webhooks/${id}/test`);
    await receiver.waitFor('WEBHOOK.UPDATE');
    const places: Record<string, string> = {
      log: lines.join(''),
      feed: JSON.stringify(await owner.ok('GET', '/api/events')),
      bodies: receiver.received.map(({ bytes }) => bytes.toString()).join(''),
    };
    for (const table of ['webhook', 'event', 'message', 'delivery', 'attempt'])
      places[table] = JSON.stringify(await app.get(UnitOfWork).reader.query(`SELECT * FROM ${table}`));
    if (kind === 'sqlite') {
      const file = database.url.replace('sqlite:', '');
      for (const part of [file, `${file}-wal`]) places[part] = (await readFile(part)).toString('latin1');
    }
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, place).toBeGreaterThan(0);
      for (const secret of [SECRET, NEW_SECRET, HEADER_VALUE])
        expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
    }
    expect(receiver.received[0]?.headers['authorization']).toBe(HEADER_VALUE);
  });
});

const BAD_INPUT: [Json, RegExp][] = [
  [{ name: undefined }, /^name is required/],
  [{ name: ' \t' }, /^name /],
  [{ name: 'x'.repeat(65) }, /^name must have at most 64 characters/],
  [{ name: 5 }, /^name must be text/],
  [{ url: undefined }, /^url is required/],
  [{ url: `http://hooks.test/${'x'.repeat(2048)}` }, /^url must have at most 2048 characters/],
  [{ status: 'ON' }, /^status must be one of ENABLE, DISABLE/],
  [{ secretKey: 'x'.repeat(1025) }, /^secretKey must have at most 1024 characters/],
  [{ secretKey: 5 }, /^secretKey must be text/],
  [{ description: 'x'.repeat(1025) }, /^description must have at most 1024 characters/],
  [{ events: [] }, /^events must not be empty/],
  [{ events: 'TOGGLE.PUBLISH' }, /^events must be a list/],
  [{ events: [5] }, /^events must be text/],
  [{ events: ['*', 'TOGGLE.EXPLODE'] }, /^events\[1\] .*"TOGGLE\.EXPLODE"/],
  [{ projectKeys: 'shop' }, /^projectKeys must be a list/],
  [{ environmentKeys: ['not a key'] }, /^environmentKeys must be /],
  [{ toggleKeys: [5] }, /^toggleKeys must be /],
  [{ format: 'XML' }, /^format must be one of FEATUREPROBE, CLOUDEVENTS, TEMPLATE/],
  [{ format: 'TEMPLATE' }, /^template is required with format TEMPLATE/],
  [{ headers: ['X-A'] }, /^headers must be an object/],
  [{ headers: { 'X-A': 5 } }, /^headers\.X-A must be text/],
  [{ headers: { 'X-A': 'a\r\nX-B: b' } }, /^headers\.X-A /],
  [{ headers: { 'webhook-signature': 'v1,forged' } }, /^headers\.webhook-signature is set by Flagpost/],
  [{ timeoutMs: 99 }, /^timeoutMs must be at least 100/],
  [{ timeoutMs: 30001 }, /^timeoutMs must be at most 30000/],
  [{ timeoutMs: '500' }, /^timeoutMs must be a whole number/],
  [{ retryForHours: 0 }, /^retryForHours must be at least 1/],
  [{ retryForHours: 1.5 }, /^retryForHours must be a whole number/],
  [{ retryForHours: 721 }, /^retryForHours must be at most 720/],
  [{ maxInFlight: 0 }, /^maxInFlight must be at least 1/],
  [{ ordering: 'GLOBAL' }, /^ordering must be one of RESOURCE, LATEST, NONE/],
  [{ maskSdkKeys: 'yes' }, /^maskSdkKeys must be true or false/],
];

describe.each(DATABASES)('what webhooks refuse on %s', (kind) => {
  let flagpost: TestFlagpost;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { EGRESS_ALLOW: 'hooks.test', ROLES: 'api' });
  });
  afterAll(() => flagpost.stop());

  const VALID = { name: 'valid', url: 'http://hooks.test/fp' };

  it.each([
    ['ftp://hooks.test/', /by http or https only/],
    ['file:///etc/passwd', /by http or https only/],
    ['hooks.test/fp', /not a valid URL/],
    ['http://', /not a valid URL/],
    ['http://user:password@hooks.test/', /user name or password/],
    ['http://169.254.169.254/latest/meta-data', /EGRESS_ALLOW/],
    ['http://[::ffff:7f00:1]/', /EGRESS_ALLOW/],
    ['http://2130706433/', /127\.0\.0\.1 .*EGRESS_ALLOW/],
    ['http://0x7f.1/', /EGRESS_ALLOW/],
    ['http://10.1.2.3:8080/', /EGRESS_ALLOW/],
    ['http://[fd00::1]/', /EGRESS_ALLOW/],
    ['http://localhost/', /localhost resolves to .*EGRESS_ALLOW/],
  ])('the URL %s, on creation and on change', async (url, reason) => {
    const { owner } = flagpost;
    const { id } = await owner.ok('POST', '/api/webhooks', { ...VALID, name: `before ${url}` });
    const answers = [
      await owner.post('/api/webhooks', { ...VALID, url }),
      await owner.patch(`/api/webhooks/${id}`, { url }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(400);
      expect(body.code).toBe('invalid_request');
      expect(body.message).toMatch(/^WebHook URL is illegal: /);
      expect(body.message).toMatch(reason);
    }
    expect((await owner.ok('GET', `/api/webhooks/${id}`)).url).toBe(VALID.url);
  });

  it.each(BAD_INPUT.map(([fields, message]) => [Object.keys(fields)[0], message, fields] as const))(
    'a bad %s, saying %s',
    async (_field, message, fields) => {
      const answer = await flagpost.owner.post('/api/webhooks', { ...VALID, ...fields });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(answer.body.message).toMatch(message);
      expect(JSON.stringify(answer.body)).not.toContain('forged');
    },
  );

  it.each(['abc', '-1', '1.5', '1x'])('the id %s', async (id) => {
    const answer = await flagpost.owner.get(`/api/webhooks/${id}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.body.message).toMatch(/^id must be /);
  });
});
