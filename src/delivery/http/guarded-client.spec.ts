import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../../platform/config/index.js';
import { EgressGuard, type Resolver } from '../egress/egress-guard.js';
import { EgressPolicy } from '../egress/egress-policy.js';
import { GuardedClient } from './guarded-client.js';

const LIMITS = { timeoutMs: 2_000, maxBytes: 1_000 };

describe('GuardedClient', () => {
  let server: Server;
  let requests = 0;
  let client: GuardedClient | undefined;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      requests += 1;
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  afterEach(async () => {
    await client?.onApplicationShutdown();
    requests = 0;
  });

  const port = (): number => (server.address() as AddressInfo).port;
  /** Answers the addresses in turn, the last of them for good. */
  const resolving =
    (...addresses: string[]): Resolver =>
    (_hostname, _options, callback) => {
      const address = addresses.length > 1 ? addresses.shift() : addresses[0];
      callback(null, [{ address: address ?? '', family: 4 }]);
    };
  const clientFor = (allow: string[], resolver: Resolver, proxied = false): GuardedClient => {
    const guard = new EgressGuard(EgressPolicy.parse(allow), resolver);
    client = new GuardedClient(guard, { egressProxyFromEnvironment: proxied } as Settings);
    return client;
  };

  it('reaches what is allowed, and answers the text and the status', async () => {
    const allowed = clientFor(['127.0.0.1/32'], resolving('127.0.0.1'));
    const result = await allowed.post(`http://api.test:${port()}/`, {}, LIMITS);
    expect(result).toEqual({ kind: 'answer', statusCode: 200, text: '{"ok":true}' });
  });

  it('is not led astray by a name that resolves differently the second time', async () => {
    const resolver = resolving('93.184.216.34', '127.0.0.1');
    const guard = new EgressGuard(EgressPolicy.parse([]), resolver);
    expect(await guard.check('http://rebinding.test/')).toMatchObject({ allowed: true });
    client = new GuardedClient(guard, { egressProxyFromEnvironment: false } as Settings);
    const result = await client.post(`http://rebinding.test:${port()}/`, {}, LIMITS);
    expect(result).toEqual({
      kind: 'failure',
      message: expect.stringContaining('rebinding.test resolves to 127.0.0.1, a loopback address'),
    });
    expect(requests).toBe(0);
  });

  it.each([
    ['http://127.0.0.1', 'is a loopback address'],
    ['http://[::1]', 'is a loopback address'],
    ['http://0x7f.1', 'is a loopback address'],
    ['http://user:pass@api.test', 'carries a user name or password'],
    ['file:///etc/passwd', 'by http or https only'],
    ['data:application/json,{}', 'by http or https only'],
    ['nonsense', 'the URL is not valid'],
  ])('refuses %s', async (url, reason) => {
    const strict = clientFor([], resolving('93.184.216.34'));
    const target = url.startsWith('http') && !url.includes('@') ? `${url}:${port()}/` : url;
    const result = await strict.post(target, {}, LIMITS);
    expect(result).toEqual({ kind: 'failure', message: expect.stringContaining(reason) });
    expect(requests).toBe(0);
  });

  it('checks names before a proxy resolves them', async () => {
    const proxied = clientFor([], resolving('10.0.0.1'), true);
    const result = await proxied.post('http://inner.test/', {}, LIMITS);
    expect(result).toEqual({
      kind: 'failure',
      message: expect.stringContaining('inner.test resolves to 10.0.0.1'),
    });
  });

  it('says in plain words what went wrong', async () => {
    const failing = clientFor([], (_hostname, _options, callback) =>
      callback(Object.assign(new Error('x'), { code: 'EAI_AGAIN', hostname: 'api.test' }), []),
    );
    expect(await failing.post('http://api.test/', {}, LIMITS)).toEqual({
      kind: 'failure',
      message: 'name api.test could not be looked up: DNS gave no answer for now',
    });
  });
});
