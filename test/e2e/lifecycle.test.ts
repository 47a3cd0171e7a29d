import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { createTestDatabase, DATABASES, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

describe.each(DATABASES)('the server as a process on %s', (kind) => {
  let database: TestDatabase;
  let receiver: Receiver;
  let server: FlagpostProcess;

  beforeEach(async () => {
    database = await createTestDatabase(kind);
    receiver = await Receiver.start();
    server = await FlagpostProcess.start(database.url);
  });
  afterEach(async () => {
    await server.kill9();
    await receiver.stop();
    await database.remove();
  });

  const addWebhook = async (owner: ApiClient, options: Json = {}): Promise<number> => {
    const webhook = { name: 'hook', url: receiver.url, events: ['PROJECT.*'], timeoutMs: 20_000, ...options };
    return (await owner.ok('POST', '/api/webhooks', webhook)).id;
  };
  const deliveriesOf = async (owner: ApiClient, id: number): Promise<Json[]> =>
    (await owner.ok('GET', `/api/webhooks/${id}/deliveries`)).content;

  /** Holds every answer back until released. */
  const hold = (): (() => void) => {
    const held: (() => void)[] = [];
    receiver.reply = (_request, response) => void held.push(() => response.end('late'));
    return () => {
      for (const answer of held.splice(0)) answer();
    };
  };

  it('ends with code 0 on SIGTERM, after deliveries and requests under way have ended', async () => {
    const owner = await server.login();
    const id = await addWebhook(owner);
    const release = hold();
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    const testing = owner.ok('POST', `/api/webhooks/${id}/test`, {});
    const [finishUpload, upload] = slowUpload(server, owner);
    await waitFor(() => receiver.received.length === 2, 'delivery and test to be under way');
    const exit = server.terminate();
    finishUpload();
    expect((await upload).status).toBe(200);
    expect(server.isRunning).toBe(true);
    receiver.answerWith(200);
    release();
    expect(await testing).toMatchObject({ success: true, response: { body: 'late' } });
    expect(await exit).toEqual({ code: 0, signal: null });
    await server.start();
    const deliveries = await deliveriesOf(await server.login(), id);
    const sent = receiver.of('PROJECT.CREATE')[0]?.headers['x-featureprobe-delivery'];
    const delivered = deliveries.find((delivery) => delivery.id === sent);
    expect(delivered).toMatchObject({ event: 'PROJECT.CREATE', status: 'SUCCEEDED', attemptCount: 1 });
    // The late change's event was kept for this start.
    await waitFor(() => receiver.received.some(({ body }) => body.projectKey === 'slow'), 'the late change');
  });

  it('takes no new work after SIGTERM', async () => {
    const owner = await server.login();
    await addWebhook(owner);
    const release = hold();
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await waitFor(() => receiver.received.length === 1, 'a delivery to be under way');
    const exit = server.terminate();
    try {
      await waitFor(() => isRefused(server), 'new connections to be refused', 5_000);
      expect(server.isRunning).toBe(true);
    } finally {
      release();
    }
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('keeps sign-ins over a stop and over a crash', async () => {
    const owner = await server.login();
    await server.stop();
    await server.start();
    await owner.ok('GET', '/api/projects');
    await server.kill9();
    await server.start();
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });

  it('goes on with retries after a restart, counting on', async () => {
    const owner = await server.login();
    const id = await addWebhook(owner);
    receiver.answerWith(500);
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
    await waitFor(() => receiver.received.length >= 2, 'two tries');
    await server.stop();
    const before = receiver.received.length;
    receiver.answerWith(200);
    await server.start();
    await waitFor(async () => (await deliveriesOf(owner, id))[0]?.status === 'SUCCEEDED', 'the delivery');
    const [delivery] = await deliveriesOf(owner, id);
    expect(delivery).toMatchObject({ attemptCount: before + 1, lastStatusCode: 200 });
    const numbers = receiver.received.map(({ headers }) => Number(headers['x-featureprobe-attempt']));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('asks the egress guard again at every try: a setting that was taken back counts', async () => {
    const owner = await server.login();
    const id = await addWebhook(owner);
    await server.stop();
    const closed = await FlagpostProcess.create(database.url, { ...server.environment, EGRESS_ALLOW: '' });
    try {
      await closed.start();
      await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
      const refused = await waitFor(
        async () => (await deliveriesOf(owner, id)).find((one) => one.lastError),
        'a try',
      );
      expect(refused).toMatchObject({
        status: 'PENDING',
        lastError: expect.stringMatching(/loopback.*EGRESS_ALLOW/),
      });
      const test = await owner.ok('POST', `/api/webhooks/${id}/test`, {});
      expect(test).toMatchObject({ success: false, error: expect.stringMatching(/loopback.*EGRESS_ALLOW/) });
      await owner.ok('PATCH', `/api/webhooks/${id}`, { description: 'still open to edits' });
      expect(receiver.received).toEqual([]);
    } finally {
      await closed.kill9();
    }
    await server.start();
    await receiver.waitFor('PROJECT.CREATE');
  });
});

/** A request whose body is still coming: finishes it when told to. */
function slowUpload(server: FlagpostProcess, owner: ApiClient): [() => void, Promise<{ status: number }>] {
  const body = JSON.stringify({ key: 'slow', name: 'Slow' });
  const headers = { ...owner.headers, 'Content-Type': 'application/json', 'Content-Length': body.length };
  const sending = httpRequest(`${server.baseUrl}/api/projects`, { method: 'POST', headers, agent: false });
  sending.write(body.slice(0, 5));
  const answered = new Promise<{ status: number }>((resolve, reject) => {
    sending.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0 }));
    });
  });
  return [() => sending.end(body.slice(5)), answered];
}

async function isRefused(server: FlagpostProcess): Promise<boolean> {
  try {
    return (
      (await fetch(`${server.baseUrl}/api/application/settings`, { headers: { Connection: 'close' } }))
        .status === 503
    );
  } catch {
    return true;
  }
}
