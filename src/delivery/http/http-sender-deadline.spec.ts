import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CRLF, RawExchange } from '../../../test/support/raw-exchange.js';

let raw: RawExchange;
let receiver: RawExchange['receiver'];
let send: RawExchange['send'];

beforeEach(() => {
  raw = new RawExchange();
  ({ receiver, send } = raw);
});

afterEach(() => raw.close());

describe('the deadline', () => {
  it('covers a head that never comes', async () => {
    const { url, sockets } = await receiver(() => undefined);
    const exchange = await send(url, { timeoutMs: 200 });
    expect(exchange).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
      message: 'no answer within 200 ms, though the connection was made',
    });
    expect(exchange.durationMs).toBeGreaterThanOrEqual(195);
    expect(exchange.durationMs).toBeLessThan(400);
    await sleep(20);
    expect(sockets[0]?.destroyed).toBe(true);
  });

  it.each([200, 503])('is not put off by a dripping body: %i', async (status) => {
    const { url } = await receiver((socket) => {
      socket.write(`HTTP/1.1 ${status} Drip${CRLF}Content-Length: 1000${CRLF + CRLF}`);
      const drip = setInterval(() => socket.write('.'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const exchange = await send(url, { timeoutMs: 300 });
    expect(exchange).toMatchObject(
      status === 200
        ? { kind: 'failure', reason: 'timeout', statusCode: 200 }
        : { kind: 'answer', statusCode: 503 },
    );
    expect(exchange.durationMs).toBeLessThan(500);
  });

  it.each([
    ['a head', 'X-Drip: '],
    ['a line', ''],
  ])('is not put off by %s that drips', async (_name, start) => {
    const { url } = await receiver((socket) => {
      if (start !== '') socket.write(`HTTP/1.1 200 OK${CRLF}${start}`);
      const text = start === '' ? 'HTTP/1.1 200 OK' : 'drop';
      let sent = 0;
      const drip = setInterval(() => socket.write(text[sent++ % text.length] ?? ''), 20);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await send(url, { timeoutMs: 250 })).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
      message: 'no answer within 250 ms, though the connection was made',
    });
  });

  it('covers a receiver that is gone without a word, and its connection is not used again', async () => {
    const { url, sockets } = await receiver((socket, count) => {
      if (count !== 2) socket.write(`HTTP/1.1 200 OK${CRLF}Content-Length: 0${CRLF + CRLF}`);
    });
    expect((await send(url)).kind).toBe('answer');
    await sleep(20);
    expect(await send(url, { timeoutMs: 200 })).toMatchObject({ kind: 'failure', reason: 'timeout' });
    expect((await send(url)).kind).toBe('answer');
    await sleep(20);
    expect(sockets.some((socket) => socket.destroyed)).toBe(true);
    expect(sockets.at(-1)?.destroyed).toBe(false);
  });

  it('holds against a flood of interim responses', async () => {
    const { url, sockets } = await receiver((socket) => {
      const interim = `HTTP/1.1 102 Processing${CRLF + CRLF}`.repeat(500);
      const flood = (): void => {
        while (!socket.destroyed && socket.write(interim));
      };
      socket.on('drain', flood);
      flood();
    });
    expect(await send(url, { timeoutMs: 300 })).toMatchObject({ kind: 'failure', reason: 'timeout' });
    await sleep(50);
    expect(sockets[0]?.destroyed).toBe(true);
  });

  it('is not put off by interim responses without end', async () => {
    const { url } = await receiver((socket) => {
      const drip = setInterval(() => socket.write(`HTTP/1.1 102 Processing${CRLF + CRLF}`), 20);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await send(url, { timeoutMs: 200 })).toMatchObject({ kind: 'failure', reason: 'timeout' });
  });
});
