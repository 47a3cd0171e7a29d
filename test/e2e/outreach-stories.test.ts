import { createHash, createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/api-client.js';
import { DATABASES } from '../support/databases.js';
import { startFlagpost, type TestFlagpost } from '../support/flagpost.js';
import { OutreachScene } from '../support/outreach-scene.js';
import { Receiver, type Received } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

const SECRET = 'a1234567';
const COUPON_CENTRE = 'Dove coupon centre';

const AMOUNT = { name: 'amount', displayName: 'Face value', type: 'INTEGER', required: true };

/** Who gold members with an abandoned basket are. */
const GOLD_WITH_BASKET = { vip: 'gold', basket: 'abandoned' };

const PEOPLE = [
  { userId: 'u-17', attributes: { vip: 'gold', basket: 'abandoned', name: 'Li Lei' } },
  { userId: 'u-18', attributes: { vip: 'gold', basket: 'abandoned', name: 'Han "Mei" Mei' } },
  { userId: 'u-19', attributes: { vip: 'gold', basket: 'ordered', name: 'Wang Wei' } },
  { userId: 'u-20', attributes: { vip: 'silver', basket: 'abandoned', name: 'Zhang San' } },
];

/** What the customer's systems check before they take a request. */
function checkChannelRequest(request: Received, secret: string): void {
  expect(request.method).toBe('POST');
  expect(request.headers['content-type']).toMatch(/^application\/json/);
  const signature = createHmac('sha256', secret).update(request.bytes).digest('hex');
  expect(request.headers['x-gio-signature']).toBe(signature);
  expect(Object.keys(request.body).toSorted()).toEqual(['name', 'templateParam', 'timestamp', 'userAttr']);
  expect(Math.abs(Number(request.body.timestamp) - request.at)).toBeLessThan(60_000);
  expect(request.body.timestamp).toEqual(expect.any(String));
}

describe.each(DATABASES)("the marketer's stories on %s", (kind) => {
  let flagpost: TestFlagpost;
  let scene: OutreachScene;
  let receiver: Receiver;

  beforeAll(async () => {
    flagpost = await startFlagpost(kind, { RECEIPT_POLL_SECONDS: '0.2' });
    scene = await OutreachScene.open(flagpost.owner);
    expect(await scene.import(PEOPLE)).toEqual({ imported: 4, updated: 0, failed: 0, errors: [] });
    await scene.segment('gold_baskets', GOLD_WITH_BASKET);
    await scene.segment('gold', { vip: 'gold' });
  });
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(() => receiver.stop());
  afterAll(() => flagpost?.stop());

  it('1: a 100-yuan coupon to gold members with an abandoned basket', async () => {
    const { count, sample } = await flagpost.owner.ok('GET', `${scene.path}/segments/gold_baskets/audience`);
    expect(count).toBe(2);
    expect(sample.map(({ userId }: { userId: string }) => userId).toSorted()).toEqual(['u-17', 'u-18']);
    const { id } = await scene.touchpoint({
      name: COUPON_CENTRE,
      kind: 'CHANNEL',
      url: `${receiver.url}?shop=7`,
      auth: { type: 'SECRET', secret: SECRET },
      templateParams: [AMOUNT],
    });
    const test = await flagpost.owner.ok('POST', `/api/touchpoints/${id}/test`, {
      users: [],
      templateValues: { amount: 100 },
    });
    expect(test).toMatchObject({ success: true, statusCode: 200 });
    const path = await scene.launch({
      name: 'Baskets',
      segmentKey: 'gold_baskets',
      steps: [{ touchpointId: id }],
      templateValues: { amount: 100 },
      trigger: { type: 'ONCE' },
    });
    expect(await scene.end(path)).toMatchObject({
      audience: 2,
      sent: 2,
      succeeded: 2,
      failed: 0,
      waiting: 0,
      failures: [],
    });
    expect(receiver.received).toHaveLength(2);
    for (const request of receiver.received) {
      checkChannelRequest(request, SECRET);
      expect(request.path).toBe('/hook?shop=7');
      expect(request.body).toMatchObject({
        name: COUPON_CENTRE,
        templateParam: { amount: 100 },
        userAttr: [],
      });
    }
  });

  it("2: the same with the users' login ids, for a system that counts what they spent", async () => {
    const { id } = await scene.touchpoint({
      name: COUPON_CENTRE,
      kind: 'CHANNEL',
      url: receiver.url,
      auth: { type: 'BASIC', username: 'dove', password: 'pass' },
      userAttributes: [{ attribute: 'userId', name: 'userid' }],
      templateParams: [AMOUNT],
    });
    const path = await scene.launch({
      name: 'Big spenders',
      segmentKey: 'gold_baskets',
      steps: [{ touchpointId: id }],
      templateValues: { amount: 100 },
      trigger: { type: 'ONCE' },
    });
    expect(await scene.end(path)).toMatchObject({ audience: 2, succeeded: 2, failed: 0 });
    expect(receiver.received).toHaveLength(1);
    const [request] = receiver.received as [Received];
    checkChannelRequest(request, '');
    expect(request.headers.authorization).toBe(`Basic ${Buffer.from('dove:pass').toString('base64')}`);
    expect(request.body).toMatchObject({
      templateParam: { amount: 100 },
      userAttr: [{ userid: 'u-17' }, { userid: 'u-18' }],
    });
    const recipients = await scene.recipients(path);
    expect(recipients).toHaveLength(2);
    for (const recipient of recipients)
      expect(recipient).toMatchObject({ status: 'SUCCEEDED', deliveryId: expect.any(String) });
    const profile = await flagpost.owner.ok('GET', `${scene.path}/profiles/${recipients[0].gid}`);
    expect(profile.events[0]).toMatchObject({ name: '$ma_channel_touch' });
  });

  it("3: a birthday greeting with each customer's name", async () => {
    const { id } = await scene.touchpoint({
      name: 'SMS',
      kind: 'CHANNEL',
      url: receiver.url,
      auth: { type: 'NONE' },
      userAttributes: [{ attribute: 'userId', name: 'userid' }],
      templateParams: [{ name: 'message', displayName: 'Text', type: 'TEXT', required: true }],
    });
    const path = await scene.launch({
      name: 'Birthday',
      segmentKey: 'gold',
      steps: [{ touchpointId: id }],
      templateValues: { message: 'Dear {{name}}, on this wonderful day Dove wishes you a happy birthday!' },
      trigger: { type: 'ONCE' },
    });
    expect(await scene.end(path)).toMatchObject({ audience: 3, succeeded: 3 });
    const users = receiver.received.flatMap(({ body }) => body.userAttr);
    const greeting = (name: string): string =>
      `Dear ${name}, on this wonderful day Dove wishes you a happy birthday!`;
    expect(users).toEqual([
      { userid: 'u-17', message: greeting('Li Lei') },
      { userid: 'u-18', message: greeting('Han "Mei" Mei') },
      { userid: 'u-19', message: greeting('Wang Wei') },
    ]);
    for (const request of receiver.received) checkChannelRequest(request, '');
  });

  it('the second generation: a coupon system that answers user by user, and one that is asked later', async () => {
    const orders = new Map<string, number[]>();
    receiver.reply = ({ body, path }, response) => {
      const { timeStamp, orderNo, sign } = body;
      const expected = createHash('md5')
        .update(`token-1&${timeStamp}&${orderNo}`)
        .digest('hex')
        .toUpperCase();
      if (sign !== expected) return void response.writeHead(401).end();
      if (path.startsWith('/hook')) {
        orders.set(
          orderNo,
          body.dataList.map(({ gid }: { gid: number }) => gid),
        );
        return void response.end(JSON.stringify({ code: 0, orderNo, sendStatusList: [] }));
      }
      const [first, ...others] = orders.get(orderNo) ?? [];
      const sendStatusList = [
        { gid: first, status: 'TOU_FAIL', errorMsg: 'no stock' },
        ...others.map((gid) => ({ gid, status: 'TOU_SUCC' })),
      ];
      response.end(JSON.stringify({ code: 0, orderNo, sendStatusList }));
    };
    const receipts = { mode: 'ASYNC', url: receiver.url.replace('/hook', '/receipt'), timeoutMinutes: 5 };
    const { id } = await scene.touchpoint({
      name: 'Coupons',
      kind: 'TOUCHPOINT',
      type: 'BENEFIT',
      url: receiver.url,
      token: 'token-1',
      batchSize: 500,
      receipts,
      userAttributes: [{ attribute: 'userId', name: 'memberId' }],
      templateParams: [
        { name: 'amount', type: 'NUMBER', required: true },
        { name: 'title', type: 'TEXT' },
      ],
    });
    const path = await scene.launch({
      name: 'Coupons',
      segmentKey: 'gold',
      steps: [{ touchpointId: id }],
      templateValues: { amount: 100, title: 'For {{name|you}}' },
      trigger: { type: 'ONCE' },
    });
    expect(await scene.end(path)).toMatchObject({
      audience: 3,
      sent: 3,
      succeeded: 2,
      failed: 1,
      waiting: 0,
      failures: [{ reason: 'no stock', count: 1 }],
    });
    const reach = receiver.received.filter((request) => request.path === '/hook');
    expect(reach).toHaveLength(1);
    expect(reach[0]?.body).toEqual({
      timeStamp: expect.any(Number),
      orderNo: expect.stringMatching(/^[0-9a-f]{32}$/),
      sign: expect.stringMatching(/^[0-9A-F]{32}$/),
      dataList: [
        {
          gid: expect.any(Number),
          temData: { amount: 100, title: 'For Li Lei' },
          dynamicData: { memberId: 'u-17' },
        },
        expect.objectContaining({ dynamicData: { memberId: 'u-18' } }),
        expect.objectContaining({ dynamicData: { memberId: 'u-19' } }),
      ],
    });
    const failed = await flagpost.owner.ok('GET', `${path}/recipients?status=FAILED`);
    expect(failed.content).toEqual([expect.objectContaining({ status: 'FAILED', reason: 'no stock' })]);
  });

  it('changes of touchpoints and campaigns are events, in the feed and to webhooks', async () => {
    const webhook = { name: 'outreach', url: receiver.url, events: ['TOUCHPOINT.*', 'CAMPAIGN.*'] };
    const { id: webhookId } = await flagpost.owner.ok('POST', '/api/webhooks', webhook);
    const { id } = await scene.touchpoint({
      name: 'Watched',
      kind: 'CHANNEL',
      url: receiver.url,
      auth: { type: 'SECRET', secret: 'top-secret' },
      templateParams: [],
    });
    await flagpost.owner.ok('PATCH', `/api/touchpoints/${id}/disable`);
    await flagpost.owner.ok('DELETE', `/api/touchpoints/${id}`);
    const { id: campaignId } = await scene.campaign({ name: 'Watched' });
    await flagpost.owner.ok('DELETE', `${scene.path}/campaigns/${campaignId}`);
    const names = (): unknown[] =>
      receiver.received
        .map(({ headers }) => headers['x-featureprobe-event'])
        .filter((name) => name !== undefined);
    const wanted = ['TOUCHPOINT.CREATE', 'TOUCHPOINT.DISABLE', 'TOUCHPOINT.DELETE'];
    await waitFor(
      () => [...wanted, 'CAMPAIGN.CREATE', 'CAMPAIGN.DELETE'].every((name) => names().includes(name)),
      'the events',
    );
    expect(names().filter((name) => wanted.includes(name as string))).toEqual(wanted);
    for (const request of receiver.received) expect(request.bytes.toString()).not.toContain('top-secret');
    const feed = await flagpost.owner.ok('GET', '/api/events?limit=200');
    const told = feed.content.map(({ resource, action }: Json) => `${resource}.${action}`);
    expect(told).toEqual(
      expect.arrayContaining(['TOUCHPOINT.CREATE', 'CAMPAIGN.PUBLISH', 'CAMPAIGN.DELETE']),
    );
    expect(JSON.stringify(feed)).not.toContain('top-secret');
    await flagpost.owner.ok('DELETE', `/api/webhooks/${webhookId}`);
  });
});
