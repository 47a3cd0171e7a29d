import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { TracingSettings } from '../config/index.js';
import type { Log } from '../log/logger.js';
import { Tracing, type SpanEnd, type SpanStart, type TraceSpan } from './tracing.js';

/** Spans that wait for the collector at the most, about 1 KiB each; those above it are dropped, never waited for. */
const MAX_QUEUED = 8_192;

/** How long one batch may take, milliseconds, repeats included: a stop waits for the last one. */
const EXPORT_LIMIT_MS = 5_000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/**
 * Spans by OTLP over HTTP, in batches, beside the work: a collector that is slow or gone costs spans and nothing else. Loaded
 * only where a collector is configured, as the libraries take 20 ms and some megabytes.
 */
export class OtlpTracing extends Tracing implements OnApplicationShutdown {
  readonly isOn = true;
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;

  constructor(
    { url, headers, serviceName }: TracingSettings,
    private readonly log: Log,
  ) {
    super();
    const warn = (message: string): void => log.warn({ detail: message.slice(0, 500) }, 'tracing');
    const ignore = (): void => undefined;
    const sink = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
    diag.setLogger(sink, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: EXPORT_LIMIT_MS });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: MAX_QUEUED })],
    });
    this.#tracer = this.#provider.getTracer('flagpost');
  }

  begin({ name, kind, parent, startedAt }: SpanStart): TraceSpan {
    const remote = parent ? readTraceparent(parent) : undefined;
    const context: Context = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
    const span = this.#tracer.startSpan(name, { kind: KINDS[kind], startTime: startedAt }, context);
    return { traceparent: traceparentOf(span, parent), end: (end) => finish(span, end) };
  }

  /** Sends what is queued. After the deliveries under way have ended, which comes before this hook. */
  async onApplicationShutdown(): Promise<void> {
    await this.#provider
      .shutdown()
      .catch((error: unknown) => this.log.warn({ err: error }, 'spans left unsent'));
    diag.disable();
  }
}

function readTraceparent(text: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = text.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

/** One that isn't recorded is nobody's parent, so the trace goes on from the one before it. Other flags than "sampled" stay. */
function traceparentOf(span: Span, parent: string | null | undefined): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (parent && !span.isRecording()) return parent;
  const others = parent ? Number.parseInt(parent.slice(-2), 16) & ~TraceFlags.SAMPLED : 0;
  return `00-${traceId}-${spanId}-${(others | traceFlags).toString(16).padStart(2, '0')}`;
}

function finish(span: Span, { endedAt, attributes, failure }: SpanEnd): void {
  span.setAttributes(attributes);
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
  span.end(endedAt);
}
