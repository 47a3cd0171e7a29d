import { EgressGuard } from '../../src/delivery/egress/egress-guard.js';
import { EgressPolicy } from '../../src/delivery/egress/egress-policy.js';
import { HttpSender } from '../../src/delivery/http/http-sender.js';

/** Set by the client itself. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length']);

/** What the loop came to: requests per second, CPU per request. */
export interface BareSpeed {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

interface BareRequest {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * The bound that a drain is held against: the engine's own HTTP client sends these requests (as the sink got them) over
 * and over on kept connections, with nothing else to do.
 */
export async function bareLoop(
  url: string,
  samples: readonly string[],
  load: { requests: number; concurrency: number },
): Promise<BareSpeed> {
  const sender = new HttpSender(new EgressGuard(EgressPolicy.parse(['127.0.0.1/32'])), {
    proxyFromEnvironment: false,
  });
  const requests = samples.map(parse);
  let sent = 0;
  const loop = async (): Promise<void> => {
    while (sent < load.requests) {
      const { headers, body } = requests[sent++ % requests.length] as BareRequest;
      const exchange = await sender.send({ url, headers, body, timeoutMs: 10_000 });
      if (exchange.statusCode !== 200) throw new Error(`The sink answered ${exchange.statusCode}`);
    }
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: load.concurrency }, loop));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await sender.close();
  return { perSecond: load.requests / seconds, cpuMicros: (user + system) / load.requests };
}

function parse(text: string): BareRequest {
  const end = text.indexOf('\r\n\r\n');
  const lines = text.slice(0, end).split('\r\n').slice(1);
  const headers = lines
    .map((line) => line.split(': ') as [string, string])
    .filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  return { headers: Object.fromEntries(headers), body: text.slice(end + 4) };
}
