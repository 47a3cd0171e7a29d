import { Pool } from 'undici';
import type { Sink } from './sink.js';

/** Set by the client itself. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

/** Requests that open the connections and warm up the compiler before the clock runs. */
const WARM_UP = 2_000;

/** What the loop came to: requests per second, CPU per request. */
export interface BareSpeed {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

export interface BareLoad {
  /** Requests as the sink got them, to be sent over and over. */
  readonly samples: readonly string[];
  readonly requests: number;
  readonly concurrency: number;
}

interface BareRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/**
 * The bound that a drain is held against: undici's `request` on a pool of kept connections sends these requests and reads the
 * answers, and there is nothing else to do: no database, no signing, none of our code.
 */
export async function bareLoop(sink: Sink, { samples, requests, concurrency }: BareLoad): Promise<BareSpeed> {
  const pool = new Pool(sink.origin, { connections: concurrency });
  const parsed = samples.map(parse);
  try {
    await send(pool, parsed, Math.min(WARM_UP, requests), concurrency);
    const cpu = process.cpuUsage();
    const start = performance.now();
    await send(pool, parsed, requests, concurrency);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: requests / seconds, cpuMicros: (user + system) / requests };
  } finally {
    await pool.close();
  }
}

async function send(
  pool: Pool,
  requests: readonly BareRequest[],
  count: number,
  concurrency: number,
): Promise<void> {
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < count) {
      const { path, headers, body } = requests[sent++ % requests.length] as BareRequest;
      const response = await pool.request({ path, method: 'POST', headers, body });
      await response.body.text();
      if (response.statusCode !== 200) throw new Error(`The sink answered ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
}

function parse(text: string): BareRequest {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines
    .map((line) => line.split(': ') as [string, string])
    .filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  return {
    path: first.split(' ')[1] ?? '/',
    headers: Object.fromEntries(headers),
    body: Buffer.from(text.slice(end + 4)),
  };
}
