import { Worker } from 'node:worker_threads';
import type { Log } from '../../../platform/log/logger.js';
import type { Exchange, OutgoingRequest } from '../exchange.js';
import { RequestSender } from '../request-sender.js';
import { canPass, packRequest, sharedMs, unpackExchanges, type Wire } from './wire.js';

/** What the thread's HTTP client is made with. */
export interface ThreadOptions {
  readonly egressAllow: readonly string[];
  readonly proxyFromEnvironment: boolean;
}

interface Pending {
  readonly request: OutgoingRequest;
  readonly at: number;
  readonly done: (exchange: Exchange) => void;
}

/** How often the thread is looked after, and how long after its deadline an exchange is missing; milliseconds. */
const WATCH_MS = 1_000;
const OVERDUE_MS = 3_000;

/**
 * Sends in a thread of its own, so that what receivers cost (TLS, HTTP) is not taken from the thread that serves the API and
 * speaks to the database: a second core is of use to one process, and a flood of deliveries doesn't slow down answers.
 *
 * A thread that ends by a defect, or answers no more, is replaced; what it had under way has failed then, and is tried again.
 */
export class ThreadSender extends RequestSender {
  readonly #pending = new Map<number, Pending>();
  #thread: Worker | undefined;
  #outbox: Wire = [];
  #lastId = 0;
  #watch: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** @param entry the compiled module that runs in the thread */
  constructor(
    private readonly options: ThreadOptions,
    private readonly log: Pick<Log, 'error'>,
    private readonly entry = new URL('./sender-thread.js', import.meta.url),
  ) {
    super();
  }

  begin(request: OutgoingRequest, done: (exchange: Exchange) => void): void {
    if (this.#closing) return queueMicrotask(() => done(failure('aborted', 'this process is shutting down')));
    if (!canPass(request)) return queueMicrotask(() => done(failure('other', 'a header has a line break')));
    this.#lastId += 1;
    const [id, at] = [this.#lastId, sharedMs()];
    this.#pending.set(id, { request, at, done });
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    packRequest(this.#outbox, { id, at, request });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #flush(): void {
    const wire = this.#outbox;
    this.#outbox = [];
    this.#thread ??= this.#start();
    this.#thread.postMessage(wire);
  }

  #start(): Worker {
    const thread = new Worker(this.entry, { workerData: this.options, name: 'deliveries' });
    thread.on('message', (wire: Wire) => {
      for (const [id, exchange] of unpackExchanges(wire)) this.#settle(id, exchange);
    });
    thread.on('error', (error) => this.#replace(thread, error));
    this.#watch = setInterval(() => this.#lookAfter(thread), WATCH_MS).unref();
    return thread;
  }

  #settle(id: number, exchange: Exchange): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.done(exchange);
  }

  #lookAfter(thread: Worker): void {
    const now = sharedMs();
    for (const { at, request } of this.#pending.values()) {
      if (now - at < request.timeoutMs + OVERDUE_MS) continue;
      this.#replace(thread, new Error('the thread that sends does not answer'));
      void thread.terminate();
      return;
    }
  }

  #replace(thread: Worker, error: unknown): void {
    if (this.#thread !== thread) return;
    this.log.error(
      { err: error, underWay: this.#pending.size },
      'the thread that sends failed, a new one takes its place',
    );
    this.#thread = undefined;
    clearInterval(this.#watch);
    const cutOff = [...this.#pending.values()];
    this.#pending.clear();
    for (const { done } of cutOff) done(failure('other', 'the request was cut off by a defect, see the log'));
  }

  async #close(): Promise<void> {
    const thread = this.#thread;
    clearInterval(this.#watch);
    if (!thread) return;
    if (this.#outbox.length > 0) this.#flush();
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close');
    await ended;
  }
}

function failure(reason: 'aborted' | 'other', why: string): Exchange {
  return { kind: 'failure', reason, message: reason === 'aborted' ? `not sent: ${why}` : why, durationMs: 0 };
}
