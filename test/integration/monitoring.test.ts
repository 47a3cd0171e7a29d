import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { LogLines } from '../support/log-lines.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

describe.each(DATABASES)('monitoring on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let log: LogLines;

  beforeEach(async () => {
    log = new LogLines();
    receiver = await Receiver.start();
    const environment = { LOG_LEVEL: 'info', RETRY_SECONDS: '0.05,600' };
    flagpost = await startFlagpost(kind, environment, { logDestination: log.destination });
  });

  afterEach(async () => {
    await flagpost.stop();
    await receiver.stop();
  });

  /** Values of a metric's series, by their labels as written. */
  async function metric(name: string): Promise<Record<string, number>> {
    const text = await (await fetch(`${flagpost.baseUrl}/metrics`)).text();
    const lines = text.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line));
    return Object.fromEntries(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(name.length, at), Number(line.slice(at + 1))];
      }),
    );
  }
  /** What is read from the database holds for a moment. */
  const reaches = (name: string, value: number, labels = ''): Promise<boolean> =>
    waitFor(async () => (await metric(name))[labels] === value, `${name}${labels} to be ${value}`);
  const webhook = (url: string, more: object = {}): Promise<{ body: { id: number } }> =>
    flagpost.owner.post('/api/webhooks', { name: url, url, events: ['PROJECT.*'], ...more }) as never;
  const project = (key: string): Promise<unknown> =>
    flagpost.owner.post('/api/projects', { name: key, key, description: '' });

  it('counts events, tries, ends and calls, and tells what waits', async () => {
    const failing = await Receiver.start();
    failing.answerWith(503, { 'Content-Type': 'text/html' }, '<html>');
    await webhook(receiver.url);
    await webhook(failing.url);
    await project('p');
    await waitFor(
      async () => (await metric('flagpost_delivery_attempts_total'))['{outcome="retry"}'] === 2,
      'two failed tries',
    );
    await waitFor(() => log.of('delivery tried').length === 3, 'three lines');
    expect(await metric('flagpost_delivery_attempts_total')).toMatchObject({
      '{outcome="delivered"}': 1,
      '{outcome="failed"}': 0,
    });
    expect(await metric('flagpost_delivery_failures_total')).toEqual({ '{reason="server_error"}': 2 });
    expect(await metric('flagpost_deliveries_finished_total')).toEqual({
      '{status="SUCCEEDED"}': 1,
      '{status="FAILED"}': 0,
      '{status="CANCELED"}': 0,
    });
    await reaches('flagpost_deliveries_pending', 1);
    expect((await metric('flagpost_delivery_backlog_age_seconds'))['']).toBeGreaterThan(0);
    await reaches('flagpost_delivery_overdue_seconds', 0);
    expect(await metric('flagpost_delivery_tries_in_flight')).toEqual({ '': 0 });
    expect(await metric('flagpost_delivery_latency_seconds_count')).toEqual({ '': 1 });
    expect((await metric('flagpost_delivery_round_seconds_count'))['']).toBeGreaterThan(0);
    await reaches('flagpost_endpoints', 1, '{state="FAILING"}');
    expect(await metric('flagpost_endpoints')).toEqual({
      '{state="HEALTHY"}': 1,
      '{state="FAILING"}': 1,
      '{state="PAUSED"}': 0,
      '{state="DISABLED"}': 0,
    });
    expect(await metric('flagpost_breakers_open')).toEqual({ '': 0 });
    expect(await metric('flagpost_database_up')).toEqual({ '': 1 });
    expect((await metric('flagpost_events_recorded_total'))['{event="PROJECT.CREATE"}']).toBe(1);
    const calls = await metric('flagpost_http_requests_total');
    expect(calls['{method="POST",route="/api/projects",status="200"}']).toBe(1);
    await failing.stop();
  });

  it('counts routes by their pattern, and what is none as one', async () => {
    await flagpost.owner.get('/api/projects/secret-key-1');
    await flagpost.owner.get('/no/such/secret-key-2');
    const calls = await metric('flagpost_http_requests_total');
    expect(Object.keys(calls).join()).not.toContain('secret-key');
    expect(calls['{method="GET",route="none",status="404"}']).toBe(1);
    expect(Object.keys(calls).join()).toContain('route="/api/projects/:projectKey"');
  });

  it('tells endpoint states as the webhooks do, and counts what is canceled', async () => {
    receiver.answerWith(429, { 'Retry-After': '600' });
    const { body } = await webhook(receiver.url);
    await project('p');
    await reaches('flagpost_endpoints', 1, '{state="PAUSED"}');
    const shown = await flagpost.owner.get(`/api/webhooks/${body.id}`);
    expect((shown.body as { health: { state: string } }).health.state).toBe('PAUSED');
    expect(await metric('flagpost_breakers_open')).toEqual({ '': 0 });
    await flagpost.owner.patch(`/api/webhooks/${body.id}`, { status: 'DISABLE' });
    await reaches('flagpost_endpoints', 1, '{state="DISABLED"}');
    expect((await metric('flagpost_deliveries_finished_total'))['{status="CANCELED"}']).toBe(1);
    await reaches('flagpost_deliveries_pending', 0);
  });

  it('logs one line a try with all that is known of it, and no part of the address that may be secret', async () => {
    let first = true;
    receiver.reply = (_request, response) => {
      response.writeHead(first ? 404 : 200, {
        'Content-Type': first ? 'text/html; charset=utf-8' : 'text/plain',
      });
      response.end('12345');
      first = false;
    };
    const { body } = await webhook(`${receiver.url}/path-secret?key=query-secret`);
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    const traced = new ApiClient(flagpost.baseUrl, { ...flagpost.owner.headers, traceparent });
    await traced.ok('POST', '/api/projects', { name: 'p', key: 'p', description: '' });
    await waitFor(() => log.of('delivery tried').length === 2, 'two lines');
    const [failed = {}, delivered = {}] = log.of('delivery tried');
    expect(failed).toMatchObject({
      level: 30,
      event: 'PROJECT.CREATE',
      endpointId: body.id,
      organizationId: expect.any(Number),
      host: `127.0.0.1:${receiver.port}`,
      attempt: 1,
      outcome: 'retry',
      status: 'PENDING',
      statusCode: 404,
      failureClass: 'client_error',
      reason: expect.stringMatching(/^answered 404 Not Found: .* HTML page/),
      nextTryTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      durationMs: expect.any(Number),
      connectMs: expect.any(Number),
      waitMs: expect.any(Number),
      receivedBytes: 5,
      ageMs: expect.any(Number),
      traceId: 'ab'.repeat(16),
    });
    expect(failed['sentBytes']).toBe(receiver.received[0]?.bytes.length);
    expect(delivered).toMatchObject({
      attempt: 2,
      outcome: 'delivered',
      status: 'SUCCEEDED',
      statusCode: 200,
    });
    expect(delivered).not.toHaveProperty('reason');
    expect(delivered).not.toHaveProperty('nextTryTime');
    expect(JSON.stringify(log.lines)).not.toMatch(/path-secret|query-secret/);
  });
});
