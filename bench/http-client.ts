/**
 * What a try costs, one request in one process: bare undici `request()`, our HttpSender, a DeliverySender's whole try with
 * signatures, judgement and metrics, and that with its line in the log, in one run against a sink in a child process on loopback.
 *
 * Run: `npm run build && node dist/bench/http-client.js [--requests 3000] [--concurrency 50] [--rounds 25] [--json]`.
 * Rounds are short and of the variants by turns, so that what else the machine does hits all alike; medians are shown. CPU is the
 * sending process's, user and system. The bare loop runs without an AsyncLocalStorage, which makes every promise dearer; ours
 * runs with one, as the server does.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { fork, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Agent, request } from 'undici';
import { DeliveryMetrics } from '../src/delivery/delivery-metrics.js';
import { EgressGuard } from '../src/delivery/egress/egress-guard.js';
import { EgressPolicy } from '../src/delivery/egress/egress-policy.js';
import { HttpSender } from '../src/delivery/http/http-sender.js';
import type { Claim } from '../src/delivery/queue/claim.js';
import type { Verdict } from '../src/delivery/queue/settlement-writes.js';
import { DeliverySender } from '../src/delivery/worker/delivery-sender.js';
import type { TryResult } from '../src/delivery/worker/try-result.js';
import { TryLog } from '../src/delivery/worker/try-log.js';
import { Clock } from '../src/platform/clock/clock.js';
import { createRootLogger, Log } from '../src/platform/log/logger.js';
import { NoTracing } from '../src/platform/tracing/tracing.js';
import { WebhookEndpoint } from '../src/webhooks/outgoing/webhook-endpoint.js';

/** One way to send; resolves to the status. */
interface Variant {
  readonly name: string;
  /** Whether an AsyncLocalStorage is in use meanwhile. */
  readonly stores: boolean;
  send(): Promise<number>;
  close(): Promise<void>;
}

interface Round {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

/** Endpoints are made afresh for so many tries, as the worker makes them for each round, and as many lines are logged at once. */
const ROUND_SIZE = 64;

const ENDPOINTS = 10;

const BODIES = Array.from({ length: ROUND_SIZE }, (_, index) =>
  JSON.stringify({ action: 'PUBLISH', data: { rules: `${index}`.padEnd(700, 'x') }, resource: 'TOGGLE' }),
);

const EVENT_ID = '01890a5d-ac96-774b-bcce-b302099a8058';
const DELIVERY_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json; charset=utf-8',
  'User-Agent': 'FeatureProbe-Webhook/1.0',
  'X-FeatureProbe-Sign': '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  'X-FeatureProbe-Event': 'TOGGLE.PUBLISH',
  'X-FeatureProbe-Delivery': DELIVERY_ID,
  'X-FeatureProbe-Attempt': '1',
  'webhook-id': EVENT_ID,
  'webhook-timestamp': '1795000000',
  'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  traceparent: TRACEPARENT,
};

/** Answers each request with a fixed 200; knows just enough of HTTP to find the end of one, so it is never the limit. */
function runSink(): void {
  const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok');
  const server = createServer((socket: Socket) => {
    let pending: Buffer = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const head = pending.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(pending.toString('latin1', 0, head))?.[1] ?? 0);
      if (pending.length < head + 4 + length) return;
      pending = pending.subarray(head + 4 + length);
      socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit(0));
}

function newSender(): HttpSender {
  return new HttpSender(new EgressGuard(EgressPolicy.parse(['127.0.0.1/32'])), {
    proxyFromEnvironment: false,
  });
}

function bareRequests(url: string): Variant {
  const dispatcher = new Agent();
  let sent = 0;
  return {
    name: 'undici request()',
    stores: false,
    async send() {
      const body = BODIES[sent++ % ROUND_SIZE] as string;
      const response = await request(url, { dispatcher, method: 'POST', headers: HEADERS, body });
      await response.body.dump();
      return response.statusCode;
    },
    close: () => dispatcher.close(),
  };
}

function httpSender(url: string): Variant {
  const sender = newSender();
  let sent = 0;
  return {
    name: 'HttpSender',
    stores: true,
    async send() {
      const body = BODIES[sent++ % ROUND_SIZE] as string;
      const exchange = await sender.send({ url, headers: HEADERS, body, timeoutMs: 10_000 });
      return exchange.statusCode ?? 0;
    },
    close: () => sender.close(),
  };
}

