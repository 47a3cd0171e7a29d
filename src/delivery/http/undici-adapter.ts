import { AxiosHeaders, type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.js';
import { ExchangeRun } from './exchange-run.js';
import type { Exchange, OutgoingRequest } from './exchange.js';
import { explain } from './failure.js';

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
  /** Behind a proxy the guarded look-up of the connector never sees the target, so it is checked before. */
  readonly proxied: boolean;
}

/**
 * An axios adapter on undici's dispatch: axios' own node adapter needs several times the CPU (bench/http-client.ts).
 * Takes an {@link Outgoing} as `data`, POSTs it, and resolves to a response whose `data` is the {@link Exchange};
 * it never rejects for what happens on the network: a failed delivery is no exception.
 */
export function undiciAdapter(guard: EgressGuard, transport: Transport): AxiosAdapter {
  return (config) =>
    new Promise<AxiosResponse<Exchange>>((resolve) => {
      const data: unknown = config.data;
      if (!(data instanceof Outgoing)) throw new TypeError('the adapter takes an Outgoing as data');
      const { request } = data;
      const run = new ExchangeRun(request.timeoutMs, (exchange) => resolve(responseOf(exchange, config)));
      const target = targetOf(request.url, guard, run);
      if (!target) return;
      if (!transport.proxied) return dispatch(transport.dispatcher, target, request, run);
      // Rejects for nothing: check() never does, dispatch() fails the run.
      void guard.check(target.href).then((verdict) => {
        if (!verdict.allowed) return run.fail({ reason: 'egress', message: verdict.reason });
        return dispatch(transport.dispatcher, target, request, run);
      });
    });
}

/** The parsed URL, where the guard has nothing against it; else the run has failed with the reason. */
function targetOf(url: string, guard: EgressGuard, run: ExchangeRun): URL | undefined {
  if (!URL.canParse(url)) {
    run.fail({ reason: 'other', message: 'the URL of the webhook is not valid' });
    return undefined;
  }
  const target = new URL(url);
  const verdict = guard.checkUrl(target);
  if (verdict.allowed) return target;
  run.fail({ reason: 'egress', message: verdict.reason });
  return undefined;
}

function dispatch(dispatcher: Dispatcher, target: URL, request: OutgoingRequest, run: ExchangeRun): void {
  if (run.isSettled) return;
  const { origin, pathname, search } = target;
  try {
    // The headers are copied as a proxy agent adds a Host to the object it is given.
    const headers = { ...request.headers };
    dispatcher.dispatch(
      { origin, path: pathname + search, method: 'POST', headers, body: request.body },
      run,
    );
  } catch (error) {
    run.fail(explain(error));
  }
}

function responseOf(exchange: Exchange, config: InternalAxiosRequestConfig): AxiosResponse<Exchange> {
  return { data: exchange, status: exchange.statusCode ?? 0, statusText: '', headers: NO_HEADERS, config };
}
