import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child } from './child.js';

/** One request as it arrived; instants are of `sharedClockMs`. */
export interface Arrival {
  readonly path: string;
  readonly toggleKey: string;
  readonly at: number;
}

/** How many requests the sink took since it was last reset, and when. */
export interface SinkCount {
  count: number;
  firstAt: number;
  lastAt: number;
  /** When this was told. */
  now: number;
}

/** What the sink took since it was last reset. */
export interface SinkState extends SinkCount {
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
  | { readonly kind: 'release' }
  /** From now on answers come after so many milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** From now on paths that begin with `/fickle` get this status. */
  | { readonly kind: 'fickle'; readonly status: number };

const POLL_MS = 10;
const STOP_LIMIT_MS = 2_000;

/** The handle of a sink in a child process, see `sink-process.ts`. */
export class Sink {
  private constructor(
    private readonly child: Child,
    private readonly port: number,
  ) {}

  static async start(): Promise<Sink> {
    const child = Child.start(fileURLToPath(new URL('./sink-process.js', import.meta.url)));
    return new Sink(child, await child.message<number>());
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  url(path: string): string {
    return `${this.origin}${path}`;
  }

  async reset(options: { keepsArrivals: boolean } = { keepsArrivals: false }): Promise<void> {
    await this.#ask({ kind: 'reset', ...options });
  }

  state(): Promise<SinkState> {
    return this.#ask({ kind: 'state' });
  }

  count(): Promise<SinkCount> {
    return this.#ask({ kind: 'count' });
  }

  async release(): Promise<void> {
    await this.#ask({ kind: 'release' });
  }

  /** Lets all answers wait so long; 0: none does. */
  async answerAfter(ms: number): Promise<void> {
    await this.#ask({ kind: 'slow', ms });
  }

  /** Answers with this status at paths that begin with `/fickle`. */
  async answerFickle(status: number): Promise<void> {
    await this.#ask({ kind: 'fickle', status });
  }

  /** Waits until so many requests came, at most `limitMs`. */
  async waitFor(count: number, limitMs: number, pollMs = POLL_MS): Promise<SinkCount> {
    const end = Date.now() + limitMs;
    for (;;) {
      const state = await this.count();
      if (state.count >= count) return state;
      if (Date.now() > end) throw new Error(`${state.count} of ${count} requests came within ${limitMs} ms`);
      await delay(pollMs);
    }
  }

  stop(): Promise<void> {
    return this.child.stop(STOP_LIMIT_MS);
  }

  #ask(command: SinkCommand): Promise<SinkState> {
    return this.child.ask(command);
  }
}
