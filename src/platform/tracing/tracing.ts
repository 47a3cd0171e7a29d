/** What a span is told when it begins. */
export interface SpanStart {
  /** Of few values: no ids, no keys. */
  readonly name: string;
  /** `server`: a call that came in; `client`: a request that goes out. */
  readonly kind: 'server' | 'client';
  /** W3C trace context that it continues; without one it begins a trace. */
  readonly parent: string | null | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** What a span is told when it ends. */
export interface SpanEnd {
  /** Epoch milliseconds. */
  readonly endedAt: number;
  /** Named by OpenTelemetry's conventions where they have a name for it. */
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  /** Why it failed, in words; absent: it did not. */
  readonly failure?: string;
}

/** A span under way. */
export interface TraceSpan {
  /** W3C trace context whose parent id is this span's: what goes to whoever works on behalf of it. */
  readonly traceparent: string;
  end(end: SpanEnd): void;
}

/** Spans of what this process does, for a collector. Off unless one is configured: then nothing is loaded and nothing made. */
export abstract class Tracing {
  /** Whether there is a collector; ask before gathering what `begin` wants. */
  abstract readonly isOn: boolean;

  /** Begins a span; undefined where nobody collects them. */
  abstract begin(start: SpanStart): TraceSpan | undefined;
}

/** No collector. */
export class NoTracing extends Tracing {
  readonly isOn = false;

  begin(): undefined {
    return undefined;
  }
}
