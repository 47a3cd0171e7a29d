import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

describe.each(DATABASES)('delivery log and switches of webhooks on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: ApiClient;
  let receiver: Receiver;
  let serial = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = flagpost.owner;
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  });
  afterAll(() => flagpost.stop());

  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  // Of each test's webhooks none is left over: others would wait for what they fail to take.
  afterEach(async () => {
    const { content } = await owner.ok('GET', '/api/webhooks?pageSize=100');
    for (const { id } of content) await owner.ok('DELETE', `/api/webhooks/${id}`);
    await receiver.stop();
  });

  const addWebhook = async (options: Json = {}): Promise<number> => {
    serial += 1;
    const webhook = { name: `webhook ${serial}`, url: receiver.url, events: ['PROJECT.*'], ...options };
    return (await owner.ok('POST', '/api/webhooks', webhook)).id;
  };
  const change = async (): Promise<string> => {
    serial += 1;
    await owner.ok('PATCH', '/api/projects/shop', { description: `change ${serial}` });
    const { content } = await owner.ok('GET', '/api/events?limit=1');
    return content[0].id;
  };
  const deliveries = async (id: number, query = ''): Promise<Json[]> =>
    (await owner.ok('GET', `/api/webhooks/${id}/deliveries?limit=500&${query}`)).content;
  const allIn = (id: number, status: string, count: number): Promise<Json[]> =>
    waitFor(async () => {
      const found = await deliveries(id, `status=${status}`);
      return found.length >= count ? found : undefined;
    }, `${count} deliveries that are ${status}`);

  it('shows deliveries newest first, page by page, without gap or repeat', async () => {
    const id = await addWebhook();
    const events: string[] = [];
    for (let number = 0; number < 7; number += 1) events.push(await change());
    await allIn(id, 'SUCCEEDED', 7);
    const pages: Json[][] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const page: Json = await owner.ok('GET', `/api/webhooks/${id}/deliveries?limit=3&cursor=${cursor}`);
      pages.push(page.content);
      cursor = page.next;
    }
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat().map((delivery) => delivery.eventId)).toEqual(events.toReversed());
    for (const delivery of pages.flat()) {
      expect(delivery).toEqual({
        id: expect.any(String),
        eventId: expect.any(String),
        webhookId: id,
        event: 'PROJECT.UPDATE',
        status: 'SUCCEEDED',
        attemptCount: 1,
        lastStatusCode: 200,
        createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        finishedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
    }
  });

  it('filters by status, event and time, alone and together', async () => {
    const id = await addWebhook({ events: ['PROJECT.*', 'ENVIRONMENT.*'] });
    const first = await change();
    await allIn(id, 'SUCCEEDED', 1);
    receiver.answerWith(200, { 'webhook-delivery': 'abort-message' });
    const environment = { key: `stage-${serial}`, name: `Stage ${serial}` };
    await owner.ok('POST', '/api/projects/shop/environments', environment);
    const [failed] = await allIn(id, 'FAILED', 1);
    expect((await deliveries(id, 'status=SUCCEEDED')).map((one) => one.eventId)).toEqual([first]);
    expect(await deliveries(id, 'event=ENVIRONMENT.CREATE')).toEqual([failed]);
    expect(await deliveries(id, 'event=ENVIRONMENT.CREATE&status=SUCCEEDED')).toEqual([]);
    expect(await deliveries(id, `since=${encodeURIComponent(failed.createdTime)}`)).toEqual([failed]);
    const before = Date.parse(failed.createdTime) - 1;
    expect((await deliveries(id, `until=${before}`)).map((one) => one.eventId)).toEqual([first]);
    expect(await deliveries(id, `until=${before}&since=${before}`)).toEqual([]);
    for (const query of ['status=ODD', 'event=ODD', 'since=yesterday', 'limit=0', 'limit=501', 'limit=x']) {
      const answer = await owner.get(`/api/webhooks/${id}/deliveries?${query}`);
      expect([answer.status, answer.body.code], query).toEqual([400, 'invalid_request']);
      expect(answer.body.message).toContain(query.split('=')[0]);
    }
  });

  it('shows each try of a delivery, and what was sent, extra headers masked', async () => {
    const id = await addWebhook({
      secretKey: 'log-secret-1',
      headers: { Authorization: 'Bearer log-secret-2' },
    });
    let tries = 0;
    receiver.reply = (_request, response) => {
      tries += 1;
      if (tries === 1) response.writeHead(500, { 'X-Why': 'first' }).end('broken');
      else if (tries === 2) response.destroy();
      else response.writeHead(201).end('thanks');
    };
    await change();
    const [delivery] = await allIn(id, 'SUCCEEDED', 1);
    const detail = await owner.ok('GET', `/api/deliveries/${delivery.id}`);
    expect(detail).toMatchObject({ ...delivery, attemptCount: 3, lastStatusCode: 201 });
    expect(detail.attempts.map(({ number, statusCode }: Json) => [number, statusCode])).toEqual([
      [1, 500],
      [2, undefined],
      [3, 201],
    ]);
    const [first, second, third] = detail.attempts;
    expect(first).toMatchObject({ error: expect.stringContaining('500'), responseBody: 'broken' });
    expect(first.responseHeaders['x-why']).toBe('first');
    expect(second).toMatchObject({
      number: 2,
      error: expect.stringMatching(/.+/),
      durationMs: expect.any(Number),
    });
    expect(third).toMatchObject({ responseBody: 'thanks' });
    const starts = detail.attempts.map(({ startedTime }: Json) => Date.parse(startedTime));
    expect(starts).toEqual(starts.toSorted((a: number, b: number) => a - b));
    const sent = receiver.received.at(-1)!;
    expect(detail.request.body).toBe(sent.bytes.toString());
    const shown = Object.entries(detail.request.headers).map(([name, value]) => [name.toLowerCase(), value]);
    expect(Object.fromEntries(shown)).toMatchObject({
      'x-featureprobe-attempt': '3',
      'webhook-id': sent.headers['webhook-id'],
      'webhook-signature': sent.headers['webhook-signature'],
      authorization: '***',
    });
    expect(sent.headers.authorization).toBe('Bearer log-secret-2');
    expect(JSON.stringify(detail)).not.toContain('log-secret');
  });

  it('sends a delivery again: the same event and bytes, a new delivery with its own tries', async () => {
    const id = await addWebhook();
    receiver.answerWith(200, { 'webhook-delivery': 'abort-message' });
    await change();
    const [failed] = await allIn(id, 'FAILED', 1);
    receiver.answerWith(204);
    const again = await owner.ok('POST', `/api/deliveries/${failed.id}/redeliver`);
    expect(again).toMatchObject({
      eventId: failed.eventId,
      webhookId: id,
      status: 'PENDING',
      attemptCount: 0,
    });
    expect(again.id).not.toBe(failed.id);
    const [done] = await allIn(id, 'SUCCEEDED', 1);
    expect(done).toMatchObject({ id: again.id, attemptCount: 1, lastStatusCode: 204 });
    const [first, second] = receiver.received;
    expect(second!.bytes.equals(first!.bytes)).toBe(true);
    expect(second!.headers).toMatchObject({
      'webhook-id': first!.headers['webhook-id'],
      'x-featureprobe-delivery': again.id,
      'x-featureprobe-attempt': '1',
    });
    expect(await deliveries(id, 'status=FAILED')).toEqual([failed]);
  });

  it('sends a delivery again at once, though its line waits', async () => {
    const id = await addWebhook();
    const first = await change();
    const [delivered] = await allIn(id, 'SUCCEEDED', 1);
    receiver.reply = (request, response) => {
      response.writeHead(request.headers['webhook-id'] === first ? 200 : 500).end();
    };
    await change();
    await waitFor(() => receiver.received.length >= 2, 'the second change to be tried');
    const again = await owner.ok('POST', `/api/deliveries/${delivered.id}/redeliver`);
    await waitFor(async () => (await deliveries(id, 'status=SUCCEEDED')).some((one) => one.id === again.id));
    expect(await deliveries(id, 'status=PENDING')).toHaveLength(1);
  });

  it('tests a webhook with a sample now, also while disabled, and keeps nothing of it', async () => {
    const options = { status: 'DISABLE', secretKey: 'test-secret', headers: { 'X-Key': 'hidden-value' } };
    const id = await addWebhook(options);
    const result = await owner.ok('POST', `/api/webhooks/${id}/test`, { event: 'SEGMENT.PUBLISH' });
    const sent = receiver.received[0]!;
    expect(result).toMatchObject({ success: true, statusCode: 200, durationMs: expect.any(Number) });
    expect(result.request.body).toBe(sent.bytes.toString());
    expect(result.request.headers).toMatchObject({
      'X-Key': '***',
      'X-FeatureProbe-Event': 'SEGMENT.PUBLISH',
    });
    expect(result.response).toMatchObject({ body: 'ok', headers: expect.any(Object) });
    expect(sent.headers['x-key']).toBe('hidden-value');
    expect(sent.body).toMatchObject({ resource: 'SEGMENT', action: 'PUBLISH' });
    await owner.ok('POST', `/api/webhooks/${id}/test`);
    expect(receiver.received[1]!.headers['x-featureprobe-event']).toBe('TOGGLE.PUBLISH');
    receiver.answerWith(500, {}, 'no');
    const failed = await owner.ok('POST', `/api/webhooks/${id}/test`, {});
    expect(failed).toMatchObject({ success: false, statusCode: 500, response: { body: 'no' } });
    expect(failed.error).toContain('500');
    receiver.reply = (_request, response) => void response.destroy();
    const broken = await owner.ok('POST', `/api/webhooks/${id}/test`, {});
    expect(broken).toMatchObject({ success: false, error: expect.stringMatching(/.+/) });
    expect(broken).not.toHaveProperty('statusCode');
    expect(await deliveries(id)).toEqual([]);
  });

  it('sends only what `events` names, and nothing to a disabled webhook', async () => {
    const other = await Receiver.start();
    await addWebhook({ events: ['ENVIRONMENT.CREATE', 'SEGMENT.*'] });
    const disabled = await addWebhook({ events: ['*'], status: 'DISABLE', url: other.url });
    const base = '/api/projects/shop';
    await change();
    await owner.ok('POST', `${base}/environments`, { key: 'qa', name: 'QA' });
    await owner.ok('PATCH', `${base}/environments/qa`, { name: 'QA 2' });
    await owner.ok('POST', `${base}/segments`, { key: 'seg', name: 'Seg' });
    await owner.ok('PATCH', `${base}/segments/seg`, { name: 'Seg 2' });
    await owner.ok('DELETE', `${base}/segments/seg`);
    await receiver.waitFor('SEGMENT.DELETE');
    const names = receiver.received.map(({ headers }) => String(headers['x-featureprobe-event']));
    // Different resources may overtake each other.
    expect(names.toSorted()).toEqual([
      'ENVIRONMENT.CREATE',
      'SEGMENT.CREATE',
      'SEGMENT.DELETE',
      'SEGMENT.UPDATE',
    ]);
    expect(other.received).toEqual([]);
    expect(await deliveries(disabled)).toEqual([]);
    await other.stop();
  });

  it('cancels what is pending when a webhook is disabled, and sends nothing until it is enabled', async () => {
    const id = await addWebhook();
    receiver.answerWith(500);
    for (let number = 0; number < 3; number += 1) await change();
    await waitFor(() => receiver.received.length >= 1, 'a try');
    await owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'DISABLE' });
    const canceled = await allIn(id, 'CANCELED', 3);
    for (const { lastError } of canceled) expect(lastError).toContain('disabled');
    expect(await deliveries(id, 'status=PENDING')).toEqual([]);
    receiver.answerWith(200);
    await change();
    await owner.ok('PATCH', `/api/webhooks/${id}`, { status: 'ENABLE' });
    const eventId = await change();
    const [delivered] = await allIn(id, 'SUCCEEDED', 1);
    expect(delivered.eventId).toBe(eventId);
    expect(await deliveries(id)).toHaveLength(4);
  });

  it('keeps the log of a deleted webhook: finished deliveries readable, pending ones canceled', async () => {
    const id = await addWebhook();
    await change();
    const [delivered] = await allIn(id, 'SUCCEEDED', 1);
    receiver.answerWith(500);
    await change();
    await waitFor(() => receiver.received.length >= 2, 'a try');
    await owner.ok('DELETE', `/api/webhooks/${id}`);
    const [canceled] = await allIn(id, 'CANCELED', 1);
    expect(canceled.lastError).toContain('deleted');
    const detail = await owner.ok('GET', `/api/deliveries/${delivered.id}`);
    expect(detail).toMatchObject({ ...delivered, attempts: [{ number: 1, statusCode: 200 }] });
    const answer = await owner.post(`/api/deliveries/${delivered.id}/redeliver`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect((await owner.get(`/api/webhooks/${id}`)).body.code).toBe('not_found');
    const unknown = await owner.get('/api/webhooks/4711/deliveries');
    expect([unknown.status, unknown.body.code]).toEqual([400, 'not_found']);
  });

  it('goes on for others when a webhook is deleted while its only try is under way', async () => {
    const id = await addWebhook();
    let answer: (() => void) | undefined;
    receiver.reply = (_request, response) => {
      answer = () => response.end();
    };
    await change();
    await waitFor(() => answer, 'the try');
    await owner.ok('DELETE', `/api/webhooks/${id}`);
    answer?.();
    receiver.answerWith(200);
    const other = await addWebhook();
    await change();
    await allIn(other, 'SUCCEEDED', 1);
    expect(await deliveries(id, 'status=CANCELED')).toHaveLength(1);
  });
});
