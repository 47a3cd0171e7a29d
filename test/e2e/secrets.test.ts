import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES, type TestDatabase } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import type { paths } from '../support/generated/api.js';
import { Receiver } from '../support/receiver.js';
import { ok, refusal, type Schemas, typedClient, type TypedClient } from '../support/typed-client.js';
import { channelBody, touchpointBody } from '../support/touchpoint-bodies.js';
import { waitFor } from '../support/wait-for.js';

const SECRETS = {
  webhookSecret: 'Sec-webhook-9471',
  changedSecret: 'Sec-changed-9472',
  rotatedSecret: 'Sec-rotated-9481',
  refusedSecret: 'Sec-refused-9482',
  headerValue: 'Sec-header-9473',
  changedHeader: 'Sec-header-9474',
  refusedHeader: 'Sec-refused-9475',
  adminPassword: 'Sec-admin-9476',
  memberPassword: 'Sec-member-9477',
  changedPassword: 'Sec-changed-9478',
  ownPassword: 'Sec-own-9479',
  wrongPassword: 'Sec-wrong-9480',
  token: 'Sec-token-9483',
  changedToken: 'Sec-token-9484',
  refusedToken: 'Sec-token-9485',
  channelSecret: 'Sec-channel-9486',
  channelPassword: 'Sec-channel-9487',
};

type LogQuery = NonNullable<paths['/api/webhooks/{id}/deliveries']['get']['parameters']['query']>;
/** How every Ed25519 private key begins, as PKCS#8 in base64. */
const PRIVATE_KEY_HEAD = generateKeyPairSync('ed25519')
  .privateKey.export({ format: 'der', type: 'pkcs8' })
  .toString('base64')
  .slice(0, 20);

