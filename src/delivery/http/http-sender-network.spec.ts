import { spawn } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  isIP,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EgressGuard, type Resolver } from '../egress/egress-guard.js';
import { EgressPolicy } from '../egress/egress-policy.js';
import type { Exchange } from './exchange.js';
import { HttpSender, type HttpSenderOptions } from './http-sender.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../test/fixtures/tls/${name}`, import.meta.url));

const servers: TcpServer[] = [];
const senders: HttpSender[] = [];

async function listen<S extends TcpServer>(server: S): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function counting(): { server: Server; requests: IncomingMessage[] } {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end('ok');
  });
  return { server, requests };
}

/** A resolver that gives these answers one after another, the last again and again. */
function resolving(...answers: string[][]): Resolver {
  let calls = 0;
  return (_hostname, _options, callback) => {
    const found = answers[Math.min(calls++, answers.length - 1)] ?? [];
    const addresses: LookupAddress[] = found.map((address) => ({ address, family: isIP(address) }));
    setImmediate(() => callback(null, addresses));
  };
}

function send(
  url: string,
  allow: string[],
  resolver?: Resolver,
  options: Partial<HttpSenderOptions> = {},
  timeoutMs = 3_000,
): Promise<Exchange> {
  const guard = new EgressGuard(EgressPolicy.parse(allow), resolver);
  const sender = new HttpSender(guard, { proxyFromEnvironment: false, ...options });
  senders.push(sender);
  return sender.send({ url, headers: { 'X-A': '1' }, body: '{}', timeoutMs });
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
  for (const server of servers.splice(0)) server.close();
});

describe('names', () => {
  it('that resolve to an allowed address are reached, with the name as Host', async () => {
    const { server, requests } = counting();
    const port = await listen(server);
    const exchange = await send(`http://hooks.test:${port}/`, ['127.0.0.1'], resolving(['127.0.0.1']));
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(requests[0]?.headers.host).toBe(`hooks.test:${port}`);
  });

  it('that are not found fail so', async () => {
    const resolver: Resolver = (hostname, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', hostname }), []);
    expect(await send('http://hooks.test/', [], resolver)).toMatchObject({
      kind: 'failure',
      reason: 'dns',
      message: 'name hooks.test not found: DNS knows no such host, check the URL',
    });
  });

  it('are tried at the next address when the first refuses', async () => {
    const { server } = counting();
    const port = await listen(server);
    const exchange = await send(
      `http://hooks.test:${port}/`,
      ['127.0.0.0/8'],
      resolving(['127.0.0.9', '127.0.0.1']),
    );
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 200 });
  });

  it('say which address refused when all do', async () => {
    const { server } = counting();
    const port = await listen(server);
    server.close();
    const exchange = await send(
      `http://hooks.test:${port}/`,
      ['127.0.0.0/8'],
      resolving(['127.0.0.8', '127.0.0.9']),
    );
    expect(exchange).toMatchObject({ kind: 'failure', reason: 'refused' });
    expect(exchange.kind === 'failure' && exchange.message).toMatch(
      /^connection refused by 127\.0\.0\.\d:\d+: nothing listens/,
    );
  });

  it('whose look-up outlasts the deadline fail, and nothing is sent when it ends later', async () => {
    const { server, requests } = counting();
    const port = await listen(server);
    const slow: Resolver = (_host, _options, callback) => {
      setTimeout(() => callback(null, [{ address: '127.0.0.1', family: 4 }]), 250);
    };
    const exchange = await send(`http://slow.test:${port}/`, ['slow.test'], slow, {}, 100);
    expect(exchange).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
      message: 'no connection within 100 ms: DNS gave no address for slow.test in that time',
    });
    await sleep(300);
    expect(requests).toHaveLength(0);
  });
});