function wholeTry(url: string, logs: boolean): Variant {
  const log = new Log(createRootLogger('info', pino.destination({ dest: '/dev/null', sync: true })));
  const metrics = new DeliveryMetrics({ registry: new Registry() });
  const sender = new DeliverySender(newSender(), new Clock(), metrics, new NoTracing(), log);
  const tryLog = new TryLog(log);
  const claims = claimsOf(url);
  let verdicts: Verdict[] = [];
  return {
    name: logs ? 'DeliverySender and log' : 'DeliverySender',
    stores: true,
    async send() {
      const claim = claims.next().value;
      const result = await new Promise<TryResult>((resolve) => sender.begin(claim, resolve));
      if (logs && verdicts.push({ result, status: 'SUCCEEDED' }) === ROUND_SIZE) {
        tryLog.write(verdicts);
        verdicts = [];
      }
      return result.statusCode ?? 0;
    },
    close: () => sender.close(),
  };
}

/** Claims as the worker gets them: endpoints of the round, a message of their own. */
function* claimsOf(url: string): Generator<Claim, never> {
  for (;;) {
    const endpoints = Array.from({ length: ENDPOINTS }, (_, index) => endpointAt(url, index));
    for (const [index, body] of BODIES.entries()) yield claimOf(endpoints[index % ENDPOINTS]!, body);
  }
}

function endpointAt(url: string, id: number): WebhookEndpoint {
  const target = {
    id,
    organizationId: 1,
    url,
    timeoutMs: 10_000,
    maxInFlight: 10,
    maxPerSecond: null,
    ordering: 'RESOURCE' as const,
    sealedSecret: null,
    sealedPreviousSecret: null,
    previousSecretUntil: null,
    asymmetricSignature: false,
    sealedHeaders: null,
  };
  return new WebhookEndpoint(target, { secret: '3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706' }, {});
}

function claimOf(endpoint: WebhookEndpoint, body: string): Claim {
  return {
    deliveryId: DELIVERY_ID,
    laneId: 1,
    leaseToken: '',
    ephemeralLane: false,
    endpoint,
    tryNumber: 1,
    createdAt: Date.now() - 1000,
    expiresAt: Date.now() + 1_000_000,
    isProbe: false,
    sendBefore: Number.POSITIVE_INFINITY,
    message: {
      id: EVENT_ID,
      organizationId: 1,
      eventId: EVENT_ID,
      eventName: 'TOGGLE.PUBLISH',
      contentType: 'application/json; charset=utf-8',
      body,
      traceparent: TRACEPARENT,
    },
  };
}

async function runRound(variant: Variant, requests: number, concurrency: number): Promise<Round> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const status = await variant.send();
      if (status !== 200) throw new Error(`${variant.name} got ${status} in place of 200`);
    }
  };
  const workers = (): Promise<unknown> => Promise.all(Array.from({ length: concurrency }, worker));
  const storage = new AsyncLocalStorage();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await (variant.stores ? storage.run({}, workers) : workers());
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  storage.disable();
  return { perSecond: requests / seconds, cpuMicros: (user + system) / requests };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function startSink(): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(fileURLToPath(import.meta.url), ['--sink'], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('message', (port) => resolve({ child, port: Number(port) }));
    child.once('error', reject);
  });
}

async function main(requests: number, concurrency: number, rounds: number, asJson: boolean): Promise<void> {
  const { child, port } = await startSink();
  const url = `http://127.0.0.1:${port}/`;
  const variants = [bareRequests(url), httpSender(url), wholeTry(url, false), wholeTry(url, true)];
  const results = new Map<string, Round[]>(variants.map(({ name }) => [name, []]));
  // The first pass only warms up the compiler and the connections.
  for (let round = -1; round < rounds; round++) {
    for (const variant of variants) {
      const result = await runRound(variant, requests, concurrency);
      if (round >= 0) results.get(variant.name)?.push(result);
    }
  }
  await Promise.all(variants.map((variant) => variant.close()));
  child.disconnect();
  report(results, asJson);
}

function report(results: Map<string, Round[]>, asJson: boolean): void {
  const rows = [...results].map(([name, all]) => ({
    name,
    perSecond: Math.round(median(all.map((round) => round.perSecond))),
    cpuMicros: Math.round(10 * median(all.map((round) => round.cpuMicros))) / 10,
  }));
  const base = rows[0];
  const table = rows.map((row) => ({
    ...row,
    throughputRatio: Number((row.perSecond / (base?.perSecond ?? 1)).toFixed(2)),
    cpuRatio: Number((row.cpuMicros / (base?.cpuMicros ?? 1)).toFixed(2)),
  }));
  if (asJson) console.log(JSON.stringify(table, null, 2));
  else console.table(table);
}

const { values } = parseArgs({
  options: {
    sink: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    requests: { type: 'string', default: '3000' },
    concurrency: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '25' },
  },
});

if (values.sink) runSink();
else await main(Number(values.requests), Number(values.concurrency), Number(values.rounds), values.json);
