import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Log } from '../../platform/log/logger.js';
import { Tracing, type TraceSpan } from '../../platform/tracing/tracing.js';
import { DeliveryMetrics } from '../delivery-metrics.js';
import { RequestSender } from '../http/request-sender.js';
import type { Exchange } from '../http/exchange.js';
import { bytesOf } from '../message.js';
import type { Claim } from '../queue/claim.js';
import { judge, type Outcome } from './outcome.js';
import type { TryResult } from './try-result.js';

/** A try under way. */
interface Attempt {
  readonly claim: Claim;
  readonly startedAt: number;
  /** Only where spans are collected. */
  readonly span: TraceSpan | undefined;
  readonly headers: Record<string, string>;
}

/** Of a defect of ours, not of the receiver; the delivery must not vanish because of it. */
const NOT_MADE: Exchange = Object.freeze({
  kind: 'failure',
  reason: 'other',
  message: 'the request could not be made, see the log',
  durationMs: 0,
});

/** Makes one try of a claimed delivery: signs, sends, judges. */
@Injectable()
export class DeliverySender {
  constructor(
    private readonly http: RequestSender,
    private readonly clock: Clock,
    private readonly metrics: DeliveryMetrics,
    private readonly tracing: Tracing,
    private readonly log: Log,
  ) {}

  /**
   * Whatever happens is a result. Without a promise: with an AsyncLocalStorage in use, as it is in the server, promises are dear.
   * @param done called once, never before this has returned; it must not throw
   */
  begin(claim: Claim, done: (result: TryResult) => void): void {
    const startedAt = this.clock.now();
    const span = this.tracing.isOn ? this.#beginSpan(claim, startedAt) : undefined;
    this.metrics.beginTry();
    const body = bytesOf(claim.message);
    const headers = this.#headersOf(claim, startedAt, span);
    const attempt: Attempt = { claim, startedAt, span, headers: headers ?? {} };
    if (!headers) return queueMicrotask(() => done(this.#conclude(attempt, NOT_MADE)));
    const { url, timeoutMs } = claim.endpoint;
    return this.http.begin({ url, headers, body, timeoutMs }, (exchange) =>
      done(this.#conclude(attempt, exchange)),
    );
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  #headersOf(claim: Claim, at: number, span: TraceSpan | undefined): Record<string, string> | undefined {
    const { deliveryId, tryNumber: number } = claim;
    const message = span ? { ...claim.message, traceparent: span.traceparent } : claim.message;
    try {
      return claim.endpoint.headersFor({ deliveryId, number, at, message });
    } catch (error) {
      this.log.error({ err: error, deliveryId }, 'a try could not be made');
      return undefined;
    }
  }

  #conclude({ claim, startedAt, span, headers }: Attempt, exchange: Exchange): TryResult {
    this.metrics.endTry();
    const finishedAt = this.clock.now();
    const outcome = judge(exchange, finishedAt);
    this.metrics.countTry(outcome, finishedAt - claim.createdAt);
    if (span) endSpan(span, { claim, exchange, outcome, endedAt: finishedAt });
    return {
      claim,
      outcome,
      startedAt,
      finishedAt,
      durationMs: exchange.durationMs,
      figures: exchange,
      traceparent: span?.traceparent ?? claim.message.traceparent,
      statusCode: exchange.statusCode,
      requestHeaders: claim.endpoint.withoutSecrets(headers),
      responseHeaders: exchange.headers,
      responseBody: exchange.body?.toString('utf8'),
    };
  }

  /** Each try is a span of its own under the API call that made the change, whenever it comes. */
  #beginSpan({ message }: Claim, startedAt: number): TraceSpan | undefined {
    const { eventName, traceparent } = message;
    return this.tracing.begin({
      name: `deliver ${eventName}`,
      kind: 'client',
      parent: traceparent,
      startedAt,
    });
  }
}

interface Finished {
  readonly claim: Claim;
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  readonly endedAt: number;
}

function endSpan(span: TraceSpan, { claim, exchange, outcome, endedAt }: Finished): void {
  const failed = outcome.kind !== 'delivered';
  span.end({
    endedAt,
    attributes: {
      'http.request.method': 'POST',
      'server.address': new URL(claim.endpoint.url).hostname,
      'http.response.status_code': exchange.statusCode,
      'error.type': failed ? outcome.failureClass : undefined,
      'flagpost.delivery.id': claim.deliveryId,
      'flagpost.delivery.attempt': claim.tryNumber,
      'flagpost.endpoint.id': claim.endpoint.id,
      'flagpost.event.id': claim.message.eventId,
      'flagpost.event.name': claim.message.eventName,
    },
    failure: failed ? outcome.reason : undefined,
  });
}
