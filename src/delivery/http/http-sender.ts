import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.js';
import { ConnectionPhases } from './connection-phases.js';
import { CONNECT_TIMEOUT_MS, guardedConnector } from './connector.js';
import { ExchangeRun } from './exchange-run.js';
import type { Exchange, OutgoingRequest } from './exchange.js';
import type { FailureCause } from './failure.js';
import { RequestSender } from './request-sender.js';
import { Targets } from './targets.js';

/** An idle connection is kept this long, ms: under the 5 s of a Node receiver. `Keep-Alive: timeout` is obeyed. */
const KEEP_ALIVE_MS = 4_000;

/** Of a response's headers altogether, bytes; more is malformed. */
const MAX_HEADER_BYTES = 64 * 1024;

const NOT_SENT: Exchange = Object.freeze({
  kind: 'failure',
  reason: 'aborted',
  message: 'not sent: this process is shutting down',
  durationMs: 0,
});

/** How an {@link HttpSender} reaches receivers. */
export interface HttpSenderOptions {
  /** Follow `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. The proxy then resolves names, so it has to guard too. */
  readonly proxyFromEnvironment: boolean;
  /** Certificates (PEM) to trust in place of Node's own list. */
  readonly ca?: string | Buffer;
}

/**
 * Sends one webhook request and tells what came of it, as data: {@link send} never rejects.
 *
 * It speaks to undici's dispatcher itself: HTTP/1.1 with keep-alive pools per origin, and as many connections as there
 * are requests under way, since the engine bounds those and a request must not spend its deadline in a queue. No redirect
 * is followed and no content encoding undone. Undici's `request()` costs twice the CPU of this (bench/http-client.ts).
 *
 * A request is written once and never again within a try. A receiver may close an idle connection just as a request
 * goes out on it; undici checks an idle connection before it writes and moves what it hasn't written to a new one,
 * but once written nobody can tell whether the receiver acted on it before it closed. Sending again at once would be
 * allowed (at least once; receivers drop repeats by `webhook-id`), but it would be a second request that no attempt
 * in the log stands for. So it is a failed try, and the retry follows in seconds.
 */
export class HttpSender extends RequestSender {
  private readonly dispatcher: Agent | EnvHttpProxyAgent;
  private readonly phases = new ConnectionPhases();
  private readonly targets: Targets;
  private readonly proxied: boolean;
  private underWay = 0;
  private closing: Promise<void> | undefined;
  private lastEnded: (() => void) | undefined;

  constructor(
    private readonly guard: EgressGuard,
    options: HttpSenderOptions,
  ) {
    super();
    this.targets = new Targets(guard, this.phases);
    this.proxied = options.proxyFromEnvironment;
    this.dispatcher = dispatcherFor(guard, this.phases, options);
  }

  /** Sends it and waits for the outcome, at most `timeoutMs`. */
  send(request: OutgoingRequest): Promise<Exchange> {
    return new Promise((resolve) => this.begin(request, resolve));
  }

  /** The same without a promise, for whoever sends many. */
  begin(request: OutgoingRequest, done: (exchange: Exchange) => void): void {
    if (this.closing) return queueMicrotask(() => done(NOT_SENT));
    const target = this.targets.of(request.url);
    if (target.refused) return queueMicrotask(() => done(failureOf(target.refused)));
    this.underWay += 1;
    const end = (exchange: Exchange): void => {
      this.underWay -= 1;
      if (this.underWay === 0) this.lastEnded?.();
      handOver(exchange, done);
    };
    const run = new ExchangeRun(request.timeoutMs, end, target.missing, request.answerLimit);
    const { origin, path } = target;
    const { url, headers, body } = request;
    const options: Dispatcher.DispatchOptions = { origin, path, method: 'POST', headers, body };
    if (this.proxied) void this.beginByProxy(run, options, url);
    else run.begin(this.dispatcher, options);
  }

  /** Takes no new requests, lets those under way end (each has its deadline), then closes all connections. */
  close(): Promise<void> {
    this.closing ??= this.ended().then(() => this.dispatcher.destroy());
    return this.closing;
  }

  /** A proxy looks names up itself, past the guarded look-up of the connector, so the target is checked before. */
  private async beginByProxy(
    run: ExchangeRun,
    options: Dispatcher.DispatchOptions,
    url: string,
  ): Promise<void> {
    const verdict = await this.guard.check(url);
    if (!verdict.allowed) return run.refuse({ reason: 'egress', message: verdict.reason });
    // The headers are copied as a proxy agent adds a Host to the object it is given.
    return run.begin(this.dispatcher, { ...options, headers: { ...options.headers } });
  }

  private ended(): Promise<void> {
    if (this.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.lastEnded = resolve;
    });
  }
}

function failureOf({ reason, message }: FailureCause): Exchange {
  return { kind: 'failure', reason, message, durationMs: 0, receivedBytes: 0 };
}

/** Undici would swallow what `done` throws: it calls back from the midst of its parser. */
function handOver(exchange: Exchange, done: (exchange: Exchange) => void): void {
  try {
    done(exchange);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** What requests go through: connects only to what the guard allows, by the proxies of the environment if it should. */
export function dispatcherFor(
  guard: EgressGuard,
  phases: ConnectionPhases,
  { proxyFromEnvironment, ca }: HttpSenderOptions,
): Agent | EnvHttpProxyAgent {
  const options: Agent.Options = {
    connect: guardedConnector(guard, phases, ca),
    // Off: the one deadline of the exchange covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    allowH2: false,
  };
  if (!proxyFromEnvironment) return new Agent(options);
  const proxyTls = { timeout: CONNECT_TIMEOUT_MS };
  return new EnvHttpProxyAgent({
    ...options,
    proxyTls,
    requestTls: ca === undefined ? proxyTls : { ...proxyTls, ca },
  });
}
