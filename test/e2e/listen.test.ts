import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../packages/flagpost-webhooks/src/index.js';
import type { ApiClient, Json } from '../support/api-client.js';
import { ensureBuilt } from '../support/built-server.js';
import { createTestDatabase, type TestDatabase } from '../support/databases.js';
import { FlagpostProcess } from '../support/flagpost-process.js';
import { Receiver } from '../support/receiver.js';
import { typedClient } from '../support/typed-client.js';
import { waitFor } from '../support/wait-for.js';
import { changeEverything } from './every-change.js';

const SECRET = 'listen-secret-ключ';

/** A start may have to wait for a build. */
const LIMIT_MS = 180_000;

/** `npm run listen` as a process of its own. */
class Listener {
  stdout = '';
  stderr = '';
  readonly exit: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exit = once(child, 'close').then(([code]) => code as number | null);
  }

  /** One for each event shown, without the instant. */
  get events(): string[] {
    const lines = this.stdout.split('\n').slice(1, -1);
    return lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ''));
  }
}

describe('npm run listen', { timeout: LIMIT_MS }, () => {
  let database: TestDatabase;
  let server: FlagpostProcess;
  let owner: ApiClient;
  let token: string;
  const listeners: Listener[] = [];
  const receivers: Receiver[] = [];
  beforeAll(async () => {
    database = await createTestDatabase('sqlite');
    server = await FlagpostProcess.start(database.url);
    owner = await server.login();
    token = await makeToken('OWNER');
    await owner.ok('POST', '/api/projects', { key: 'shop', name: 'Shop' });
  }, LIMIT_MS);
  afterEach(async () => {
    for (const { child } of listeners.splice(0)) child.kill('SIGKILL');
    await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  });
  afterAll(async () => {
    await server.kill9();
    await database.remove();
  });

  const makeToken = async (role: string): Promise<string> =>
    (await owner.ok('POST', '/api/tokens', { name: `of ${role}`, type: 'APPLICATION', role })).token;
  const run = async (args: string[], environment: Record<string, string> = {}): Promise<Listener> => {
    const main = join(dirname(await ensureBuilt()), 'listen/main.js');
    const child = spawn(process.execPath, [main, '--url', server.baseUrl, ...args], {
      env: { PATH: process.env['PATH'], FLAGPOST_TOKEN: token, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const listener = new Listener(child);
    listeners.push(listener);
    return listener;
  };
  const listen = async (...args: string[]): Promise<Listener> => {
    const listener = await run(args);
    await waitFor(() => listener.stdout.includes('\n'), 'the first line');
    return listener;
  };
  const startReceiver = async (): Promise<Receiver> => {
    const receiver = await Receiver.start();
    receivers.push(receiver);
    return receiver;
  };
  const change = (description: string): Promise<Json> =>
    owner.ok('PATCH', '/api/projects/shop', { description });

  it('shows each event in a line, and ends with Ctrl-C', async () => {
    const listener = await listen();
    expect(listener.stdout).toMatch(/^Listening to all events of http:.+ Ctrl-C ends it\.\n$/);
    await change('one');
    await owner.ok('POST', '/api/projects/shop/segments', { key: 'vip', name: 'VIP' });
    await waitFor(() => listener.events.length >= 2, 'two lines');
    expect(listener.events).toEqual([
      'PROJECT.UPDATE Admin projectKey=shop',
      'SEGMENT.CREATE Admin projectKey=shop segmentKey=vip',
    ]);
    listener.child.kill('SIGINT');
    expect(await listener.exit).toBe(0);
    expect(listener.stderr).toBe('');
  });

  it('shows past events since an instant, then live ones', async () => {
    await change('past');
    const { content } = await owner.ok('GET', '/api/events?limit=1');
    const listener = await listen('--since', String(content[0].timestamp));
    await change('live');
    await waitFor(() => listener.events.length >= 2, 'two lines');
    expect(listener.events).toEqual(Array(2).fill('PROJECT.UPDATE Admin projectKey=shop'));
  });

  it('forwards what a webhook wants, in the very bytes and headers that the webhook sends', async () => {
    const [real, local] = [await startReceiver(), await startReceiver()];
    const { id } = await owner.ok('POST', '/api/webhooks', {
      name: 'real',
      url: real.url,
      secretKey: SECRET,
      maskSdkKeys: true,
      events: ['PROJECT.*', 'ENVIRONMENT.*', 'TOGGLE.PUBLISH', 'SEGMENT.*'],
      projectKeys: ['MAIN-shop'],
    });
    const listener = await listen('--webhook', String(id), '--forward', local.url);
    await change('not wanted: another project');
    await changeEverything(typedClient(owner), 'http://127.0.0.1:9/');
    await real.waitFor('PROJECT.DELETE');
    await local.waitFor('PROJECT.DELETE');
    await waitFor(() => listener.events.length === real.received.length, 'all lines');
    expect(local.received).toHaveLength(real.received.length);
    expect(real.received.length).toBeGreaterThan(8);
    for (const { headers, bytes } of local.received) {
      const same = real.received.find((one) => one.headers['webhook-id'] === headers['webhook-id'])!;
      expect(bytes.equals(same.bytes)).toBe(true);
      expect(verify(headers, bytes, SECRET).id).toBe(same.headers['webhook-id']);
      expect(headers['x-featureprobe-sign']).toBe(same.headers['x-featureprobe-sign']);
      for (const name of ['content-type', 'user-agent', 'x-featureprobe-event', 'x-featureprobe-attempt'])
        expect([name, headers[name]]).toEqual([name, same.headers[name]]);
      const missing = Object.keys(same.headers).filter((name) => !(name in headers));
      expect(missing).toEqual(['traceparent']);
    }
    expect(listener.events.every((line) => /  → 200 in \d+ ms$/.test(line))).toBe(true);
  });

  it('says what becomes of forwarding, and goes on', async () => {
    const local = await startReceiver();
    local.answerWith(500);
    const listener = await listen('--forward', local.url, '--secret', SECRET);
    await change('answered 500');
    await waitFor(() => listener.events.length >= 1, 'a line');
    expect(verify(local.received[0]!.headers, local.received[0]!.bytes, SECRET).scheme).toBe('v1');
    await local.stop();
    receivers.length = 0;
    await change('refused');
    await waitFor(() => listener.events.length >= 2, 'two lines');
    expect(listener.events[0]).toMatch(/→ 500 in \d+ ms$/);
    expect(listener.events[1]).toMatch(/→ failed: .+/);
  });

  it('forwards unsigned for those who may not read the secret, and says so', async () => {
    const { id } = await owner.ok('POST', '/api/webhooks', { name: 'kept', url: 'http://127.0.0.1:9/' });
    const local = await startReceiver();
    const writer = await makeToken('WRITER');
    const listener = await listen('--token', writer, '--webhook', String(id), '--forward', local.url);
    await change('unsigned');
    const [request] = await local.waitFor('PROJECT.UPDATE');
    expect(request!.headers).not.toHaveProperty('webhook-signature');
    expect(listener.stderr).toContain('unsigned');
  });

  it('goes on where it was when the server comes back', async () => {
    const listener = await listen();
    await change('before');
    await waitFor(() => listener.events.length >= 1, 'a line');
    await server.stop();
    await waitFor(() => listener.stderr.includes('Connection lost'), 'the loss to be told');
    await server.start();
    await change('meanwhile');
    await change('after');
    await waitFor(() => listener.events.length >= 3, 'what was missed');
    await change('last');
    await waitFor(() => listener.events.length >= 4, 'what is live');
    expect(listener.events).toHaveLength(4);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['no token', [], { FLAGPOST_TOKEN: '' }, /token is needed/],
    ['a wrong token', ['--token', 'api-wrong'], {}, /answered 403: Forbidden/],
    ['an unknown webhook', ['--webhook', '999'], {}, /WebHook 999 not found/],
    ['a webhook that is no number', ['--webhook', 'x'], {}, /--webhook must be the number/],
    ['a wrong instant', ['--since', 'yesterday'], {}, /since/],
    ['a wrong URL', ['--forward', 'localhost:3000'], {}, /--forward must be a URL/],
    ['an unknown option', ['--nothing'], {}, /--nothing/],
    ['nobody there', ['--url', 'http://127.0.0.1:1'], {}, /ECONNREFUSED|bad port/],
  ])('ends with what is wrong: %s', async (_what, args, environment, message) => {
    const listener = await run(args, environment);
    expect(await listener.exit).toBe(1);
    expect(listener.stderr).toMatch(message);
    expect(listener.stderr).not.toContain('    at ');
  });
});
