import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import type { paths } from '../support/generated/api.js';
import { Receiver } from '../support/receiver.js';
import {
  forbidden,
  ok,
  refusal,
  type Schemas,
  typedClient,
  type TypedClient,
} from '../support/typed-client.js';
import { waitFor } from '../support/wait-for.js';

type LogQuery = NonNullable<paths['/api/webhooks/{id}/deliveries']['get']['parameters']['query']>;
type Delivery = Schemas['DeliveryDto'];

const SHOP = { path: { projectKey: 'shop' } };

describe.each(DATABASES)('delivery log and switches of webhooks on %s', (kind) => {
  let flagpost: TestFlagpost;
  let owner: TypedClient;
  let receiver: Receiver;
  let serial = 0;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind);
    owner = typedClient(flagpost.owner);
    await ok(owner.POST('/api/projects', { body: { key: 'shop', name: 'Shop' } }));
  });
  afterAll(() => flagpost.stop());

  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  // Of each test's webhooks none is left over: others would wait for what they fail to take.
  afterEach(async () => {
    const { content } = await ok(owner.GET('/api/webhooks', { params: { query: { pageSize: 100 } } }));
    for (const { id } of content) await remove(id);
    await receiver.stop();
  });

  const addWebhook = async (options: Partial<Schemas['CreateWebhookRequest']> = {}): Promise<number> => {
    serial += 1;
    const body = { name: `webhook ${serial}`, url: receiver.url, events: ['PROJECT.*'], ...options };
    return (await ok(owner.POST('/api/webhooks', { body }))).id;
  };
  const change = async (): Promise<string> => {
    serial += 1;
    const body = { description: `change ${serial}` };
    await ok(owner.PATCH('/api/projects/{projectKey}', { params: SHOP, body }));
    const { content } = await ok(owner.GET('/api/events', { params: { query: { limit: 1 } } }));
    return content[0]!.id;
  };
  const remove = (id: number): Promise<unknown> =>
    ok(owner.DELETE('/api/webhooks/{id}', { params: { path: { id } } }));
  const switchTo = (id: number, status: 'ENABLE' | 'DISABLE'): Promise<unknown> =>
    ok(owner.PATCH('/api/webhooks/{id}', { params: { path: { id } }, body: { status } }));
  const page = (id: number, query: LogQuery): Promise<Schemas['DeliveryPageDto']> =>
    ok(owner.GET('/api/webhooks/{id}/deliveries', { params: { path: { id }, query } }));
  const deliveries = async (id: number, query: LogQuery = {}): Promise<Delivery[]> =>
    (await page(id, { limit: 500, ...query })).content;
  const detailOf = ({ id }: Delivery): Promise<Schemas['DeliveryDetailDto']> =>
    ok(owner.GET('/api/deliveries/{id}', { params: { path: { id } } }));
  const redeliver = ({ id }: Delivery) =>
    owner.POST('/api/deliveries/{id}/redeliver', { params: { path: { id } } });
  const test = (id: number, body?: Schemas['TestWebhookRequest']): Promise<Schemas['TestResultDto']> =>
    ok(owner.POST('/api/webhooks/{id}/test', { params: { path: { id } }, body }));
  const allIn = (id: number, status: Delivery['status'], count: number): Promise<Delivery[]> =>
    waitFor(async () => {
      const found = await deliveries(id, { status });
      return found.length >= count ? found : undefined;
    }, `${count} deliveries that are ${status}`);
  const oneIn = async (id: number, status: Delivery['status']): Promise<Delivery> =>
    (await allIn(id, status, 1))[0]!;

  it('shows deliveries newest first, page by page, without gap or repeat', async () => {
    const id = await addWebhook();
    const events: string[] = [];
    for (let number = 0; number < 7; number += 1) events.push(await change());
    await allIn(id, 'SUCCEEDED', 7);
    const pages: Delivery[][] = [];
    let cursor: string | undefined;
    do {
      const { content, next }: Schemas['DeliveryPageDto'] = await page(id, { limit: 3, cursor });
      pages.push(content);
      cursor = next;
    } while (cursor !== undefined);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
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
    await ok(owner.POST('/api/projects/{projectKey}/environments', { params: SHOP, body: environment }));
    const failed = await oneIn(id, 'FAILED');
    expect((await deliveries(id, { status: 'SUCCEEDED' })).map((one) => one.eventId)).toEqual([first]);
    expect(await deliveries(id, { event: 'ENVIRONMENT.CREATE' })).toEqual([failed]);
    expect(await deliveries(id, { event: 'ENVIRONMENT.CREATE', status: 'SUCCEEDED' })).toEqual([]);
    expect(await deliveries(id, { since: failed.createdTime })).toEqual([failed]);
    const before = String(Date.parse(failed.createdTime) - 1);
    expect((await deliveries(id, { until: before })).map((one) => one.eventId)).toEqual([first]);
    expect(await deliveries(id, { until: before, since: before })).toEqual([]);
    const wrong: [string, unknown][] = [
      ['status', 'ODD'],
      ['event', 'ODD'],
      ['since', 'yesterday'],
      ['limit', 0],
      ['limit', 501],
      ['limit', 'x'],
      ['cursor', 'no-id'],
    ];
    for (const [name, value] of wrong) {
      const params = { path: { id }, query: forbidden({ [name]: value }) };
      const answer = await refusal(owner.GET('/api/webhooks/{id}/deliveries', { params }));
      expect([answer.status, answer.code], `${name}=${value}`).toEqual([400, 'invalid_request']);
      expect(answer.message).toContain(name);
    }
  });

  it('shows when a delivery goes that its webhook’s pause holds back', async () => {
    const id = await addWebhook({ ordering: 'NONE' });
    receiver.answerWith(429, { 'Retry-After': '3600' });
    await change();
    await waitFor(async () => (await deliveries(id))[0]?.lastStatusCode === 429, 'the pause');
    await change();
    const [held, refused] = await deliveries(id);
    expect(held).toMatchObject({ status: 'PENDING', attemptCount: 0 });
    expect(held?.nextAttemptTime).toBe(refused?.nextAttemptTime);
    expect((await detailOf(held!)).nextAttemptTime).toBe(refused?.nextAttemptTime);
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
    const delivery = await oneIn(id, 'SUCCEEDED');
    const detail = await detailOf(delivery);
    expect(detail).toMatchObject({ ...delivery, attemptCount: 3, lastStatusCode: 201 });
    expect(detail.attempts.map(({ number, statusCode }) => [number, statusCode])).toEqual([
      [1, 500],
      [2, undefined],
      [3, 201],
    ]);
    const [first, second, third] = detail.attempts;
    expect(first).toMatchObject({ error: expect.stringContaining('500'), responseBody: 'broken' });
    expect(first!.responseHeaders!['x-why']).toBe('first');
    expect(second).toMatchObject({
      number: 2,
      error: expect.stringMatching(/.+/),
      durationMs: expect.any(Number),
    });
    expect(third).toMatchObject({ responseBody: 'thanks' });
    const starts = detail.attempts.map(({ startedTime }) => Date.parse(startedTime));
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
    const failed = await oneIn(id, 'FAILED');
    receiver.answerWith(204);
    const again = await ok(redeliver(failed));
    expect(again).toMatchObject({
      eventId: failed.eventId,
      webhookId: id,
      status: 'PENDING',
      attemptCount: 0,
    });
    expect(again.id).not.toBe(failed.id);
    const done = await oneIn(id, 'SUCCEEDED');
    expect(done).toMatchObject({ id: again.id, attemptCount: 1, lastStatusCode: 204 });
    const [first, second] = receiver.received;
    expect(second!.bytes.equals(first!.bytes)).toBe(true);
    expect(second!.headers).toMatchObject({
      'webhook-id': first!.headers['webhook-id'],
      'x-featureprobe-delivery': again.id,
      'x-featureprobe-attempt': '1',
    });
    expect(await deliveries(id, { status: 'FAILED' })).toEqual([failed]);
  });

  it('sends a delivery again at once, though its line waits', async () => {
    const id = await addWebhook();
    const first = await change();
    const delivered = await oneIn(id, 'SUCCEEDED');
    receiver.reply = (request, response) => {
      response.writeHead(request.headers['webhook-id'] === first ? 200 : 500).end();
    };
    await change();
    await waitFor(() => receiver.received.length >= 2, 'the second change to be tried');
    const again = await ok(redeliver(delivered));
    await waitFor(async () =>
      (await deliveries(id, { status: 'SUCCEEDED' })).some((one) => one.id === again.id),
    );
    expect(await deliveries(id, { status: 'PENDING' })).toHaveLength(1);
  });

  it('tests a webhook with a sample now, also while disabled, and keeps nothing of it', async () => {
    const headers = { 'X-Key': 'hidden-value' };
    const id = await addWebhook({ status: 'DISABLE', secretKey: 'test-secret', headers });
    const result = await test(id, { event: 'SEGMENT.PUBLISH' });
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
    await test(id);
    expect(receiver.received[1]!.headers['x-featureprobe-event']).toBe('TOGGLE.PUBLISH');
    receiver.answerWith(500, {}, 'no');
    const failed = await test(id, {});
    expect(failed).toMatchObject({ success: false, statusCode: 500, response: { body: 'no' } });
    expect(failed.error).toContain('500');
    receiver.reply = (_request, response) => void response.destroy();
    const broken = await test(id, {});
    expect(broken).toMatchObject({ success: false, error: expect.stringMatching(/.+/) });
    expect(broken).not.toHaveProperty('statusCode');
    expect(await deliveries(id)).toEqual([]);
  });

  it('sends only what `events` names, and nothing to a disabled webhook', async () => {
    const other = await Receiver.start();
    await addWebhook({ events: ['ENVIRONMENT.CREATE', 'SEGMENT.*'] });
    const disabled = await addWebhook({ events: ['*'], status: 'DISABLE', url: other.url });
    await change();
    const environments = '/api/projects/{projectKey}/environments';
    await ok(owner.POST(environments, { params: SHOP, body: { key: 'qa', name: 'QA' } }));
    const qa = { path: { projectKey: 'shop', environmentKey: 'qa' } };
    await ok(owner.PATCH(`${environments}/{environmentKey}`, { params: qa, body: { name: 'QA 2' } }));
    const segments = '/api/projects/{projectKey}/segments';
    await ok(owner.POST(segments, { params: SHOP, body: { key: 'seg', name: 'Seg' } }));
    const seg = { path: { projectKey: 'shop', segmentKey: 'seg' } };
    await ok(owner.PATCH(`${segments}/{segmentKey}`, { params: seg, body: { name: 'Seg 2' } }));
    await ok(owner.DELETE(`${segments}/{segmentKey}`, { params: seg }));
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
    await switchTo(id, 'DISABLE');
    const canceled = await allIn(id, 'CANCELED', 3);
    for (const { lastError } of canceled) expect(lastError).toContain('disabled');
    expect(await deliveries(id, { status: 'PENDING' })).toEqual([]);
    receiver.answerWith(200);
    await change();
    await switchTo(id, 'ENABLE');
    const eventId = await change();
    const delivered = await oneIn(id, 'SUCCEEDED');
    expect(delivered.eventId).toBe(eventId);
    expect(await deliveries(id)).toHaveLength(4);
  });

  it('keeps the log of a deleted webhook: finished deliveries readable, pending ones canceled', async () => {
    const id = await addWebhook();
    await change();
    const delivered = await oneIn(id, 'SUCCEEDED');
    receiver.answerWith(500);
    await change();
    await waitFor(() => receiver.received.length >= 2, 'a try');
    await remove(id);
    const canceled = await oneIn(id, 'CANCELED');
    expect(canceled.lastError).toContain('deleted');
    const detail = await detailOf(delivered);
    expect(detail).toMatchObject({ ...delivered, attempts: [{ number: 1, statusCode: 200 }] });
    const answer = await refusal(redeliver(delivered));
    expect([answer.status, answer.code]).toEqual([400, 'invalid_request']);
    const gone = await refusal(owner.GET('/api/webhooks/{id}', { params: { path: { id } } }));
    expect(gone.code).toBe('not_found');
    const nobody = { params: { path: { id: 4711 } } };
    const unknown = await refusal(owner.GET('/api/webhooks/{id}/deliveries', nobody));
    expect([unknown.status, unknown.code]).toEqual([400, 'not_found']);
  });

  it('goes on for others when a webhook is deleted while its only try is under way', async () => {
    const id = await addWebhook();
    let answer: (() => void) | undefined;
    receiver.reply = (_request, response) => {
      answer = () => response.end();
    };
    await change();
    await waitFor(() => answer, 'the try');
    await remove(id);
    answer?.();
    receiver.answerWith(200);
    const other = await addWebhook();
    await change();
    await allIn(other, 'SUCCEEDED', 1);
    expect(await deliveries(id, { status: 'CANCELED' })).toHaveLength(1);
  });
});
