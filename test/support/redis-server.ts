import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';

/** Whether this run has Redis, as the global set-up found it. */
export const HAS_REDIS = process.env['FLAGPOST_TEST_REDIS'] === 'yes';

/** Servers that run now; none outlives the test process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Whether `redis-server` can be started on this machine. */
export function canStartRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A Redis of a suite's own, that may be flushed, stopped and held up at will. It keeps nothing over a restart. */
export class RedisServer {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** Not yet started. */
  static async create(): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'flagpost-redis-')));
  }

  static async start(): Promise<RedisServer> {
    const server = await RedisServer.create();
    await server.start();
    return server;
  }

  /** Value for REDIS_URL. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again on the same port, and waits until it answers. */
  async start(): Promise<void> {
    const options = { port: this.port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: this.folder };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn('redis-server', words, { stdio: 'ignore' });
    this.#child = child;
    running.add(child);
    await waitFor(() => this.run((redis) => redis.ping()).catch(() => undefined), 'Redis to answer');
  }

  /** Ends it by its process id, as an operator or a crash would. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    child.kill('SIGCONT');
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    running.delete(child);
  }

  /** Connections stay open, and nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs commands on a connection of their own. */
  async run<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await commands(redis);
    } finally {
      redis.disconnect();
    }
  }

  async flush(): Promise<void> {
    await this.run((redis) => redis.flushall());
  }
}