describe('connecting', () => {
  /** Listens, takes nothing, and has its queue full: the system drops further SYNs, as a firewall would. */
  async function deafListener(): Promise<{ port: number; stop: () => void }> {
    const code = `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    });`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(text.toString());
    const fillers = Array.from({ length: 6 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await sleep(50);
    const stop = (): void => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    };
    return { port, stop };
  }

  it.runIf(process.platform === 'linux')(
    'fails by the deadline where nobody answers, and says so',
    async () => {
      const { port, stop } = await deafListener();
      const exchange = await send(`http://127.0.0.1:${port}/`, ['127.0.0.1'], undefined, {}, 300);
      stop();
      expect(exchange).toMatchObject({
        kind: 'failure',
        reason: 'timeout',
        message: `no connection within 300 ms: nothing answered at 127.0.0.1:${port}; a firewall may drop what is sent there`,
      });
    },
  );
});

describe('the egress guard', () => {
  it('refuses literals before anything is sent', async () => {
    const { server, requests } = counting();
    const port = await listen(server);
    for (const host of ['127.0.0.1', '0x7f.1', '[::ffff:127.0.0.1]', '127.0.0.1.']) {
      const exchange = await send(`http://${host}:${port}/`, []);
      expect(exchange).toMatchObject({ kind: 'failure', reason: 'egress' });
      expect(exchange.kind === 'failure' && exchange.message).toContain('EGRESS_ALLOW');
    }
    expect(requests).toHaveLength(0);
  });

  it('refuses a name that was public when the webhook was saved and is loopback now', async () => {
    const { server, requests } = counting();
    const port = await listen(server);
    const resolver = resolving(['8.8.8.8'], ['127.0.0.1']);
    const url = `http://rebind.test:${port}/`;
    expect((await new EgressGuard(EgressPolicy.parse([]), resolver).check(url)).allowed).toBe(true);
    const exchange = await send(url, [], resolver);
    expect(exchange).toMatchObject({ kind: 'failure', reason: 'egress' });
    expect(exchange.kind === 'failure' && exchange.message).toContain('rebind.test resolves to 127.0.0.1');
    expect(requests).toHaveLength(0);
  });

  it('refuses localhost, by the resolver of the machine', async () => {
    const { server, requests } = counting();
    const port = await listen(server);
    expect(await send(`http://localhost:${port}/`, [])).toMatchObject({ kind: 'failure', reason: 'egress' });
    expect(requests).toHaveLength(0);
  });
});

describe('TLS', () => {
  const key = fixture('localhost.key');
  const serving = (cert: string): Promise<number> =>
    listen(createTlsServer({ key, cert: fixture(cert) }, (_request, response) => response.end('secure')));
  const trusting = (cert: string): Partial<HttpSenderOptions> => ({ ca: fixture(cert) });

  it('works with a trusted certificate, by name and by address', async () => {
    const port = await serving('localhost.crt');
    const byName = await send(
      `https://hooks.test:${port}/`,
      ['hooks.test'],
      resolving(['127.0.0.1']),
      trusting('localhost.crt'),
    );
    expect(byName).toMatchObject({ kind: 'answer', statusCode: 200 });
    const byAddress = await send(
      `https://127.0.0.1:${port}/`,
      ['127.0.0.1'],
      undefined,
      trusting('localhost.crt'),
    );
    expect(byAddress).toMatchObject({ kind: 'answer', statusCode: 200 });
  });

  it('refuses a self-signed certificate', async () => {
    const port = await serving('localhost.crt');
    expect(await send(`https://127.0.0.1:${port}/`, ['127.0.0.1'])).toMatchObject({
      kind: 'failure',
      reason: 'tls',
      message: expect.stringMatching(
        /^the certificate is self-signed and not trusted here: the receiver needs/,
      ),
    });
  });

  it('refuses a certificate whose issuer it does not know', async () => {
    const port = await serving('issued.crt');
    expect(await send(`https://127.0.0.1:${port}/`, ['127.0.0.1'])).toMatchObject({
      kind: 'failure',
      reason: 'tls',
      message: expect.stringMatching(
        /^the issuer of the certificate is unknown here: .*NODE_EXTRA_CA_CERTS$/,
      ),
    });
  });

  it('fails by the deadline where the handshake stalls, and says so', async () => {
    const port = await listen(createTcpServer(() => undefined));
    expect(await send(`https://127.0.0.1:${port}/`, ['127.0.0.1'], undefined, {}, 200)).toMatchObject({
      kind: 'failure',
      reason: 'timeout',
      message: `no connection within 200 ms: 127.0.0.1:${port} took the connection but did not end the TLS handshake`,
    });
  });

  it('fails where the connection is closed during the handshake', async () => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
    expect(await send(`https://127.0.0.1:${port}/`, ['127.0.0.1'])).toMatchObject({
      kind: 'failure',
      reason: expect.stringMatching(/^(tls|reset)$/),
    });
  });

  it('refuses an expired certificate', async () => {
    const port = await serving('expired.crt');
    const exchange = await send(
      `https://127.0.0.1:${port}/`,
      ['127.0.0.1'],
      undefined,
      trusting('expired.crt'),
    );
    expect(exchange).toMatchObject({
      kind: 'failure',
      reason: 'tls',
      message: 'the certificate has expired: the receiver has to renew it',
    });
  });

  it('refuses a certificate for another name', async () => {
    const port = await serving('localhost.crt');
    const exchange = await send(
      `https://other.test:${port}/`,
      ['other.test'],
      resolving(['127.0.0.1']),
      trusting('localhost.crt'),
    );
    expect(exchange).toMatchObject({
      kind: 'failure',
      reason: 'tls',
      message: 'the certificate is not for other.test: check the name in the URL',
    });
  });

  it('fails against a port that speaks plain HTTP', async () => {
    const port = await listen(counting().server);
    const exchange = await send(`https://127.0.0.1:${port}/`, ['127.0.0.1']);
    expect(exchange).toMatchObject({ kind: 'failure', reason: 'tls' });
    expect(exchange.kind === 'failure' && exchange.message).toMatch(/^TLS handshake failed: [a-z ]+$/);
  });
});

