import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ApiClient } from './api-client.js';
import { ensureBuilt } from './built-server.js';
import { ADMIN_PASSWORD } from './flagpost.js';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';

const START_LIMIT_MS = 40_000;

/** Children that run now; none outlives the test process, whatever happens to that. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Loaded into the server before its own code: ends it when the test process was itself killed and could not. */
const WATCH_PARENT = `data:text/javascript,${encodeURIComponent(
  `const parent = ${process.pid};
   setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 1000).unref();`,
)}`;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The built server as a process of its own, on a port that stays the same over restarts. Deliveries may reach loopback, and
 * retries come quickly.
 */
export class FlagpostProcess {
  #child: ChildProcess | undefined;
  #exit: Promise<Exit> | undefined;
  #stdout = '';
  #stderr = '';

  private constructor(
    readonly port: number,
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Not yet started. A variable set to '' is as good as unset. */
  static async create(
    databaseUrl: string,
    environment: Record<string, string> = {},
  ): Promise<FlagpostProcess> {
    const port = environment['PORT'] ? Number(environment['PORT']) : await freePort();
    return new FlagpostProcess(port, {
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      ADMIN_PASSWORD,
      MASTER_KEY: randomBytes(32).toString('base64'),
      EGRESS_ALLOW: '127.0.0.1/32',
      RETRY_SECONDS: '0.1',
      LOG_LEVEL: 'info',
      ...environment,
    });
  }

  /** Created, started and healthy. */
  static async start(
    databaseUrl: string,
    environment: Record<string, string> = {},
  ): Promise<FlagpostProcess> {
    const server = await FlagpostProcess.create(databaseUrl, environment);
    await server.start();
    return server;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get anonymous(): ApiClient {
    return new ApiClient(this.baseUrl);
  }

  /** All that was printed since the first start. */
  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How the latest run ended; waits for it. */
  get exit(): Promise<Exit> {
    if (!this.#exit) throw new Error('The server was never started');
    return this.#exit;
  }

  login(): Promise<ApiClient> {
    return this.anonymous.login('Admin', ADMIN_PASSWORD);
  }

  /** Starts it, or starts it again, and waits until it is healthy. */
  async start(): Promise<void> {
    await this.spawn();
    await waitFor(() => this.#isHealthyOrGone(), 'the server to be healthy', START_LIMIT_MS);
    if (!this.isRunning) throw new Error(`The server ended at its start:\n${this.#stdout}${this.#stderr}`);
  }

  /** Starts it and does not wait: for starts that are meant to fail. */
  async spawn(): Promise<void> {
    if (this.isRunning) throw new Error('The server runs already');
    const main = await ensureBuilt();
    const child = spawn(process.execPath, ['--import', WATCH_PARENT, main], {
      env: { PATH: process.env['PATH'], TZ: process.env['TZ'], ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#child = child;
    // 'close' comes when the output has been read to its end too.
    this.#exit = once(child, 'close').then(([code, signal]) => {
      running.delete(child);
      return { code, signal } as Exit;
    });
  }

  /** Kills it as a crash would, without a chance to tidy up. */
  async kill9(): Promise<void> {
    if (!this.isRunning) return;
    this.#child?.kill('SIGKILL');
    await this.exit;
  }

  /** Asks it to end, and waits until it has. */
  async terminate(): Promise<Exit> {
    this.#child?.kill('SIGTERM');
    return this.exit;
  }

  /** Ends it gracefully; anything but exit code 0 is an error. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const { code, signal } = await this.terminate();
    if (code !== 0)
      throw new Error(`The server ended with ${code ?? signal}:\n${this.#stdout}${this.#stderr}`);
  }

  async #isHealthyOrGone(): Promise<boolean> {
    if (!this.isRunning) return true;
    try {
      return (await fetch(`${this.baseUrl}/actuator/health`)).ok;
    } catch {
      return false;
    }
  }
}
