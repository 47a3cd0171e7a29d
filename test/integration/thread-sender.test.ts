import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange, OutgoingRequest } from '../../src/delivery/http/exchange.js';
import { ThreadSender } from '../../src/delivery/http/thread/thread-sender.js';
import { ensureBuilt } from '../support/built-server.js';
import { Receiver } from '../support/receiver.js';
import { waitFor } from '../support/wait-for.js';

/** Modules of a thread that misbehaves. */
const DEFECTS = {
  ends: `import { parentPort } from 'node:worker_threads';
         parentPort.once('message', () => { throw new Error('a defect'); });`,
  hangs: `import { parentPort } from 'node:worker_threads';
          parentPort.once('message', () => { for (;;); });`,
};

describe('sending from a thread', { timeout: 200_000 }, () => {
  let entry: URL;
  let receiver: Receiver;
  let sender: ThreadSender;
  let errors: unknown[];

  beforeAll(async () => {
    const main = await ensureBuilt();
    entry = pathToFileURL(join(dirname(main), 'delivery/http/thread/sender-thread.js'));
  }, 200_000);

  const senderOf = (module: URL, egressAllow = ['127.0.0.1/32']): ThreadSender =>
    new ThreadSender(
      { egressAllow, proxyFromEnvironment: false },
      { error: (fields: unknown) => errors.push(fields) },
      module,
    );
  const send = (request: Partial<OutgoingRequest>): Promise<Exchange> =>
    new Promise((resolve) => {
      sender.begin({ url: receiver.url, headers: {}, body: '{}', timeoutMs: 5_000, ...request }, resolve);
    });
  const defect = (source: string): URL => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

  beforeEach(async () => {
    errors = [];
    receiver = await Receiver.start();
    sender = senderOf(entry);
  });
  afterEach(async () => {
    await sender.close();
    await receiver.stop();
  });

  it('sends what it is given, byte by byte, and tells what came back', async () => {
    receiver.reply = (_request, response) => {
      response.writeHead(201, { 'X-Answer': 'yes' });
      response.end(Buffer.from([0xff, 0x00, 0xc3, 0xa9]));
    };
    const body = Buffer.from('{"data":"日本 🚩"}');
    const exchange = await send({ headers: { 'X-One': '1', 'Content-Type': 'text/plain' }, body });
    expect(receiver.received[0]?.bytes.equals(body)).toBe(true);
    expect(receiver.received[0]?.headers).toMatchObject({ 'x-one': '1', 'content-type': 'text/plain' });
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 201, receivedBytes: 4 });
    expect(exchange.headers?.['x-answer']).toBe('yes');
    expect(exchange.body).toEqual(Buffer.from([0xff, 0x00, 0xc3, 0xa9]));
  });

  it('keeps as much of an answer as it is told to', async () => {
    const long = Buffer.alloc(300_000, Buffer.from([0x00, 0xff, 0xe6, 0x97, 0xa5, 0x0a]));
    receiver.reply = (_request, response) => void response.end(long);
    const [whole, part, usual] = await Promise.all([
      send({ answerLimit: 400_000 }),
      send({ answerLimit: 1_001 }),
      send({}),
    ]);
    expect(whole.body?.equals(long)).toBe(true);
    expect(part.body?.equals(long.subarray(0, 1_001))).toBe(true);
    expect(usual.body?.equals(long.subarray(0, 4_096))).toBe(true);
  });

  it('tells each of many requests its own answer', async () => {
    receiver.reply = ({ bytes }, response) => void response.end(bytes);
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) => send({ body: JSON.stringify({ index }) })),
    );
    expect(answers.map((answer) => answer.body?.toString())).toEqual(
      Array.from({ length: 300 }, (_, index) => JSON.stringify({ index })),
    );
  });

  it('holds the deadline and the egress guard, and tells failures as they are', async () => {
    receiver.reply = () => undefined;
    expect(await send({ timeoutMs: 150 })).toMatchObject({ kind: 'failure', reason: 'timeout' });
    expect(await send({ url: 'http://127.0.0.1:1/' })).toMatchObject({ reason: 'refused' });
    await sender.close();
    sender = senderOf(entry, []);
    const refused = await send({});
    expect(refused).toMatchObject({ kind: 'failure', reason: 'egress' });
    expect(refused.kind === 'failure' && refused.message).toContain('EGRESS_ALLOW');
  });

  it('lets no header smuggle in another', async () => {
    const exchange = await send({ headers: { 'X-Line': 'a\nX-Other\nb' } });
    expect(exchange).toMatchObject({ kind: 'failure', reason: 'other' });
    expect(receiver.received).toHaveLength(0);
  });

  it('lets what is under way end when it closes, and sends nothing afterwards', async () => {
    receiver.reply = (_request, response) => void setTimeout(() => response.end('ok'), 100);
    const underWay = send({});
    await waitFor(() => receiver.received.length === 1, 'the request');
    await sender.close();
    expect(await underWay).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(await send({})).toMatchObject({ kind: 'failure', reason: 'aborted' });
  });

  it('fails what a thread had under way that ended by a defect, and takes another', async () => {
    await sender.close();
    sender = senderOf(defect(DEFECTS.ends));
    const results = await Promise.all([send({}), send({})]);
    for (const result of results) expect(result).toMatchObject({ kind: 'failure', reason: 'other' });
    expect(errors).toHaveLength(1);
    // The next one starts a thread anew, which ends like the first.
    expect(await send({})).toMatchObject({ kind: 'failure', reason: 'other' });
    expect(errors).toHaveLength(2);
  });

  it('does not wait for a thread that answers no more', async () => {
    await sender.close();
    sender = senderOf(defect(DEFECTS.hangs));
    expect(await send({ timeoutMs: 200 })).toMatchObject({ kind: 'failure', reason: 'other' });
    expect(errors).toHaveLength(1);
  });
});
