/**
 * What sending one webhook request costs: bare undici, our HttpSender (axios over undici), and axios with its own
 * node adapter, in one run against a sink in a child process on loopback.
 *
 * Run: `npm run build && node dist/bench/http-client.js [--requests 10000] [--concurrency 50] [--rounds 5] [--json]`.
 * Rounds of the variants alternate, so that what else the machine does hits all alike; medians are shown. CPU is the
 * sending process's, user and system.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { Agent as HttpAgent } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import axios from 'axios';
import { Pool } from 'undici';
import { EgressGuard } from '../src/delivery/egress/egress-guard.js';
import { EgressPolicy } from '../src/delivery/egress/egress-policy.js';
import { HttpSender } from '../src/delivery/http/http-sender.js';

/** One way to send; resolves to the status. */
interface Variant {
  readonly name: string;
  send(): Promise<number>;
  close(): Promise<void>;
}

interface Round {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

const BODY = Buffer.from(
  JSON.stringify({ action: 'PUBLISH', data: { rules: 'x'.repeat(700) }, resource: 'TOGGLE' }),
);

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json; charset=utf-8',
  'User-Agent': 'FeatureProbe-Webhook/1.0',
  'X-FeatureProbe-Sign': '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  'X-FeatureProbe-Event': 'TOGGLE.PUBLISH',
  'X-FeatureProbe-Delivery': '01890a5d-ac96-774b-bcce-b302099a8057',
  'X-FeatureProbe-Attempt': '1',
  'webhook-id': '01890a5d-ac96-774b-bcce-b302099a8058',
  'webhook-timestamp': '1795000000',
  'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
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

function variantsFor(url: string, connections: number): Variant[] {
  const pool = new Pool(new URL(url).origin, { connections });
  const sender = new HttpSender(new EgressGuard(EgressPolicy.parse(['127.0.0.1/32'])), {
    proxyFromEnvironment: false,
  });
  const agent = new HttpAgent({ keepAlive: true, maxSockets: connections });
  const client = axios.create({
    httpAgent: agent,
    maxRedirects: 0,
    proxy: false,
    timeout: 10_000,
    responseType: 'arraybuffer',
  });
  return [
    {
      name: 'undici Pool',
      async send() {
        const { statusCode, body } = await pool.request({
          path: '/',
          method: 'POST',
          headers: HEADERS,
          body: BODY,
        });
        await body.arrayBuffer();
        return statusCode;
      },
      close: () => pool.close(),
    },
    {
      name: 'HttpSender',
      async send() {
        const exchange = await sender.send({ url, headers: HEADERS, body: BODY, timeoutMs: 10_000 });
        return exchange.statusCode ?? 0;
      },
      close: () => sender.close(),
    },
    {
      name: 'axios http adapter',
      send: async () => (await client.post(url, BODY, { headers: HEADERS })).status,
      close: async () => agent.destroy(),
    },
  ];
}

async function runRound(variant: Variant, requests: number, concurrency: number): Promise<Round> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const status = await variant.send();
      if (status !== 200) throw new Error(`${variant.name} got ${status} in place of 200`);
    }
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: requests / seconds, cpuMicros: (user + system) / requests };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function startSink(): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(fileURLToPath(import.meta.url), ['--sink']);
  return new Promise((resolve, reject) => {
    child.once('message', (port) => resolve({ child, port: Number(port) }));
    child.once('error', reject);
  });
}

async function main(requests: number, concurrency: number, rounds: number, asJson: boolean): Promise<void> {
  const { child, port } = await startSink();
  const variants = variantsFor(`http://127.0.0.1:${port}/`, concurrency);
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
    cpuMicros: Math.round(median(all.map((round) => round.cpuMicros))),
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
    requests: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '5' },
  },
});

if (values.sink) runSink();
else await main(Number(values.requests), Number(values.concurrency), Number(values.rounds), values.json);
