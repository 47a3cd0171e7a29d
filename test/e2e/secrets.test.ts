import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api-client.js';
import { DATABASES, type TestDatabase } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
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
};

/** How every Ed25519 private key begins, as PKCS#8 in base64. */
const PRIVATE_KEY_HEAD = generateKeyPairSync('ed25519')
  .privateKey.export({ format: 'der', type: 'pkcs8' })
  .toString('base64')
  .slice(0, 20);

/** Every secret goes everywhere it can go; then all that is kept and printed is searched for each. */
describe.each(DATABASES)('secrets on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let tokens: readonly string[];
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
    await owner.ok('PATCH', '/api/members', { account: 'Admin', password: ADMIN_PASSWORD });
    const admin = await anonymous.login('Admin', ADMIN_PASSWORD);
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
    const { id } = await admin.ok('POST', '/api/webhooks', webhook);
    await admin.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await admin.ok('POST', `/api/webhooks/${id}/test`, {});
    const change = { secretKey: SECRETS.changedSecret, headers: { 'X-Key': SECRETS.changedHeader } };
    await admin.ok('PATCH', `/api/webhooks/${id}`, change);
    const rotation = { secretKey: SECRETS.rotatedSecret };
    await admin.ok('POST', `/api/webhooks/${id}/rotateSecret`, rotation);
    const badRotation = { secretKey: SECRETS.refusedSecret, overlapHours: -1 };
    expect((await admin.post(`/api/webhooks/${id}/rotateSecret`, badRotation)).status).toBe(400);
    expect((await admin.post(`/api/webhooks/${id}/rotateSecret`, rotation)).status).toBe(400);
    await admin.ok('POST', `/api/webhooks/${id}/test`, { checkSignature: true });
    const bad = { ...webhook, headers: { Host: SECRETS.refusedHeader }, name: 'refused' };
    expect((await admin.post('/api/webhooks', bad)).status).toBe(400);
    const alsoBad = { ...webhook, headers: { 'X-Key': `${SECRETS.refusedHeader}\r\nX: y` }, name: 'refused' };
    expect((await admin.post('/api/webhooks', alsoBad)).status).toBe(400);
    expect((await admin.post('/api/webhooks', webhook)).body.code).toBe('conflict');
    const members = { accounts: ['bob'], role: 'WRITER', password: SECRETS.memberPassword };
    await admin.ok('POST', '/api/members', members);
    await admin.ok('PATCH', '/api/members', { account: 'bob', password: SECRETS.changedPassword });
    const bob = await anonymous.login('bob', SECRETS.changedPassword);
    const own = { oldPassword: SECRETS.changedPassword, newPassword: SECRETS.ownPassword };
    await bob.ok('PATCH', '/api/members/modifyPassword', own);
    const wrong = { account: 'bob', password: SECRETS.wrongPassword };
    expect((await anonymous.post('/api/login', wrong)).status).toBe(403);
    tokens = [owner, admin, bob].map((client) => client.headers['Authorization']!.slice('Bearer '.length));
    const [delivery] = (await admin.ok('GET', `/api/webhooks/${id}/deliveries?event=PROJECT.CREATE`)).content;
    await admin.ok('POST', `/api/deliveries/${delivery.id}/redeliver`);
    await waitFor(async () => {
      const { content } = await admin.ok('GET', `/api/webhooks/${id}/deliveries?status=PENDING`);
      return content.length === 0;
    }, 'all deliveries');
    Object.assign(flagpost, { owner: admin });
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  const found = (text: string): string[] =>
    [...Object.values(SECRETS), ...tokens, PRIVATE_KEY_HEAD].filter((one) => text.includes(one));

  it('did go where it should', () => {
    const headers = new Set(receiver.received.map((request) => request.headers['x-key']));
    expect(headers).toEqual(new Set([SECRETS.headerValue, SECRETS.changedHeader]));
  });

  it('shows a writer none, nor that there was a rotation', async () => {
    const { owner, anonymous } = flagpost;
    const writer = await anonymous.login('bob', SECRETS.ownPassword);
    const [{ id }] = (await owner.ok('GET', '/api/webhooks')).content;
    const one = await writer.ok('GET', `/api/webhooks/${id}`);
    const list = await writer.ok('GET', '/api/webhooks');
    expect(found(JSON.stringify([one, list]))).toEqual([]);
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
    for (const known of ['X-FeatureProbe-Event', 'PROJECT', 'bob', 'shop']) expect(text).toContain(known);
    expect(found(text)).toEqual([]);
  });

  it('leaves none in the log', () => {
    const text = lines.join('');
    expect(text).toContain('delivery tried');
    expect(found(text)).toEqual([]);
  });

  it('leaves none in events, deliveries and requests to receivers, but for the header itself', async () => {
    const { owner } = flagpost;
    const feed = await owner.ok('GET', '/api/events?after=0&limit=1000');
    const [{ id }] = (await owner.ok('GET', '/api/webhooks')).content;
    const log = await owner.ok('GET', `/api/webhooks/${id}/deliveries?limit=500`);
    const details: Json[] = [];
    for (const delivery of log.content) details.push(await owner.ok('GET', `/api/deliveries/${delivery.id}`));
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
