import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { Child } from './child.js';
import type { BenchDatabase } from './databases.js';

/** What the server's process used since its start. */
export interface ServerUsage {
  readonly statements: number;
  readonly commits: number;
  readonly peakMemoryMb: number;
  /** Resident memory and used heap at this moment. */
  readonly memoryMb: number;
  readonly heapMb: number;
  readonly cpuMs: number;
}

export const ADMIN_PASSWORD = 'Bench1234';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const PROBE = new URL('./server-probe.js', import.meta.url).href;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

export interface ServerOptions {
  readonly roles: 'api' | 'api,worker' | 'worker';
  /** Settings besides those that all have. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder for a CPU profile of the server's process. */
  readonly profile?: string;
}

/** Flagpost itself, as a child process on a free port. */
export class Server {
  private constructor(
    private readonly child: Child,
    readonly baseUrl: string,
  ) {}

  static async start(database: BenchDatabase, { roles, settings, profile }: ServerOptions): Promise<Server> {
    const port = await freePort();
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const child = Child.start(MAIN, {
      // The limit of `npm start`.
      execArgv: ['--max-old-space-size=1024', '--import', PROBE, ...profiling],
      // Its output is not ours, its errors are.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        HOST: '127.0.0.1',
        DATABASE_URL: database.url,
        ADMIN_PASSWORD,
        MASTER_KEY,
        ROLES: roles,
        EGRESS_ALLOW: '127.0.0.1/32',
        LOG_LEVEL: process.env['BENCH_LOG_LEVEL'] ?? 'error',
        ...settings,
      },
    });
    const server = new Server(child, `http://127.0.0.1:${port}`);
    await server.#ready();
    return server;
  }

  usage(): Promise<ServerUsage> {
    return this.child.ask({ kind: 'usage' });
  }

  /** Deliveries that wait, whichever process will send them. */
  pending(): Promise<number> {
    return this.#metric('flagpost_deliveries_pending');
  }

  /** Deliveries that this process sent and recorded as delivered. */
  delivered(): Promise<number> {
    return this.#metric('flagpost_deliveries_finished_total{status="SUCCEEDED"}');
  }

  stop(): Promise<void> {
    return this.child.stop(STOP_LIMIT_MS);
  }

  async #metric(series: string): Promise<number> {
    const response = await request(`${this.baseUrl}/metrics`);
    const text = await response.body.text();
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    if (line === undefined) throw new Error(`The metrics have no ${series}`);
    return Number(line.slice(series.length + 1));
  }

  async #ready(): Promise<void> {
    const end = Date.now() + START_LIMIT_MS;
    while (Date.now() < end) {
      if (this.child.hasEnded) throw new Error('The server ended while it started');
      const healthy = await fetch(`${this.baseUrl}/actuator/health`).then(
        (response) => response.ok,
        () => false,
      );
      if (healthy) return;
      await delay(20);
    }
    await this.stop();
    throw new Error('The server did not become healthy');
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
