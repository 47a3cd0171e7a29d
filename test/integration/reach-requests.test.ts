import { createHash, createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  DeliveryLog,
  DeliveryPlanner,
  EndpointOwners,
  Endpoints,
  type DeliveryEnd,
  type EndpointKind,
} from '../../src/delivery/index.js';
import { TestSender } from '../../src/delivery/test-sender.js';
import type { Profile } from '../../src/outreach/profiles/profile.js';
import { readReach, readReceipt } from '../../src/outreach/requests/answers.js';
import { OutreachDirectory } from '../../src/outreach/requests/outreach.directory.js';
import {
  compileBodies,
  RECEIPT_EVENT,
  receiptBody,
  REACH_EVENT,
} from '../../src/outreach/requests/reach-bodies.js';
import { ReachEndpoint } from '../../src/outreach/requests/reach-endpoint.js';
import type { Touchpoint } from '../../src/outreach/touchpoints/touchpoint.js';
import { DATABASES } from '../support/databases.js';
import { startEngine, type TestEngine } from '../support/engine.js';
import { Receiver, type Received } from '../support/receiver.js';
import { channel, customTouchpoint, receiptTouchpoint } from '../support/sample-touchpoints.js';
import { SomeResults, SomeTouchpoints } from '../support/touchpoint-fakes.js';
import { waitFor } from '../support/wait-for.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex').toUpperCase();

const USERS: Profile[] = [
  { gid: 17, userId: 'u-17', attributes: { name: '李雷' } },
  { gid: 18, attributes: {} },
];

const CONTENT = {
  userAttributes: [{ attribute: 'userId', name: 'userid' }],
  templateParams: [{ name: 'message', type: 'TEXT' as const }],
};

