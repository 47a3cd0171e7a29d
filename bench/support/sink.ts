import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** One request as it arrived; instants are of `sharedClockMs`. */
export interface Arrival {
  readonly path: string;
  readonly toggleKey: string;
  readonly at: number;
}

/** What the sink got since it was last reset. */
export interface SinkState {
  count: number;
  firstAt: number;
  lastAt: number;
  /** The first requests, whole. */
  samples: string[];
  /** Every request, if asked for. */
  arrivals: Arrival[];
}

export type SinkCommand =
  | { readonly kind: 'reset'; readonly keepsArrivals: boolean }
  | { readonly kind: 'count' }
  | { readonly kind: 'state' }
  /** Breaks the connections that hang. */
  | { readonly kind: 'release' };

const POLL_MS = 10;

/** The handle of a sink in a child process, see `sink-process.ts`. */
export class Sink {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  static async start(): Promise<Sink> {
    const child = fork(fileURLToPath(new URL('./sink-process.js', import.meta.url)));
    const [port] = (await once(child, 'message')) as [number];
    return new Sink(child, port);
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async reset(options: { keepsArrivals: boolean } = { keepsArrivals: false }): Promise<void> {
    await this.#ask({ kind: 'reset', ...options });
  }

  state(): Promise<SinkState> {
    return this.#ask({ kind: 'state' });
  }

  async release(): Promise<void> {
    await this.#ask({ kind: 'release' });
  }

  /** Waits until so many requests came, at most `limitMs`. */
  async waitFor(count: number, limitMs: number, pollMs = POLL_MS): Promise<void> {
    const end = Date.now() + limitMs;
    for (;;) {
      const state = await this.#ask({ kind: 'count' });
      if (state.count >= count) return;
      if (Date.now() > end) throw new Error(`${state.count} of ${count} requests came within ${limitMs} ms`);
      await delay(pollMs);
    }
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  async #ask(command: SinkCommand): Promise<SinkState> {
    const answered = once(this.child, 'message');
    this.child.send(command);
    const [state] = (await answered) as [SinkState];
    return state;
  }
}
