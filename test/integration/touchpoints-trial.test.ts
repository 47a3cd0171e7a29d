import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient, Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { Receiver, type Received } from '../support/receiver.js';
import { expectRefusal } from '../support/shop.js';
import { channelBody, touchpointBody } from '../support/touchpoint-bodies.js';

const PARAMS = [
  { name: 'amount', type: 'NUMBER', required: true },
  { name: 'title', type: 'TEXT' },
];
const ATTRIBUTES = [
  { attribute: 'userId', name: 'memberId' },
  { attribute: 'phone', name: 'mobile', defaultValue: 'none' },
];
const USERS = [
  { userId: 'u-1', phone: '130', city: 'Berlin' },
  { gid: 7, memberId: 'u-2' },
];

describe.each(DATABASES)('test sends on %s', (kind) => {
  let flagpost: TestFlagpost;
  let receiver: Receiver;
  let owner: ApiClient;

  beforeAll(async () => {
    receiver = await Receiver.start();
    flagpost = await startFlagpost(kind, { ROLES: 'api' });
    owner = flagpost.owner;
  });
  afterAll(async () => {
    await flagpost.stop();
    await receiver.stop();
  });
  beforeEach(() => {
    receiver.received.length = 0;
    succeed();
  });

  const make = async (body: Json): Promise<number> =>
    (await owner.ok('POST', '/api/touchpoints', { ...body, url: receiver.url })).id;
  const touchpoint = (fields: Json = {}): Promise<number> =>
    make(touchpointBody({ userAttributes: ATTRIBUTES, templateParams: PARAMS, ...fields }));
  const test = (id: number, body: Json, client = owner): Promise<Json> =>
    client.ok('POST', `/api/touchpoints/${id}/test`, body);
  const reply = (answer: (request: Received) => Json, status = 200): void => {
    receiver.reply = (request, response): void => {
      const body = JSON.stringify(answer(request));
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    };
  };
  const allOf = ({ body }: Received): Json[] =>
    body.dataList?.map(({ gid }: Json) => ({ gid, status: 'TOU_SUCC' })) ?? [];
  const succeed = (): void =>
    reply((request) => ({ code: 0, orderNo: request.body.orderNo, sendStatusList: allOf(request) }));

  it('send what a touchpoint’s real request is, and show it', async () => {
    const id = await touchpoint({ token: 'tok' });
    const result = await test(id, {
      users: USERS,
      templateValues: { amount: 100, title: 'To {{city|all}}' },
    });
    const [request] = receiver.received;
    expect(request?.body).toEqual({
      timeStamp: expect.any(Number),
      orderNo: expect.stringMatching(/^[0-9a-f]{32}$/),
      sign: expect.stringMatching(/^[0-9A-F]{32}$/),
      dataList: [
        {
          gid: 1,
          dynamicData: { memberId: 'u-1', mobile: '130' },
          temData: { amount: 100, title: 'To Berlin' },
        },
        {
          gid: 7,
          dynamicData: { memberId: 'u-2', mobile: 'none' },
          temData: { amount: 100, title: 'To all' },
        },
      ],
    });
    const { timeStamp, orderNo, sign } = request!.body;
    expect(sign).toBe(createHash('md5').update(`tok&${timeStamp}&${orderNo}`).digest('hex').toUpperCase());
    expect(result).toEqual({
      success: true,
      statusCode: 200,
      durationMs: expect.any(Number),
      request: {
        url: receiver.url,
        headers: expect.objectContaining({ 'Content-Type': 'application/json' }),
        body: request?.bytes.toString(),
      },
      response: {
        headers: expect.objectContaining({ 'content-type': 'application/json' }),
        body: expect.stringContaining('TOU_SUCC'),
      },
    });
    expect(JSON.stringify(result)).not.toContain('tok');
  });

  it('send what a channel’s real request is', async () => {
    const auth = { type: 'SECRET', secret: 'a1234567' };
    const id = await make(
      channelBody({ auth, templateParams: PARAMS, userAttributes: [{ attribute: 'userId' }] }),
    );
    const result = await test(id, { users: [{ userId: 'u-17' }], templateValues: { amount: 100 } });
    const [request] = receiver.received;
    expect(request?.body).toEqual({
      name: 'Dove coupon centre',
      templateParam: { amount: 100 },
      userAttr: [{ userId: 'u-17' }],
      timestamp: expect.stringMatching(/^\d{13}$/),
    });
    const signature = createHmac('sha256', 'a1234567')
      .update(request?.bytes ?? '')
      .digest('hex');
    expect(request?.headers['x-gio-signature']).toBe(signature);
    expect(result).toMatchObject({ success: true, statusCode: 200 });
  });

  it('mask a channel’s password', async () => {
    const auth = { type: 'BASIC', username: 'u', password: 'pw-4711' };
    const result = await test(await make(channelBody({ auth })), {});
    const basic = Buffer.from('u:pw-4711').toString('base64');
    expect(receiver.received[0]?.headers['authorization']).toBe(`Basic ${basic}`);
    expect(receiver.received[0]?.body.userAttr).toEqual([]);
    expect(result.success).toBe(true);
    expect(JSON.stringify(result)).not.toContain(basic);
  });

  it('are any member’s, also while it is disabled, and leave no delivery', async () => {
    await owner.ok('POST', '/api/members', { accounts: ['writer'], role: 'WRITER', password: 'Pass1234' });
    const writer = await flagpost.anonymous.login('writer', 'Pass1234');
    const id = await touchpoint({ token: 'tok' });
    await owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
    const result = await test(id, { users: USERS, templateValues: { amount: 1 } }, writer);
    expect(result.success).toBe(true);
    expect((await owner.ok('GET', `/api/touchpoints/${id}/deliveries`)).content).toEqual([]);
  });

  it.each([
    ['another status than 200 of a channel', 'CHANNEL', (): void => receiver.answerWith(201), '201'],
    ['a failure', 'TOUCHPOINT', (): void => receiver.answerWith(500), '500'],
    ['no JSON', 'TOUCHPOINT', (): void => receiver.answerWith(200, {}, 'ok'), ''],
    ['another code', 'TOUCHPOINT', (): void => reply(() => ({ code: 9, message: 'sold out' })), 'sold out'],
    [
      'another order',
      'TOUCHPOINT',
      (): void => reply((request) => ({ code: 0, orderNo: 'f'.repeat(32), sendStatusList: allOf(request) })),
      'orderNo',
    ],
    [
      'a user missing',
      'TOUCHPOINT',
      (): void =>
        reply((request) => ({
          code: 0,
          orderNo: request.body.orderNo,
          sendStatusList: allOf(request).slice(1),
        })),
      'gid 1: no result',
    ],
    [
      'a user failed',
      'TOUCHPOINT',
      (): void =>
        reply((request) => ({
          code: 0,
          orderNo: request.body.orderNo,
          sendStatusList: [allOf(request)[0], { gid: 7, status: 'TOU_FAIL', errorMsg: 'unknown member' }],
        })),
      'gid 7: unknown member',
    ],
  ])('have failed with %s', async (_what, kindOfIt, misbehave, error) => {
    misbehave();
    const id =
      kindOfIt === 'CHANNEL' ? await make(channelBody({ templateParams: PARAMS })) : await touchpoint();
    const result = await test(id, { users: USERS, templateValues: { amount: 1 } });
    expect(result).toMatchObject({ success: false, error: expect.stringContaining(error) });
    expect(result.error).not.toBe('');
  });

  it('have succeeded where receipts follow and the request was taken', async () => {
    reply((request) => ({ code: 0, orderNo: request.body.orderNo, sendStatusList: [] }));
    const receipts = { mode: 'ASYNC', url: receiver.url, timeoutMinutes: 5 };
    const result = await test(await touchpoint({ receipts }), {
      users: USERS,
      templateValues: { amount: 1 },
    });
    expect(result).toMatchObject({ success: true });
    expect(receiver.received).toHaveLength(1);
  });

  it('say that nobody answers', async () => {
    const gone = await Receiver.start();
    const { url } = gone;
    await gone.stop();
    const { id } = await owner.ok('POST', '/api/touchpoints', channelBody({ url }));
    const result = await test(id, {});
    expect(result).toMatchObject({ success: false, error: expect.stringContaining('connection refused') });
    expect(result).not.toHaveProperty('response');
  });

  it.each([
    [{ templateValues: { amount: 1 } }, 'users must have at least 1 entry'],
    [{ users: 7, templateValues: { amount: 1 } }, 'users must be a list'],
    [{ users: [7], templateValues: { amount: 1 } }, 'users must be an object'],
    [{ users: [{}, {}, {}], templateValues: { amount: 1 } }, 'users must be at most 2'],
    [{ users: [{ gid: 'x' }], templateValues: { amount: 1 } }, 'users[0].gid must be a whole number from 1'],
    [{ users: [{}], templateValues: [] }, 'templateValues must be an object'],
  ])('refuse %j', async (body, message) => {
    const answer = await owner.post(`/api/touchpoints/${await touchpoint({ batchSize: 2 })}/test`, body);
    expectRefusal(answer, 'invalid_request', message);
    expect(receiver.received).toEqual([]);
  });

  it.each([
    [{}, ['templateValues.amount is required']],
    [{ amount: 'much' }, ['templateValues.amount must be a number']],
    [{ amount: 1, titel: 'x' }, ['templateValues.titel is no template parameter of this touchpoint']],
    [
      { title: {}, x: 1 },
      [
        'templateValues.amount is required',
        'templateValues.title must be text',
        'templateValues.x is no template',
      ],
    ],
  ])('refuse the template values %j with all that is wrong', async (templateValues, words) => {
    const url = `/api/touchpoints/${await touchpoint()}/test`;
    const { status, body } = await owner.post(url, { users: [{}], templateValues });
    expect([status, body.code, body.problems?.length]).toEqual([400, 'invalid_request', words.length]);
    for (const word of words) expect(body.message).toContain(word);
    expect(receiver.received).toEqual([]);
  });
});
