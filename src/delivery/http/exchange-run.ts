import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Answer, Exchange, Failure } from './exchange.js';
import { explain, type FailureCause } from './failure.js';
import { keepHeaders } from './response-headers.js';

/** Bytes of a response's body that are read at most, unless more are kept; then the connection is destroyed. */
export const MAX_BODY_READ = 64 * 1024;

/** Bytes of a response's body that are kept, where no other number is asked for, and in the log. */
export const MAX_BODY_KEPT = 4 * 1024;

const NO_BODY = Buffer.alloc(0);

const OVER = new Error('the exchange is over');

type Controller = Dispatcher.DispatchController;

/**
 * One exchange under way: takes undici's events, holds the deadline, and settles exactly once.
 *
 * ```
 *             onRequestStart        onResponseStart         onResponseEnd, or 64 KiB read
 *   waiting ────────────────▶ sent ────────────────▶ answering ────────────────▶ answer
 *      │ error, deadline        │ error, deadline        │ error, deadline
 *      ▼                        ▼                        ├─ status 2xx ─▶ failure (body, timeout) with the status
 *   failure                  failure                     └─ other ──────▶ answer: the status decides, whatever the body
 * ```
 *
 * Undici gives no handle to a request that still waits for its connection. One whose deadline passes meanwhile is
 * given up here at once, and refused by {@link onRequestStart} if its connection comes about later: nothing is ever
 * sent after the deadline. No method throws, since undici would turn that into an 'error' event without a listener.
 *
 * One of these is made for each request, thousands a second: hence callbacks and not promises, and no object that can
 * be done without.
 */
export class ExchangeRun implements Dispatcher.DispatchHandler {
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private controller: Controller | undefined;
  private statusCode: number | undefined;
  private headers: Record<string, string> = {};
  private kept: Buffer = NO_BODY;
  private keptLength = 0;
  private received = 0;
  private connectedAt: number | undefined;
  private answeredAt: number | undefined;
  private settled = false;
  private begun = false;

  /**
   * Starts the deadline, `timeoutMs` from now.
   * @param settle called once, and not before {@link begin} or {@link refuse} has returned
   * @param missing says what a connection that isn't there yet is still waiting for, if that is known
   * @param limit bytes of the body to keep
   */
  constructor(
    private readonly timeoutMs: number,
    private readonly settle: (exchange: Exchange) => void,
    private readonly missing: () => string | undefined,
    private readonly limit: number = MAX_BODY_KEPT,
  ) {
    this.timer = setTimeout(() => this.overrun(), timeoutMs);
  }

  /** Hands it to undici, unless the deadline has passed already. */
  begin(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions): void {
    try {
      if (!this.settled) dispatcher.dispatch(options, this);
    } catch (error) {
      this.fail(explain(error));
    }
    this.begun = true;
  }

  /** Gives it up without handing it to undici. */
  refuse(cause: FailureCause): void {
    this.fail(cause);
    this.begun = true;
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    this.connectedAt = performance.now();
    if (this.settled) controller.abort(OVER);
  }

  onResponseStart(_controller: Controller, statusCode: number, headers: IncomingHttpHeaders): void {
    // An interim response (102, 103) comes before the real one and says nothing.
    if (statusCode < 200 || this.settled) return;
    this.statusCode = statusCode;
    this.answeredAt = performance.now();
    this.headers = keepHeaders(headers);
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.settled) return;
    if (this.keptLength < this.limit) this.keep(chunk);
    this.received += chunk.length;
    if (this.received > MAX_BODY_READ && this.received > this.limit) this.finish(this.answer());
  }

  onResponseEnd(): void {
    // Without a status only a switch of protocols ends a response, and undici refuses those before.
    if (this.statusCode !== undefined) this.finish(this.answer(), true);
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    if (this.settled) return;
    if (this.statusCode === undefined) return this.fail(explain(error));
    const message = `the body of the ${this.statusCode} response broke off after ${this.received} bytes`;
    this.brokenBody({ reason: 'body', message });
  }

  /** Copies: a chunk is a view of the socket's read buffer, which a kept view would hold in memory. */
  private keep(chunk: Buffer): void {
    const length = Math.min(this.keptLength + chunk.length, this.limit);
    if (length > this.kept.length) this.kept = grown(this.kept, length, this.limit);
    chunk.copy(this.kept, this.keptLength, 0, length - this.keptLength);
    this.keptLength = length;
  }

  private body(): Buffer {
    return this.keptLength === this.kept.length ? this.kept : this.kept.subarray(0, this.keptLength);
  }

  private overrun(): void {
    const within = `within ${this.timeoutMs} ms`;
    if (this.statusCode !== undefined) {
      const message = `the body of the ${this.statusCode} response did not end ${within}`;
      return this.brokenBody({ reason: 'timeout', message });
    }
    const message = this.controller
      ? `no answer ${within}, though the connection was made`
      : [`no connection ${within}`, this.missing()].filter(Boolean).join(': ');
    this.fail({ reason: 'timeout', message });
  }

  /** A 2xx says "taken" only by its whole self; any other status has said what matters. */
  private brokenBody(cause: FailureCause): void {
    const status = this.statusCode ?? 0;
    this.finish(status >= 200 && status < 300 ? this.failure(cause) : this.answer());
  }

  /** @param complete the connection is fit for the next exchange; any other is destroyed */
  private finish(exchange: Exchange, complete = false): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    if (!complete) this.controller?.abort(OVER);
    if (this.begun) this.settle(exchange);
    else queueMicrotask(() => this.settle(exchange));
  }

  private fail(cause: FailureCause): void {
    this.finish(this.failure(cause));
  }

  private answer(): Answer {
    return {
      kind: 'answer',
      statusCode: this.statusCode ?? 0,
      headers: this.headers,
      body: this.body(),
      durationMs: this.durationMs(),
      connectMs: this.connectMs(),
      waitMs: this.waitMs(),
      receivedBytes: this.received,
    };
  }

  private failure({ reason, message }: FailureCause): Failure {
    const answered = this.statusCode !== undefined;
    return {
      kind: 'failure',
      reason,
      message,
      statusCode: this.statusCode,
      headers: answered ? this.headers : undefined,
      body: answered ? this.body() : undefined,
      durationMs: this.durationMs(),
      connectMs: this.connectMs(),
      waitMs: this.waitMs(),
      receivedBytes: this.received,
    };
  }

  private durationMs(): number {
    return Math.round(performance.now() - this.started);
  }

  private connectMs(): number | undefined {
    return this.connectedAt === undefined ? undefined : Math.round(this.connectedAt - this.started);
  }

  private waitMs(): number | undefined {
    const { answeredAt, connectedAt } = this;
    return answeredAt === undefined || connectedAt === undefined
      ? undefined
      : Math.round(answeredAt - connectedAt);
  }
}

/** Twice as long, or as long as it must be: a body that comes byte by byte is not copied for each of them. Never over the limit. */
function grown(kept: Buffer, length: number, limit: number): Buffer {
  const longer = Buffer.allocUnsafe(Math.min(Math.max(length, 2 * kept.length), limit));
  kept.copy(longer);
  return longer;
}
