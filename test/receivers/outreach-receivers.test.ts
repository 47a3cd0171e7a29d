import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Endpoint, Message } from '../../src/delivery/index.js';
import { bytesOf } from '../../src/delivery/index.js';
import { readReach, readReceipt } from '../../src/outreach/requests/answers.js';
import type { Profile } from '../../src/outreach/profiles/profile.js';
import { compileBodies, receiptBody, REACH_EVENT } from '../../src/outreach/requests/reach-bodies.js';
import { ReachEndpoint, ReceiptEndpoint } from '../../src/outreach/requests/reach-endpoint.js';
import type { Touchpoint } from '../../src/outreach/touchpoints/touchpoint.js';
import { channel, customTouchpoint, receiptTouchpoint } from '../support/sample-touchpoints.js';
import type { Language } from './languages.js';
import { ReceiverProcess } from './receiver-process.js';

const DOCS = join(import.meta.dirname, '../../docs');
/** ASCII: in the plainest locale Java can't read others from its environment. */
const SECRET = 'f2d1a7c0 a secret with a blank';

const JAVA: Language = {
  name: 'java',
  probe: ['java', '-version'],
  start: async () => ['java', join(DOCS, 'receivers/OutreachReceiver.java')],
};

/** The example in the document, as it stands there. */
const NODE: Language = {
  name: 'node',
  probe: ['node', '--version'],
  start: async (scratch) => {
    const text = await readFile(join(DOCS, 'outreach-requests.md'), 'utf8');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
    const file = join(scratch, 'receiver.mjs');
    await writeFile(file, code);
    return ['node', file];
  },
};

const hasJava = spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
if (!hasJava) console.log('receivers: java is not on this machine, OutreachReceiver.java was not run');

const ORDERS = ['1', '2', '3', '4'].map((digit) => `00000000-0000-7000-8000-${digit.repeat(12)}`);
const USERS: Profile[] = [
  { gid: 123, userId: 'u-"17', attributes: { name: '李雷 {"gid":5,"temData":', city: '😀' } },
  { gid: 9_007_199_254_740_991, attributes: {} },
];
const GIDS = new Set(USERS.map(({ gid }) => gid));
const CONTENT = {
  userAttributes: [
    { attribute: 'userId', name: 'userid' },
    { attribute: 'city', name: 'city' },
  ],
  templateParams: [{ name: 'message', type: 'TEXT' as const }],
};
const VALUES = { message: 'Dear {{name|friend}}' };

const messageOf = (body: string, orderId: string): Message => ({
  id: 'message',
  organizationId: 1,
  eventId: orderId,
  eventName: REACH_EVENT,
  contentType: 'application/json',
  body,
  traceparent: null,
});

/** One try, as the engine makes it. */
async function attempt(endpoint: Endpoint, stored: Message, port: number, change = (body: string) => body) {
  const sent = endpoint.messageAt!(stored, Date.now());
  const headers = endpoint.headersFor({ deliveryId: 'delivery', number: 1, at: Date.now(), message: sent });
  const body = change(bytesOf(sent).toString());
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  const answer: Answer = {
    kind: 'answer',
    statusCode: response.status,
    headers: {},
    body: Buffer.from(await response.arrayBuffer()),
    durationMs: 1,
  };
  return { answer, outcome: endpoint.judge!(answer, Date.now(), sent) };
}

const endOf = (answer: Answer, orderId: string) => ({
  endpointId: 7,
  deliveryId: 'delivery',
  eventId: orderId,
  eventName: REACH_EVENT,
  status: 'SUCCEEDED' as const,
  statusCode: answer.statusCode,
  answer: answer.body,
  at: 1,
});

const stored = (touchpoint: Touchpoint, orderId: string): Message =>
  messageOf(compileBodies(touchpoint, VALUES)(USERS, orderId), orderId);

const ALL_SUCCEEDED = new Map([...GIDS].map((gid) => [gid, { status: 'SUCCEEDED' }]));

