import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CRLF, RawExchange } from '../../../test/support/raw-exchange.js';
import type { Exchange } from './exchange.js';

let raw: RawExchange;
let receiver: RawExchange['receiver'];
let saying: RawExchange['saying'];
let send: RawExchange['send'];

const bodyOf = (exchange: Exchange): string => (exchange.body ?? Buffer.alloc(0)).toString();

beforeEach(() => {
  raw = new RawExchange();
  ({ receiver, saying, send } = raw);
});

afterEach(() => raw.close());

describe('an answer', () => {
  it('is handed over with status, headers and body', async () => {
    const { url } = await saying(
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain',
      'X-Twice: a',
      'x-twice: b',
      '__proto__: c',
      'Content-Length: 5',
      '',
      'hello',
    );
    const exchange = await send(url);
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(exchange.headers).toMatchObject({ 'content-type': 'text/plain', 'x-twice': 'a, b' });
    expect(bodyOf(exchange)).toBe('hello');
    expect(exchange.durationMs).toBeLessThan(3_000);
  });

  it('is to a request of exactly the headers and the body given', async () => {
    const { url, requests } = await saying('HTTP/1.1 204 No Content', '', '');
    const headers = {
      'X-FeatureProbe-Sign': 'abc=',
      'webhook-id': '1',
      'Content-Type': 'application/json; charset=utf-8',
    };
    await send(`${url}?a=%20b`, { headers, body: Buffer.from('{"é":1}') });
    const [head = '', body] = (requests[0] ?? '').split(CRLF + CRLF);
    expect(head.split(CRLF)).toEqual([
      'POST /hook?a=%20b HTTP/1.1',
      `host: ${new URL(url).host}`,
      'connection: keep-alive',
      'X-FeatureProbe-Sign: abc=',
      'webhook-id: 1',
      'Content-Type: application/json; charset=utf-8',
      'content-length: 8',
    ]);
    expect(Buffer.from(body ?? '', 'latin1').toString()).toBe('{"é":1}');
  });

  it.each([400, 404, 410, 429, 500, 503])('is %i as much as 200', async (status) => {
    const { url } = await saying(
      `HTTP/1.1 ${status} Whatever`,
      'Retry-After: 7',
      'Content-Length: 2',
      '',
      'no',
    );
    const exchange = await send(url);
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: status, headers: { 'retry-after': '7' } });
    expect(bodyOf(exchange)).toBe('no');
  });

  it('is the redirect itself, not followed', async () => {
    const there = await saying('HTTP/1.1 200 OK', 'Content-Length: 0', '', '');
    const here = await saying('HTTP/1.1 307 There', `Location: ${there.url}`, 'Content-Length: 0', '', '');
    expect(await send(here.url)).toMatchObject({
      kind: 'answer',
      statusCode: 307,
      headers: { location: there.url },
    });
    expect(there.requests).toHaveLength(0);
  });

  it('says how long its parts took and how much came', async () => {
    const { url } = await receiver((socket) => {
      setTimeout(
        () => socket.write(`HTTP/1.1 200 OK${CRLF}Content-Length: 5000${CRLF + CRLF}${'x'.repeat(5000)}`),
        50,
      );
    });
    const exchange = await send(url);
    expect(exchange.receivedBytes).toBe(5000);
    expect(exchange.connectMs).toBeGreaterThanOrEqual(0);
    expect(exchange.waitMs).toBeGreaterThanOrEqual(45);
    expect(exchange.durationMs).toBeGreaterThanOrEqual((exchange.waitMs ?? 0) - 1);
  });

  it('is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const { url } = await receiver((socket) => {
      socket.write(
        `HTTP/1.1 200 OK${CRLF}Content-Encoding: gzip${CRLF}Content-Length: ${bomb.length}${CRLF + CRLF}`,
      );
      socket.write(bomb);
    });
    const exchange = await send(url);
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(exchange.body?.equals(bomb.subarray(0, 4096))).toBe(true);
  });

  it('passes over an interim response', async () => {
    const { url } = await saying(
      'HTTP/1.1 103 Early Hints',
      'Link: x',
      '',
      'HTTP/1.1 201 Made',
      'Content-Length: 0',
      '',
      '',
    );
    expect(await send(url)).toMatchObject({ kind: 'answer', statusCode: 201 });
  });

  it('has its headers cut to size', async () => {
    const many = Array.from({ length: 40 }, (_, n) => `X-Long-${n}: ${'v'.repeat(1_200)}`);
    const { url } = await saying('HTTP/1.1 200 OK', ...many, 'Content-Length: 0', '', '');
    const { headers = {} } = await send(url);
    const size = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    expect(headers['x-long-0']).toBe(`${'v'.repeat(1_023)}…`);
    expect(size).toBeLessThanOrEqual(16 * 1024);
  });

  it('reuses connections', async () => {
    const { url, sockets } = await saying('HTTP/1.1 200 OK', 'Content-Length: 0', '', '');
    for (let n = 0; n < 5; n++) {
      await send(url);
      await sleep(5);
    }
    expect(sockets).toHaveLength(1);
  });
});