/** Every secret goes everywhere it can go; then all that is kept and printed is searched for each. */
describe.each(DATABASES)('secrets on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let tokens: readonly string[] = [];
  let api: TypedClient;
  const lines: string[] = [];

  beforeAll(async () => {
    const logDestination = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const ADMIN_PASSWORD = SECRETS.adminPassword;
    receiver = await Receiver.start();
    // startFlagpost signs in with its own password, so the first account gets the secret one afterwards.
    flagpost = await startFlagpost(kind, { LOG_LEVEL: 'trace' }, { logDestination });
    const { owner, anonymous } = flagpost;
    const body = { account: 'Admin', password: ADMIN_PASSWORD };
    await ok(typedClient(owner).PATCH('/api/members', { body }));
    const admin = await anonymous.login('Admin', ADMIN_PASSWORD);
    api = typedClient(admin);
    let tries = 0;
    receiver.reply = (_request, response) => {
      tries += 1;
      response.writeHead(tries % 3 === 0 ? 200 : 500).end('answer');
    };
    const webhook = {
      name: 'secret',
      url: receiver.url,
      secretKey: SECRETS.webhookSecret,
      headers: { 'X-Key': SECRETS.headerValue },
      asymmetricSignature: true,
    };
    const { id } = await ok(api.POST('/api/webhooks', { body: webhook }));
    const path = { id };
    await ok(api.POST('/api/projects', { body: { key: 'shop', name: 'Shop' } }));
    await ok(api.POST('/api/webhooks/{id}/test', { params: { path } }));
    const change = { secretKey: SECRETS.changedSecret, headers: { 'X-Key': SECRETS.changedHeader } };
    await ok(api.PATCH('/api/webhooks/{id}', { params: { path }, body: change }));
    const rotation = { secretKey: SECRETS.rotatedSecret };
    await admin.ok('POST', `/api/webhooks/${id}/rotateSecret`, rotation);
    const badRotation = { secretKey: SECRETS.refusedSecret, overlapHours: -1 };
    expect((await admin.post(`/api/webhooks/${id}/rotateSecret`, badRotation)).status).toBe(400);
    expect((await admin.post(`/api/webhooks/${id}/rotateSecret`, rotation)).status).toBe(400);
    await admin.ok('POST', `/api/webhooks/${id}/test`, { checkSignature: true });
    const bad = { ...webhook, headers: { Host: SECRETS.refusedHeader }, name: 'refused' };
    expect((await refusal(api.POST('/api/webhooks', { body: bad }))).status).toBe(400);
    const alsoBad = { ...webhook, headers: { 'X-Key': `${SECRETS.refusedHeader}\r\nX: y` }, name: 'refused' };
    expect((await refusal(api.POST('/api/webhooks', { body: alsoBad }))).status).toBe(400);
    expect((await refusal(api.POST('/api/webhooks', { body: webhook }))).code).toBe('conflict');
    await fillTouchpoints(admin);
    const members = { accounts: ['bob'], role: 'WRITER' as const, password: SECRETS.memberPassword };
    await ok(api.POST('/api/members', { body: members }));
    const changed = { account: 'bob', password: SECRETS.changedPassword };
    await ok(api.PATCH('/api/members', { body: changed }));
    const bob = await anonymous.login('bob', SECRETS.changedPassword);
    const own = { oldPassword: SECRETS.changedPassword, newPassword: SECRETS.ownPassword };
    await ok(typedClient(bob).PATCH('/api/members/modifyPassword', { body: own }));
    const wrong = { account: 'bob', password: SECRETS.wrongPassword };
    const login = typedClient(anonymous).POST('/api/login', { body: wrong });
    expect((await refusal(login)).status).toBe(403);
    tokens = [owner, admin, bob].map((client) => client.headers['Authorization']!.slice('Bearer '.length));
    const [delivery] = await log(id, { event: 'PROJECT.CREATE' });
    const again = { params: { path: { id: delivery!.id } } };
    await ok(api.POST('/api/deliveries/{id}/redeliver', again));
    await waitFor(async () => {
      const pending = await log(id, { status: 'PENDING' });
      return pending.length === 0;
    }, 'all deliveries');
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  const log = async (id: number, query: LogQuery): Promise<Schemas['DeliveryDto'][]> =>
    (await ok(api.GET('/api/webhooks/{id}/deliveries', { params: { path: { id }, query } }))).content;
  const found = (text: string): string[] =>
    [...Object.values(SECRETS), ...tokens, PRIVATE_KEY_HEAD].filter((one) => text.includes(one));

  /** Requests go to a receiver of their own: none of them has a secret as it stands. */
  const fillTouchpoints = async (admin: ApiClient): Promise<void> => {
    const reached = await Receiver.start();
    const { url } = reached;
    const change = async (body: Json, changes: Json): Promise<void> => {
      const { id } = await admin.ok('POST', '/api/touchpoints', body);
      await admin.ok('POST', `/api/touchpoints/${id}/test`, { users: [{ userId: 'u' }] });
      await admin.ok('PATCH', `/api/touchpoints/${id}/disable`);
      await admin.ok('PATCH', `/api/touchpoints/${id}`, changes);
      await admin.ok('POST', `/api/touchpoints/${id}/test`, { users: [{ userId: 'u' }] });
    };
    await change(touchpointBody({ url, token: SECRETS.token }), { token: SECRETS.changedToken });
    const auth = { type: 'SECRET', secret: SECRETS.channelSecret };
    const basic = { type: 'BASIC', username: 'u', password: SECRETS.channelPassword };
    await change(channelBody({ url, auth }), { auth: basic });
    const refused = touchpointBody({ url, token: `${SECRETS.refusedToken}\u0000` });
    expect((await admin.post('/api/touchpoints', refused)).status).toBe(400);
    const foreign = channelBody({ url, token: SECRETS.refusedToken });
    expect((await admin.post('/api/touchpoints', foreign)).status).toBe(400);
    expect(reached.received).toHaveLength(4);
    for (const { bytes, rawHeaders } of reached.received)
      expect(found(bytes.toString() + rawHeaders.join())).toEqual([]);
    await reached.stop();
  };

  it('did go where it should', () => {
    const headers = new Set(receiver.received.map((request) => request.headers['x-key']));
    expect(headers).toEqual(new Set([SECRETS.headerValue, SECRETS.changedHeader]));
  });

  it('shows a writer none, nor that there was a rotation', async () => {
    const { anonymous } = flagpost;
    const owner = await anonymous.login('Admin', SECRETS.adminPassword);
    const writer = await anonymous.login('bob', SECRETS.ownPassword);
    const [{ id }] = (await owner.ok('GET', '/api/webhooks')).content;
    const one = await writer.ok('GET', `/api/webhooks/${id}`);
    const list = await writer.ok('GET', '/api/webhooks');
    const touchpoints = await writer.ok('GET', '/api/touchpoints');
    expect(touchpoints.content).toHaveLength(2);
    expect(found(JSON.stringify([one, list, touchpoints]))).toEqual([]);
    expect(found(JSON.stringify(await owner.ok('GET', '/api/touchpoints')))).toEqual([
      SECRETS.changedToken,
      SECRETS.channelPassword,
    ]);
    for (const webhook of [one, ...list.content])
      for (const field of ['secretKey', 'previousSecretValidUntil'])
        expect(webhook).not.toHaveProperty(field);
    expect(await owner.ok('GET', `/api/webhooks/${id}`)).toMatchObject({
      secretKey: SECRETS.rotatedSecret,
      previousSecretValidUntil: expect.any(String),
    });
  });

  it('leaves none in the database', async () => {
    const text = await everythingIn(flagpost.database);
    // Found by what is no secret, the search is known to look at the right place.
    for (const known of ['X-Key', 'PROJECT', 'bob', 'shop']) expect(text).toContain(known);
    expect(found(text)).toEqual([]);
  });

  it('leaves none in the log', () => {
    const text = lines.join('');
    expect(text).toContain('delivery tried');
    expect(found(text)).toEqual([]);
  });

  it('leaves none in events, deliveries and requests to receivers, but for the header itself', async () => {
    const query = { after: '0', limit: 1000 };
    const feed = await ok(api.GET('/api/events', { params: { query } }));
    const [webhook] = (await ok(api.GET('/api/webhooks'))).content;
    const details: Schemas['DeliveryDetailDto'][] = [];
    for (const { id } of await log(webhook!.id, { limit: 500 }))
      details.push(await ok(api.GET('/api/deliveries/{id}', { params: { path: { id } } })));
    expect(details.length).toBeGreaterThan(5);
    expect(found(JSON.stringify([feed, details]))).toEqual([]);
    for (const { bytes, rawHeaders } of receiver.received) {
      expect(found(bytes.toString())).toEqual([]);
      expect(rawHeaders.filter((value) => found(value).length > 0)).toHaveLength(1);
    }
  });
});

/** All bytes of the SQLite files, or all rows of all tables. */
async function everythingIn(database: TestDatabase): Promise<string> {
  if (database.kind === 'sqlite') {
    const file = database.url.slice('sqlite:'.length);
    const parts = await Promise.all([file, `${file}-wal`].map((name) => readFile(name)));
    return Buffer.concat(parts).toString('latin1');
  }
  const connection = await createConnection(database.url);
  try {
    const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES');
    const texts: string[] = [];
    for (const table of tables.map((row) => String(Object.values(row)[0]))) {
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${connection.escapeId(table)}`);
      texts.push(JSON.stringify(rows));
    }
    return texts.join('\n');
  } finally {
    await connection.end();
  }
}
