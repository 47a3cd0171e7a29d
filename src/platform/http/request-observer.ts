import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram } from 'prom-client';
import { Clock } from '../clock/clock.js';
import { Metrics } from '../metrics/metrics.js';
import { Tracing, type TraceSpan } from '../tracing/tracing.js';
import { callersTraceparent, traceparentOf } from './trace-context.js';

/** Upper bounds of the duration histogram, seconds. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Methods that change nothing, so that no event and no delivery can come of them. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Counts the calls that come in, and makes a span of each that may change something. Routes are counted by their pattern: there
 * are as many as the server has, while paths would be without end.
 */
@Injectable()
export class RequestObserver {
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #durations: Histogram<'method'>;
  readonly #spans = new WeakMap<FastifyRequest, TraceSpan>();

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {
    const registers = [metrics.registry];
    this.#requests = new Counter({
      name: 'flagpost_http_requests_total',
      help: 'Calls answered, by route and status',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'flagpost_http_request_duration_seconds',
      help: 'From the head of a call to the end of its answer',
      labelNames: ['method'],
      buckets: DURATION_BUCKETS,
      registers,
    });
  }

  /** The trace context that all this call causes belongs to: of its span, of its caller, or begun here. */
  begin(request: FastifyRequest): string {
    const header = request.headers['traceparent'];
    if (!this.tracing.isOn || READING.has(request.method)) return traceparentOf(header);
    const span = this.tracing.begin({
      name: `${request.method} ${routeOf(request)}`,
      kind: 'server',
      parent: callersTraceparent(header),
      startedAt: this.clock.now(),
    });
    if (!span) return traceparentOf(header);
    this.#spans.set(request, span);
    return span.traceparent;
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request;
    const route = routeOf(request);
    const status = reply.statusCode;
    this.#requests.inc({ method, route, status });
    this.#durations.observe({ method }, reply.elapsedTime / 1000);
    this.#spans.get(request)?.end({
      endedAt: this.clock.now(),
      attributes: { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status },
      failure: status >= 500 ? `answered ${status}` : undefined,
    });
  }
}

/** The route's pattern, without the parts that callers choose. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
}