describe('a long or broken body', () => {
  it('is read up to 64 KiB and kept up to 4, and the connection destroyed', async () => {
    let written = 0;
    const { url, sockets } = await receiver((socket) => {
      socket.write(`HTTP/1.1 200 OK${CRLF}Transfer-Encoding: chunked${CRLF + CRLF}`);
      const more = (): void => {
        while (!socket.destroyed && socket.write(`1000${CRLF}${'x'.repeat(4096)}${CRLF}`)) written += 4096;
      };
      socket.on('drain', more);
      more();
    });
    const exchange = await send(url);
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(exchange.body).toHaveLength(4096);
    await sleep(50);
    expect(sockets[0]?.destroyed).toBe(true);
    expect(written).toBeLessThan(20_000_000);
  });

  it('is kept to the limit of its request, however it comes, and read no further', async () => {
    const { url, sockets } = await receiver((socket) => {
      socket.setNoDelay(true);
      socket.write(`HTTP/1.1 200 OK${CRLF}Transfer-Encoding: chunked${CRLF + CRLF}`);
      let n = 0;
      const more = (): void => {
        // Pieces of many sizes, each with its number in it.
        while (!socket.destroyed) {
          const piece = String(n).padEnd(1 + ((n * 37) % 3_000), '.');
          n += 1;
          if (!socket.write(`${piece.length.toString(16)}${CRLF}${piece}${CRLF}`)) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    const exchange = await send(url, { answerLimit: 150_001 });
    let expected = '';
    for (let n = 0; expected.length < 150_001; n += 1)
      expected += String(n).padEnd(1 + ((n * 37) % 3_000), '.');
    expect(bodyOf(exchange) === expected.slice(0, 150_001)).toBe(true);
    expect(exchange.receivedBytes).toBeLessThan(300_000);
    await sleep(50);
    expect(sockets[0]?.destroyed).toBe(true);
  });

  it('of exactly its limit is whole, and one below 4 KiB is kept to its own', async () => {
    const body = 'y'.repeat(100_000);
    const { url, sockets } = await saying('HTTP/1.1 200 OK', `Content-Length: ${body.length}`, '', body);
    expect((await send(url, { answerLimit: 100_000 })).body).toHaveLength(100_000);
    await sleep(10);
    expect(sockets[0]?.destroyed).toBe(false);
    expect((await send(url, { answerLimit: 10 })).body).toHaveLength(10);
  });

  it('of exactly 64 KiB is whole', async () => {
    const body = 'y'.repeat(64 * 1024);
    const { url, sockets } = await saying('HTTP/1.1 200 OK', `Content-Length: ${body.length}`, '', body);
    expect((await send(url)).kind).toBe('answer');
    await sleep(10);
    expect(sockets[0]?.destroyed).toBe(false);
  });

  it.each([
    ['shorter than its Content-Length', 'Content-Length: 100', 'cut'],
    ['in chunks without an end', 'Transfer-Encoding: chunked', `3${CRLF}cut${CRLF}`],
    [
      'in chunks, with Connection: close',
      `Connection: close${CRLF}Transfer-Encoding: chunked`,
      `3${CRLF}cut${CRLF}`,
    ],
    [
      'shorter than its Content-Length, with Connection: close',
      `Connection: close${CRLF}Content-Length: 9`,
      'cut',
    ],
  ])('fails a 200: %s', async (_name, header, body) => {
    const { url } = await receiver((socket) =>
      socket.end(`HTTP/1.1 200 OK${CRLF}${header}${CRLF + CRLF}${body}`),
    );
    const exchange = await send(url);
    expect(exchange).toMatchObject({ kind: 'failure', reason: 'body', statusCode: 200 });
    expect(bodyOf(exchange)).toBe('cut');
  });

  it.each(['Content-Length: 100', 'Connection: close'])(
    'fails a 200 when reset in it: %s',
    async (header) => {
      const { url } = await receiver((socket) => {
        socket.write(`HTTP/1.1 200 OK${CRLF}${header}${CRLF + CRLF}cut`);
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
      expect(await send(url)).toMatchObject({ kind: 'failure', reason: 'body', statusCode: 200 });
    },
  );

  it('that runs to the end of the connection is whole at that end', async () => {
    const { url } = await receiver((socket) => socket.end(`HTTP/1.1 200 OK${CRLF + CRLF}all`));
    expect(bodyOf(await send(url))).toBe('all');
  });

  it('leaves a 503 an answer', async () => {
    const { url } = await receiver((socket) => {
      socket.end(`HTTP/1.1 503 Busy${CRLF}Retry-After: 9${CRLF}Content-Length: 100${CRLF + CRLF}cut`);
    });
    expect(await send(url)).toMatchObject({
      kind: 'answer',
      statusCode: 503,
      headers: { 'retry-after': '9' },
    });
  });

  it('longer than its Content-Length is read as long as that', async () => {
    const { url } = await saying('HTTP/1.1 200 OK', 'Content-Length: 2', '', 'okayokayokay');
    expect(bodyOf(await send(url))).toBe('ok');
    await sleep(10);
    expect(bodyOf(await send(url))).toBe('ok');
  });
});

describe('what is no answer', () => {
  it('a port where nothing listens', async () => {
    const { url } = await receiver(() => undefined);
    const { port } = new URL(url);
    raw.servers.splice(0).forEach((server) => server.close());
    expect(await send(url)).toMatchObject({
      kind: 'failure',
      reason: 'refused',
      message: `connection refused by 127.0.0.1:${port}: nothing listens on that port`,
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closed', (socket) => socket.end()],
    ['reset', (socket) => socket.resetAndDestroy()],
    [
      'reset in the head',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-', () => socket.resetAndDestroy()),
    ],
    ['closed in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
  ])('a connection that is %s', async (_name, act) => {
    const { url, requests } = await receiver(act);
    expect(await send(url)).toMatchObject({ kind: 'failure', reason: 'reset' });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['HTTP/0.9', '<html>hello</html>\r\n\r\n'],
    ['bytes', '\0\x01\x02\xff\xfe\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 OK 200\r\n\r\n'],
    ['a status of 000', 'HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['both framings', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nab'],
    ['a 100 unasked for', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n'],
    ['headers over 64 KiB', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
  ])('%s', async (_name, bytes) => {
    const { url } = await receiver((socket) => socket.write(bytes, 'latin1'));
    expect(await send(url)).toMatchObject({ kind: 'failure', reason: 'malformed' });
  });

  it('a request that cannot be sent', async () => {
    const { url, requests } = await saying('HTTP/1.1 200 OK', 'Content-Length: 0', '', '');
    expect(await send(url, { headers: { 'X-Bad': 'a\r\nb' } })).toMatchObject({
      kind: 'failure',
      reason: 'other',
    });
    expect(await send(url, { headers: { 'Bad name': 'a' } })).toMatchObject({
      kind: 'failure',
      reason: 'other',
    });
    expect(await send('not a url')).toMatchObject({ kind: 'failure', reason: 'other' });
    expect(requests).toHaveLength(0);
  });

  it('a receiver that closes a kept connection just as the next request comes: sent once, not again', async () => {
    const { url, requests } = await receiver((socket, count) => {
      if (count === 2) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    expect((await send(url)).kind).toBe('answer');
    await sleep(5);
    expect(await send(url)).toMatchObject({ kind: 'failure', reason: 'reset' });
    expect(requests).toHaveLength(2);
    expect((await send(url)).kind).toBe('answer');
  });

  it('but a connection closed while idle is not used again', async () => {
    const { url, sockets } = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      setTimeout(() => socket.end(), 5);
    });
    for (let n = 0; n < 5; n++) {
      expect((await send(url)).kind).toBe('answer');
      await sleep(15);
    }
    expect(sockets).toHaveLength(5);
  });
});
