import { Axios } from 'axios';
import { Agent, EnvHttpProxyAgent } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.js';
import { ConnectionPhases } from './connection-phases.js';
import { CONNECT_TIMEOUT_MS, guardedConnector } from './connector.js';
import type { Exchange, OutgoingRequest } from './exchange.js';
import { Outgoing, undiciAdapter } from './undici-adapter.js';

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
 * Axios over undici: HTTP/1.1 with keep-alive pools per origin, and as many connections as there are requests under
 * way, since the engine bounds those and a request must not spend its deadline in a queue. No redirect is followed
 * and no content encoding undone.
 *
 * A request is written once and never again within a try. A receiver may close an idle connection just as a request
 * goes out on it; undici checks an idle connection before it writes and moves what it hasn't written to a new one,
 * but once written nobody can tell whether the receiver acted on it before it closed. Sending again at once would be
 * allowed (at least once; receivers drop repeats by `webhook-id`), but it would be a second request that no attempt
 * in the log stands for. So it is a failed try, and the retry follows in seconds.
 */
export class HttpSender {
  private readonly dispatcher: Agent | EnvHttpProxyAgent;
  private readonly client: Axios;
  private underWay = 0;
  private closing: Promise<void> | undefined;
  private lastEnded: (() => void) | undefined;

  constructor(guard: EgressGuard, options: HttpSenderOptions) {
    const phases = new ConnectionPhases();
    this.dispatcher = dispatcherFor(guard, phases, options);
    const transport = { dispatcher: this.dispatcher, phases, proxied: options.proxyFromEnvironment };
    // The class itself rather than axios.create(): no default headers, transforms, status check or redirects.
    this.client = new Axios({ method: 'post', adapter: undiciAdapter(guard, transport) });
  }

  /** Sends it and waits for the outcome, at most `timeoutMs`. */
  async send(request: OutgoingRequest): Promise<Exchange> {
    if (this.closing) return NOT_SENT;
    this.underWay += 1;
    try {
      return (await this.client.request<Exchange>({ data: new Outgoing(request) })).data;
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.lastEnded?.();
    }
  }

  /** Takes no new requests, lets those under way end (each has its deadline), then closes all connections. */
  close(): Promise<void> {
    this.closing ??= this.ended().then(() => this.dispatcher.destroy());
    return this.closing;
  }

  private ended(): Promise<void> {
    if (this.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.lastEnded = resolve;
    });
  }
}

function dispatcherFor(
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