describe('a proxy in the environment', () => {
  /** A CONNECT proxy that resolves every name to loopback. */
  async function proxy(): Promise<{ url: string; targets: string[] }> {
    const targets: string[] = [];
    const server = createServer((_request, response) => response.writeHead(500).end());
    server.on('connect', (request, socket) => {
      targets.push(request.url ?? '');
      const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [upstream, socket])
        end.on('error', () => [upstream, socket].forEach((each) => each.destroy()));
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, url);
    for (const name of ['no_proxy', 'NO_PROXY']) vi.stubEnv(name, '');
    return { url, targets };
  }

  it('is not followed', async () => {
    const { targets } = await proxy();
    const port = await listen(counting().server);
    expect(await send(`http://127.0.0.1:${port}/`, ['127.0.0.1'])).toMatchObject({
      kind: 'answer',
      statusCode: 200,
    });
    expect(targets).toHaveLength(0);
  });

  it('is followed when told so, to targets that pass the guard', async () => {
    const { targets } = await proxy();
    const { server, requests } = counting();
    const port = await listen(server);
    const followed = { proxyFromEnvironment: true };
    const exchange = await send(`http://hooks.test:${port}/`, ['hooks.test'], undefined, followed);
    expect(exchange).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(requests[0]?.headers).toMatchObject({ host: `hooks.test:${port}`, 'x-a': '1' });
    expect(targets).toEqual([`hooks.test:${port}`]);
    for (const url of [`http://127.0.0.1:${port}/`, `http://hooks.test:${port}/`]) {
      expect(await send(url, [], resolving(['10.0.0.1']), followed)).toMatchObject({
        kind: 'failure',
        reason: 'egress',
      });
    }
    expect(targets).toHaveLength(1);
  });
});

describe('close', () => {
  it('lets what is under way end, and takes nothing new', async () => {
    const port = await listen(
      createServer((_request, response) => void setTimeout(() => response.end('ok'), 100)),
    );
    const guard = new EgressGuard(EgressPolicy.parse(['127.0.0.1']));
    const sender = new HttpSender(guard, { proxyFromEnvironment: false });
    const request = { url: `http://127.0.0.1:${port}/`, headers: {}, body: '', timeoutMs: 3_000 };
    const underWay = sender.send(request);
    await sleep(20);
    const closed = sender.close();
    expect(await sender.send(request)).toMatchObject({ kind: 'failure', reason: 'aborted' });
    expect(await underWay).toMatchObject({ kind: 'answer', statusCode: 200 });
    await closed;
    await sender.close();
  });
});