describe.each(DATABASES)('reach requests on %s', { timeout: 120_000 }, (kind) => {
  let engine: TestEngine;
  let receiver: Receiver;
  let touchpoints: SomeTouchpoints;
  let results: SomeResults;
  let orders = 0;

  beforeAll(async () => {
    engine = await startEngine(kind, { RETRY_SECONDS: '0.01' });
    receiver = await Receiver.start();
    touchpoints = new SomeTouchpoints();
    results = new SomeResults();
    const directory = new OutreachDirectory(engine.app.get(EndpointOwners), touchpoints, results);
    engine.reach.load = (ids) => directory.load(ids);
    engine.reach.disable = (id, reason) => directory.disable(id, reason);
    engine.reach.ended = (ends) => directory.ended(ends);
  });
  afterAll(async () => {
    await engine.stop();
    await receiver.stop();
  });
  afterEach(() => {
    receiver.received.splice(0);
    receiver.answerWith(200, {}, 'ok');
  });

  const register = (endpointKind: EndpointKind): Promise<number> =>
    engine.unitOfWork.run(() => engine.app.get(Endpoints).register(1, endpointKind));

  /** Gives it ids of the engine's, and the receiver's address. */
  async function add(touchpoint: Touchpoint): Promise<Touchpoint> {
    const added = { ...touchpoint, id: await register('REACH'), url: receiver.url };
    touchpoints.all.push(added);
    return added;
  }

  async function addWithReceipts(): Promise<Touchpoint> {
    const receiptEndpointId = await register('RECEIPT');
    const touchpoint = receiptTouchpoint({ receiptEndpointId, secret: 'tok' });
    const receipts = { mode: 'ASYNC', url: `${receiver.url}/receipts`, timeoutMinutes: 5 } as const;
    return add({ ...touchpoint, config: { ...touchpoint.config, receipts } });
  }

  const newOrder = (): string => `00000000-0000-7000-8000-${String((orders += 1)).padStart(12, '0')}`;

  async function plan(endpointId: number, eventName: string, body: string, orderId: string): Promise<string> {
    const [planned] = await engine.unitOfWork.run(() =>
      engine.app.get(DeliveryPlanner).plan([
        {
          organizationId: 1,
          eventId: orderId,
          eventName,
          orderingKey: orderId,
          sequence: 1,
          subject: eventName,
          contentType: 'application/json',
          body,
          traceparent: undefined,
          cost: USERS.length,
          targets: [{ endpointId, ordering: 'NONE', retryForMs: 60_000 }],
        },
      ]),
    );
    return planned!.deliveryId;
  }

  /** Sends the users through it and answers how the request ended. */
  async function reach(touchpoint: Touchpoint, users = USERS): Promise<DeliveryEnd> {
    const orderId = newOrder();
    const make = compileBodies(touchpoint, { message: 'Dear {{name|friend}}' });
    await plan(touchpoint.id, REACH_EVENT, make(users, orderId), orderId);
    return waitFor(() => results.ends.find(({ eventId }) => eventId === orderId), 'the request to end');
  }

  const gidsOf = (users: readonly Profile[]): Set<number> => new Set(users.map(({ gid }) => gid));

  /** Fails as often as said, then answers with a result of each user. */
  const answerAfter = (failures: number, status = 500): void => {
    let count = 0;
    receiver.reply = ({ body }, response) => {
      if ((count += 1) <= failures) return void response.writeHead(status).end();
      const sendStatusList = body.dataList.map(({ gid }: Profile, index: number) =>
        index === 0 ? { gid, status: 'TOU_SUCC' } : { gid, status: 'TOU_FAIL', errorMsg: `no phone` },
      );
      return void response.end(JSON.stringify({ code: 0, orderNo: body.orderNo, sendStatusList }));
    };
  };

  it('reach a touchpoint with the same order at each try, signed afresh', async () => {
    const touchpoint = await add(customTouchpoint(CONTENT, { secret: 'tok' }));
    answerAfter(2);
    const end = await reach(touchpoint);
    expect(readReach(touchpoint, end, gidsOf(USERS))).toEqual({
      kind: 'each',
      results: new Map<number, object>([
        [17, { status: 'SUCCEEDED' }],
        [18, { status: 'FAILED', reason: 'no phone' }],
      ]),
      missing: 'no result for this user',
    });
    expect(receiver.received).toHaveLength(3);
    const orderNo = end.eventId.replaceAll('-', '');
    for (const { bytes, body, headers } of receiver.received) {
      expect(body).toEqual({
        timeStamp: expect.any(Number),
        orderNo,
        sign: md5(`tok&${body.timeStamp}&${orderNo}`),
        dataList: [
          { gid: 17, temData: { message: 'Dear 李雷' }, dynamicData: { userid: 'u-17' } },
          { gid: 18, temData: { message: 'Dear friend' }, dynamicData: {} },
        ],
      });
      expect(JSON.stringify(body)).toBe(bytes.toString());
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': 'Flagpost-Outreach/1.0',
        'x-flagpost-order': orderNo,
        'x-flagpost-delivery': end.deliveryId,
      });
      expect(headers).not.toHaveProperty('x-gio-signature');
    }
    const [first, , last] = receiver.received.map(({ body }) => body.timeStamp);
    expect(last).toBeGreaterThan(first);
  });

  it('reach a channel with a signature over the bytes as they go out', async () => {
    const touchpoint = await add(channel({ ...CONTENT, auth: { type: 'SECRET' } }, { secret: '密钥' }));
    let count = 0;
    receiver.reply = (_request, response) => {
      response.writeHead((count += 1) === 1 ? 503 : 200).end('<html>');
    };
    const end = await reach(touchpoint);
    expect(readReach(touchpoint, end, gidsOf(USERS))).toEqual({
      kind: 'all',
      result: { status: 'SUCCEEDED' },
    });
    const signatures = receiver.received.map(({ bytes, headers }) => {
      expect(headers['x-gio-signature']).toBe(createHmac('sha256', '密钥').update(bytes).digest('hex'));
      return headers['x-gio-signature'];
    });
    expect(new Set(signatures).size).toBe(2);
    expect(receiver.received[1]?.body).toEqual({
      name: 'Dove coupon centre',
      templateParam: { message: 'Dear {{name|friend}}' },
      userAttr: [{ userid: 'u-17', message: 'Dear 李雷' }, { message: 'Dear friend' }],
      timestamp: expect.stringMatching(/^\d{13}$/),
    });
  });

  it('keep credentials out of the log', async () => {
    const auth = { type: 'BASIC', username: 'coupons' } as const;
    const touchpoint = await add(channel({ ...CONTENT, auth }, { secret: 'hush' }));
    const { deliveryId } = await reach(touchpoint);
    const credentials = Buffer.from('coupons:hush').toString('base64');
    const [request] = receiver.received;
    expect(request?.headers['authorization']).toBe(`Basic ${credentials}`);
    expect(request?.headers['x-gio-signature']).toBe(
      createHmac('sha256', '').update(request!.bytes).digest('hex'),
    );
    const detail = await engine.app.get(DeliveryLog).get(1, deliveryId);
    expect(detail.request.headers).toMatchObject({ Authorization: '***' });
    expect(JSON.stringify(detail)).not.toContain(credentials);
  });

  it.each<[string, (request: Received) => [number, string], string]>([
    ['a code', () => [200, '{"code":17,"message":"out of stock"}'], 'code 17: out of stock'],
    ['no JSON', () => [200, 'ok'], 'the answer is not JSON'],
    [
      'another order',
      () => [200, '{"code":0,"orderNo":"1"}'],
      'the "orderNo" of the answer is that of another request',
    ],
    [
      'more than 1 MiB',
      () => [200, JSON.stringify({ code: 0, a: 'x'.repeat(1_048_576) })],
      'the answer is longer than 1 MiB',
    ],
    ['410', () => [410, ''], 'answered 410 Gone'],
    [
      '404',
      ({ body }) => [404, JSON.stringify({ code: 0, orderNo: body.orderNo })],
      'answered 404 Not Found',
    ],
  ])('end at once for a touchpoint that answers %s, which stays enabled', async (_name, answer, reason) => {
    const touchpoint = await add(customTouchpoint(CONTENT));
    receiver.reply = (request, response) => {
      const [status, body] = answer(request);
      response.writeHead(status, { 'webhook-delivery': 'disable' }).end(body);
    };
    const end = await reach(touchpoint);
    expect(end).toMatchObject({ status: 'FAILED', reason });
    expect(readReach(touchpoint, end, gidsOf(USERS))).toEqual({
      kind: 'all',
      result: { status: 'FAILED', reason },
    });
    expect(receiver.received).toHaveLength(1);
    expect(touchpoints.disabled).toEqual([]);
    const [row] = await engine.query('SELECT enabled FROM endpoint WHERE id = ?', [touchpoint.id]);
    expect(Boolean(row?.['enabled'])).toBe(true);
  });

  it('end at once for a channel that answers 201', async () => {
    const touchpoint = await add(channel(CONTENT));
    receiver.answerWith(201);
    expect(await reach(touchpoint)).toMatchObject({
      status: 'FAILED',
      reason: 'answered 201 Created, where only 200 counts as success',
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('are followed by one for receipts, at another address', async () => {
    const touchpoint = await addWithReceipts();
    receiver.reply = ({ path, body }, response) => {
      const sendStatusList = path.endsWith('/receipts') ? [{ gid: 18, status: 'TOU_SUCC' }] : undefined;
      response.end(JSON.stringify({ code: 0, orderNo: body.orderNo, sendStatusList }));
    };
    const { eventId } = await reach(touchpoint);
    const end = results.ends.find((one) => one.eventId === eventId)!;
    expect(readReach(touchpoint, end, gidsOf(USERS))).toEqual({ kind: 'accepted' });

    await plan(touchpoint.receiptEndpointId!, RECEIPT_EVENT, receiptBody(eventId), eventId);
    const receipted = await waitFor(
      () => results.receipts.find((one) => one.eventId === eventId),
      'the receipts to be asked for',
    );
    expect(readReceipt(touchpoint, receipted, gidsOf(USERS))).toEqual({
      kind: 'each',
      results: new Map([[18, { status: 'SUCCEEDED' }]]),
    });
    const request = receiver.received.find(({ path }) => path.endsWith('/receipts'))!;
    const { timeStamp, orderNo } = request.body;
    expect(request.body).toEqual({ timeStamp, orderNo, sign: md5(`tok&${timeStamp}&${orderNo}`) });
    expect(orderNo).toBe(eventId.replaceAll('-', ''));
  });

  it('bring back results of 500 users in one answer', async () => {
    const touchpoint = await add(customTouchpoint(CONTENT));
    const users = Array.from({ length: 500 }, (_, index): Profile => ({ gid: index + 1, attributes: {} }));
    receiver.reply = ({ body }, response) => {
      const sendStatusList = body.dataList.map(({ gid }: Profile) => ({
        gid,
        status: 'TOU_FAIL',
        errorMsg: `no phone ${gid} ${'x'.repeat(200)}`,
      }));
      response.end(JSON.stringify({ code: 0, orderNo: body.orderNo, sendStatusList }));
    };
    const reading = readReach(touchpoint, await reach(touchpoint, users), gidsOf(users));
    if (reading.kind !== 'each') throw new Error(JSON.stringify(reading));
    expect([...reading.results.keys()]).toEqual([...gidsOf(users)]);
    expect(reading.results.get(500)).toMatchObject({ reason: expect.stringMatching(/^no phone 500 x+$/) });
  });

  it('are the same when they are sent for a test', async () => {
    const touchpoint = await add(customTouchpoint(CONTENT, { secret: 'tok' }));
    answerAfter(0);
    const orderId = newOrder();
    const result = await engine.app.get(TestSender, { strict: false }).send(new ReachEndpoint(touchpoint), {
      id: orderId,
      organizationId: 1,
      eventId: orderId,
      eventName: REACH_EVENT,
      contentType: 'application/json',
      body: compileBodies(touchpoint, {})(USERS, orderId),
      traceparent: null,
    });
    expect(result).toMatchObject({ success: true, statusCode: 200 });
    expect(result.request.body).toBe(receiver.received[0]?.bytes.toString());
    expect(result.request.body).toMatch(/^\{"timeStamp":\d+,"orderNo":"[0-9a-f]{32}","sign":"[0-9A-F]{32}",/);
  });

  it('are not sent to a touchpoint that is disabled', async () => {
    const disabled = await add(customTouchpoint(CONTENT, { status: 'DISABLED' }));
    const enabled = await add(customTouchpoint(CONTENT));
    answerAfter(0);
    const orderId = newOrder();
    await plan(disabled.id, REACH_EVENT, compileBodies(disabled, {})(USERS, orderId), orderId);
    const { eventId } = await reach(enabled);
    expect(receiver.received.map(({ body }) => body.orderNo)).toEqual([eventId.replaceAll('-', '')]);
  });
});
