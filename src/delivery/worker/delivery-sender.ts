import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Log } from '../../platform/log/logger.js';
import { Tracing, type TraceSpan } from '../../platform/tracing/tracing.js';
import { DeliveryMetrics } from '../delivery-metrics.js';
import { textOf } from '../http/body-text.js';
import { RequestSender } from '../http/request-sender.js';
import type { Exchange } from '../http/exchange.js';
import { bytesOf, type Message } from '../message.js';
import { messageAt } from '../outgoing-message.js';
import type { Claim } from '../queue/claim.js';
import { judge, type Outcome } from './outcome.js';
import type { TryResult } from './try-result.js';

/** A try under way. */
interface Attempt {
  readonly claim: Claim;
  readonly startedAt: number;
  /** As it is sent. */
  readonly message: Message;
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

/** Of a defect of ours as well: whether it was taken nobody can tell, so it goes again. */
const NOT_JUDGED: Outcome = Object.freeze({
  kind: 'retry',
  reason: 'the answer could not be judged, see the log',
  failureClass: 'other',
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
    const message = this.#messageOf(claim, startedAt);
    const headers = message && this.#headersOf(claim, message, startedAt, span);
    const attempt: Attempt = {
      claim,
      startedAt,
      message: message ?? claim.message,
      span,
      headers: headers ?? {},
    };
    if (!headers) return queueMicrotask(() => done(this.#conclude(attempt, NOT_MADE)));
    const { url, timeoutMs, answerLimit } = claim.endpoint;
    const body = bytesOf(message);
    return this.http.begin({ url, headers, body, timeoutMs, answerLimit }, (exchange) =>
      done(this.#conclude(attempt, exchange)),
    );
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  #messageOf({ endpoint, message, deliveryId }: Claim, at: number): Message | undefined {
    try {
      return messageAt(endpoint, message, at);
    } catch (error) {
      this.log.error({ err: error, deliveryId }, 'a try could not be made');
      return undefined;
    }
  }

  #headersOf(
    claim: Claim,
    sent: Message,
    at: number,
    span: TraceSpan | undefined,
  ): Record<string, string> | undefined {
    const { deliveryId, tryNumber: number } = claim;
    // Its bytes first, so that a copy for the span has them too.
    bytesOf(sent);
    const message = span ? { ...sent, traceparent: span.traceparent } : sent;
    try {
      return claim.endpoint.headersFor({ deliveryId, number, at, message });
    } catch (error) {
      this.log.error({ err: error, deliveryId }, 'a try could not be made');
      return undefined;
    }
  }

  /** Without an answer of its own, by the rules for webhooks. */
  #judge({ claim: { endpoint, deliveryId }, message }: Attempt, exchange: Exchange, now: number): Outcome {
    try {
      return endpoint.judge ? endpoint.judge(exchange, now, message) : judge(exchange, now);
    } catch (error) {
      this.log.error({ err: error, deliveryId }, 'an answer could not be judged');
      return NOT_JUDGED;
    }
  }

  #conclude(attempt: Attempt, exchange: Exchange): TryResult {
    const { claim, startedAt, message, span, headers } = attempt;
    this.metrics.endTry();
    const finishedAt = this.clock.now();
    const outcome = this.#judge(attempt, exchange, finishedAt);
    this.metrics.countTry(outcome, finishedAt - claim.createdAt);
    if (span) endSpan(span, { claim, exchange, outcome, endedAt: finishedAt });
    return {
      claim,
      message,
      outcome,
      startedAt,
      finishedAt,
      durationMs: exchange.durationMs,
      figures: exchange,
      traceparent: span?.traceparent ?? claim.message.traceparent,
      statusCode: exchange.statusCode,
      requestHeaders: claim.endpoint.withoutSecrets(headers),
      responseHeaders: exchange.headers,
      responseBody: exchange.body && textOf(exchange.body, exchange),
      answer: exchange.body,
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
