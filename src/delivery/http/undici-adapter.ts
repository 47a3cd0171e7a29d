import { AxiosHeaders, type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.js';
import type { ConnectionPhases } from './connection-phases.js';
import { ExchangeRun } from './exchange-run.js';
import type { Exchange, OutgoingRequest } from './exchange.js';
import { explain } from './failure.js';
import { Targets, type Target } from './targets.js';

/**
 * What goes through axios as `data`. A class, as axios passes instances on by reference where it would merge and copy
 * a plain object; and the headers are in here rather than in axios' `headers`, as axios would go through them six
 * times, with regular expressions: half of the CPU of a whole exchange, for headers that are final already.
 */
export class Outgoing {
  constructor(readonly request: OutgoingRequest) {}
}

/** One for all responses: their headers are in the exchange, and making an AxiosHeaders each time costs 2 µs. */
const NO_HEADERS = new AxiosHeaders();

/** What the adapter sends through. */
export interface Transport {
  readonly dispatcher: Dispatcher;
  readonly phases: ConnectionPhases;
  /** Behind a proxy the guarded look-up of the connector never sees the target, so it is checked before. */
  readonly proxied: boolean;
}

/**
 * An axios adapter on undici's dispatch: axios' own node adapter needs several times the CPU (bench/http-client.ts).
 * Takes an {@link Outgoing} as `data`, POSTs it, and resolves to a response whose `data` is the {@link Exchange};
 * it never rejects for what happens on the network: a failed delivery is no exception.
 */
export function undiciAdapter(guard: EgressGuard, { dispatcher, phases, proxied }: Transport): AxiosAdapter {
  const targets = new Targets(guard);
  return (config) =>
    new Promise<AxiosResponse<Exchange>>((resolve) => {
      const data: unknown = config.data;
      if (!(data instanceof Outgoing)) throw new TypeError('the adapter takes an Outgoing as data');
      const { request } = data;
      const target = targets.of(request.url);
      const run = new ExchangeRun(
        request.timeoutMs,
        (exchange) => resolve(responseOf(exchange, config)),
        () => whatNeverCame(target, phases),
      );
      if (target.refused) return run.fail(target.refused);
      const options: Dispatcher.DispatchOptions = {
        origin: target.origin,
        path: target.path,
        method: 'POST',
        headers: request.headers,
        body: request.body,
      };
      if (!proxied) return dispatch(dispatcher, options, run);
      // Neither rejects: check() gives a verdict, dispatch() fails the run.
      void guard.check(request.url).then((verdict) => {
        if (!verdict.allowed) return run.fail({ reason: 'egress', message: verdict.reason });
        // The headers are copied as a proxy agent adds a Host to the object it is given.
        return dispatch(dispatcher, { ...options, headers: { ...request.headers } }, run);
      });
    });
}

/** What a connection that was not made in time was still waiting for. */
function whatNeverCame(target: Target, phases: ConnectionPhases): string | undefined {
  if (target.refused) return undefined;
  const { host, hostname } = new URL(target.origin);
  switch (phases.of(target.origin)) {
    case 'look-up':
      return `DNS gave no address for ${hostname} in that time`;
    case 'connect':
      return `nothing answered at ${host}; a firewall may drop what is sent there`;
    case 'tls':
      return `${host} took the connection but did not end the TLS handshake`;
    case undefined:
      return undefined;
  }
}

function dispatch(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, run: ExchangeRun): void {
  if (run.isSettled) return;
  try {
    dispatcher.dispatch(options, run);
  } catch (error) {
    run.fail(explain(error));
  }
}

function responseOf(exchange: Exchange, config: InternalAxiosRequestConfig): AxiosResponse<Exchange> {
  return { data: exchange, status: exchange.statusCode ?? 0, statusText: '', headers: NO_HEADERS, config };
}
