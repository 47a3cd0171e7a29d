import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver, type Received } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

/** A thousand deliveries of one flag go one after the other, a commit each: on a busy machine that takes its time. */
const DRAIN_LIMIT_MS = 150_000;

const numbered = (count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ n: first + index }));

describe.each(DATABASES)('delivery engine on %s', { timeout: 180_000 }, (kind) => {
  let engine: TestEngine;
  let receiver: Receiver;

  beforeEach(async () => {
    engine = await startEngine(kind, { RETRY_SECONDS: '0.01' });
    receiver = await Receiver.start();
  });

  afterEach(async () => {
    await engine.stop();
    await receiver.stop();
  });

  const pending = async (): Promise<number> => {
    const [row] = await engine.query(`SELECT COUNT(*) AS n FROM delivery WHERE status = 'PENDING'`);
    return Number(row?.['n']);
  };
  const drained = (): Promise<boolean> =>
    waitFor(async () => (await pending()) === 0, 'all deliveries to end', DRAIN_LIMIT_MS);

  it('delivers each message once, its bytes as stored', async () => {
    const id = await engine.endpoint(receiver.url);
    const body = '{"data":"日本 🚩\\u0000"}';
    await engine.plan([id], 'toggle:p/t', [body]);
    await drained();
    expect(receiver.received.map((request) => request.bytes.toString())).toEqual([body]);
    expect(receiver.received[0]?.headers).toMatchObject({
      'webhook-id': 'event-toggle:p/t-1',
      'x-featureprobe-attempt': '1',
    });
  });

  it('keeps the order of a key although every fifth try fails, and repeats the same bytes', async () => {
    const id = await engine.endpoint(receiver.url);
    let tries = 0;
    receiver.reply = (_request, response) => {
      tries += 1;
      response.writeHead(tries % 5 === 0 ? 500 : 200).end();
    };
    for (let first = 1; first <= 1000; first += 100)
      await engine.plan([id], 'toggle:p/t', numbered(100, first), first);
    await drained();
    const accepted = acceptedOf(receiver.received);
    expect(accepted).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    const bodies = new Map<unknown, string>();
    for (const request of receiver.received) {
      const webhookId = request.headers['webhook-id'];
      expect(bodies.get(webhookId) ?? request.bytes.toString()).toBe(request.bytes.toString());
      bodies.set(webhookId, request.bytes.toString());
    }
  });

  it('is not held up by an endpoint that hangs', async () => {
    const hanging = await Receiver.start();
    hanging.reply = () => undefined;
    const bad = await engine.endpoint(hanging.url, { timeoutMs: 5000 });
    const good = await engine.endpoint(receiver.url);
    for (let toggle = 0; toggle < 50; toggle += 1)
      await engine.plan([bad, good], `toggle:p/${toggle}`, numbered(1));
    await waitFor(() => receiver.received.length === 50, 'the good endpoint to get all');
    expect(hanging.received.length).toBeLessThanOrEqual(10);
    await hanging.stop();
  });

  it('sends no more at once to an endpoint than it takes', async () => {
    let now = 0;
    let most = 0;
    let letGo = (): void => undefined;
    const full = new Promise<void>((resolve) => (letGo = resolve));
    receiver.reply = async (_request, response) => {
      now += 1;
      most = Math.max(most, now);
      if (most >= 3) letGo();
      // However slowly changes come, none is answered before there are as many as may be.
      await full;
      await delay(20);
      now -= 1;
      response.end();
    };
    const id = await engine.endpoint(receiver.url, { maxInFlight: 3 });
    for (let toggle = 0; toggle < 30; toggle += 1) await engine.plan([id], `toggle:p/${toggle}`, numbered(1));
    await drained();
    expect(most).toBe(3);
  });

  it('disables the endpoint on 410, cancels what waits, and sends nothing more', async () => {
    receiver.answerWith(410);
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/t', numbered(5));
    await drained();
    expect(engine.directory.disabled.get(id)).toContain('410');
    const rows = await engine.query('SELECT status, last_error FROM delivery ORDER BY sequence');
    expect(rows.map((row) => row['status'])).toEqual([
      'FAILED',
      'CANCELED',
      'CANCELED',
      'CANCELED',
      'CANCELED',
    ]);
    expect(rows[1]?.['last_error']).toContain('410');
    expect(receiver.received).toHaveLength(1);
  });

  it('gives one delivery up on abort-message and goes on with the next', async () => {
    receiver.reply = (request, response) => {
      response.writeHead(
        request.body.n === 1 ? 200 : 200,
        request.body.n === 1 ? { 'webhook-delivery': 'abort-message' } : {},
      );
      response.end();
    };
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/t', numbered(2));
    await drained();
    const rows = await engine.query('SELECT status FROM delivery ORDER BY sequence');
    expect(rows.map((row) => row['status'])).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it('lets the whole endpoint wait as long as Retry-After says', async () => {
    let first = true;
    receiver.reply = (_request, response) => {
      response.writeHead(first ? 429 : 200, first ? { 'Retry-After': '1' } : {}).end();
      first = false;
    };
    const id = await engine.endpoint(receiver.url, { maxInFlight: 1 });
    await engine.plan([id], 'toggle:p/a', numbered(1));
    await waitFor(() => receiver.received.length === 1);
    await waitFor(
      async () =>
        (await engine.query('SELECT paused_until FROM endpoint WHERE id = ?', [id]))[0]?.['paused_until'],
    );
    await engine.plan([id], 'toggle:p/b', numbered(1));
    await drained();
    const [refused, ...later] = receiver.received;
    expect(later).toHaveLength(2);
    for (const request of later) expect(request.at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('gives up by age', async () => {
    receiver.answerWith(500);
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/t', numbered(1));
    await waitFor(() => receiver.received.length >= 2);
    await engine.unitOfWork.run(() => engine.unitOfWork.manager.query('UPDATE delivery SET expires_at = 0'));
    await drained();
    const [row] = await engine.query('SELECT status, last_error, attempt_count FROM delivery');
    expect(row).toMatchObject({ status: 'FAILED', last_error: expect.stringContaining('given up by age') });
    const [{ n } = { n: 0 }] = await engine.query('SELECT COUNT(*) AS n FROM attempt');
    expect(Number(n)).toBe(Number(row?.['attempt_count']));
    expect(receiver.received).toHaveLength(Number(n));
  });

  it('probes an endpoint that failed five times on end, one request at a time, and others spend no tries', async () => {
    receiver.answerWith(500);
    const id = await engine.endpoint(receiver.url, { maxInFlight: 1 });
    for (let toggle = 0; toggle < 20; toggle += 1) await engine.plan([id], `toggle:p/${toggle}`, numbered(1));
    const [state] = await waitFor(async () => {
      const rows = await engine.query('SELECT consecutive_failures, probe_count FROM endpoint WHERE id = ?', [
        id,
      ]);
      return Number(rows[0]?.['probe_count']) >= 3 ? rows : undefined;
    });
    expect(Number(state?.['consecutive_failures'])).toBe(5);
    receiver.answerWith(200);
    await drained();
    const rows = await engine.query(
      'SELECT consecutive_failures, probe_count, probe_at FROM endpoint WHERE id = ?',
      [id],
    );
    expect(rows[0]).toMatchObject({ consecutive_failures: 0, probe_count: 0, probe_at: null });
  });

  it('takes up after a stop where it was', async () => {
    receiver.answerWith(500);
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/t', numbered(20));
    await waitFor(() => receiver.received.length >= 2);
    const { database, directory } = engine;
    await engine.stop({ keepDatabase: true });
    receiver.answerWith(200);
    engine = await startEngine(kind, {}, { database, directory });
    await drained();
    expect(new Set(receiver.received.map((request) => request.body.n)).size).toBe(20);
  });

  it('ends what waits when its endpoint is removed', async () => {
    receiver.answerWith(500);
    const id = await engine.endpoint(receiver.url);
    await engine.plan([id], 'toggle:p/t', numbered(3));
    await waitFor(() => receiver.received.length >= 1);
    const { Endpoints } = await import('../../src/delivery/index.js');
    await engine.unitOfWork.run(() => engine.app.get(Endpoints).remove(id, 'webhook deleted'));
    await drained();
    const rows = await engine.query('SELECT status, last_error FROM delivery');
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatchObject({ status: 'CANCELED', last_error: 'webhook deleted' });
  });
});

/** The numbers in the order in which they were taken, repeats left out. */
function acceptedOf(received: readonly Received[]): number[] {
  const seen = new Set<number>();
  for (const request of received) seen.add(request.body.n);
  return [...seen];
}