describe.each(hasJava ? [JAVA, NODE] : [NODE])('a touchpoint in $name', (language) => {
  let receiver: ReceiverProcess;

  beforeAll(async () => {
    receiver = await ReceiverProcess.start(language, SECRET);
  });
  afterAll(() => receiver?.stop());

  const orderLine = (orderId: string) => `order ${orderId.replaceAll('-', '')} users=2`;

  it('answers what came of each user, and a repeat like the first', async () => {
    const touchpoint = customTouchpoint(CONTENT, { secret: SECRET });
    for (let tries = 0; tries < 2; tries += 1) {
      const { answer, outcome } = await attempt(
        new ReachEndpoint(touchpoint),
        stored(touchpoint, ORDERS[0]!),
        receiver.port,
      );
      expect(outcome).toEqual({ kind: 'delivered' });
      expect(readReach(touchpoint, endOf(answer, ORDERS[0]!), GIDS)).toMatchObject({
        results: ALL_SUCCEEDED,
      });
    }
    await receiver.waitForLine(orderLine(ORDERS[0]!));
    expect(receiver.lines.filter((line) => line === orderLine(ORDERS[0]!))).toHaveLength(1);
  });

  it('answers for receipts', async () => {
    const touchpoint = receiptTouchpoint({ secret: SECRET });
    const ask = async () => {
      const asking = messageOf(receiptBody(ORDERS[1]!), ORDERS[1]!);
      const { answer } = await attempt(new ReceiptEndpoint(touchpoint), asking, receiver.port);
      return readReceipt(touchpoint, endOf(answer, ORDERS[1]!), GIDS);
    };
    expect(await ask()).toEqual({ kind: 'each', results: new Map() });
    const { answer } = await attempt(
      new ReachEndpoint(touchpoint),
      stored(touchpoint, ORDERS[1]!),
      receiver.port,
    );
    expect(readReach(touchpoint, endOf(answer, ORDERS[1]!), GIDS)).toEqual({ kind: 'accepted' });
    expect(await ask()).toMatchObject({ results: ALL_SUCCEEDED });
  });

  it.each([
    ['another token', 'another', (body: string) => body],
    ['no sign', '', (body: string) => body],
    ['another time', SECRET, (body: string) => body.replace(/"timeStamp":\d/, '"timeStamp":2')],
  ])('refuses %s', async (_name, secret, change) => {
    const touchpoint = customTouchpoint(CONTENT, { secret });
    const order = ORDERS[2]!;
    const { outcome } = await attempt(
      new ReachEndpoint(touchpoint),
      stored(touchpoint, order),
      receiver.port,
      change,
    );
    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(receiver.lines).not.toContain(orderLine(order));
  });
});

describe.each(hasJava ? [SECRET, ''] : [])('a channel in java with the secret "%s"', (secret) => {
  let receiver: ReceiverProcess;

  beforeAll(async () => {
    receiver = await ReceiverProcess.start(JAVA, secret);
  });
  afterAll(() => receiver?.stop());

  const auth = secret === '' ? ({ type: 'NONE' } as const) : ({ type: 'SECRET' } as const);
  const touchpoint = channel({ ...CONTENT, auth }, { secret, name: '白鸽卡券中心' });

  it('verifies X-gio-signature over the bytes, and drops repeats', async () => {
    for (let tries = 0; tries < 2; tries += 1) {
      const { outcome } = await attempt(
        new ReachEndpoint(touchpoint),
        stored(touchpoint, ORDERS[3]!),
        receiver.port,
      );
      expect(outcome).toEqual({ kind: 'delivered' });
    }
    await receiver.waitForLine('channel 白鸽卡券中心');
    expect(receiver.lines.filter((line) => line.startsWith('channel'))).toHaveLength(1);
  });

  it('refuses another secret, and another body', async () => {
    const order = ORDERS[2]!;
    const other = {
      ...touchpoint,
      secret: 'another',
      config: { ...touchpoint.config, auth: { type: 'SECRET' } },
    } as Touchpoint;
    for (const [from, change] of [
      [other, (body: string) => body],
      [touchpoint, (body: string) => `${body} `],
    ] as const) {
      const { answer, outcome } = await attempt(
        new ReachEndpoint(from),
        stored(from, order),
        receiver.port,
        change,
      );
      expect(answer.statusCode).toBe(401);
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'answered 401 Unauthorized' });
    }
  });
});
