import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Log } from '../../platform/log/logger.js';
import { DeliveryMetrics } from '../delivery-metrics.js';
import { HttpSender } from '../http/http-sender.js';
import type { Exchange } from '../http/exchange.js';
import type { Claim } from '../queue/claim.js';
import { judge } from './outcome.js';
import type { TryResult } from './try-result.js';

/** Makes one try of a claimed delivery: signs, sends, judges. */
@Injectable()
export class DeliverySender {
  constructor(
    private readonly http: HttpSender,
    private readonly clock: Clock,
    private readonly metrics: DeliveryMetrics,
    private readonly log: Log,
  ) {}

  /** Never rejects: whatever happens is a result. */
  async send(claim: Claim): Promise<TryResult> {
    const startedAt = this.clock.now();
    let headers: Record<string, string> = {};
    let exchange: Exchange;
    try {
      headers = claim.endpoint.headersFor({
        deliveryId: claim.deliveryId,
        number: claim.tryNumber,
        at: startedAt,
        message: claim.message,
      });
      const { url, timeoutMs } = claim.endpoint;
      exchange = await this.http.send({ url, headers, body: claim.message.body, timeoutMs });
    } catch (error) {
      // A defect of ours, not of the receiver; the delivery must not vanish because of it.
      this.log.error({ err: error, deliveryId: claim.deliveryId }, 'a try could not be made');
      exchange = {
        kind: 'failure',
        reason: 'other',
        message: 'the request could not be made, see the log',
        durationMs: 0,
      };
    }
    return this.#conclude(claim, startedAt, headers, exchange);
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  #conclude(claim: Claim, startedAt: number, headers: Record<string, string>, exchange: Exchange): TryResult {
    const finishedAt = this.clock.now();
    const outcome = judge(exchange, finishedAt);
    this.metrics.countTry(outcome, finishedAt - claim.createdAt);
    this.#logTry(claim, exchange, outcome.kind);
    return {
      claim,
      outcome,
      startedAt,
      finishedAt,
      durationMs: exchange.durationMs,
      statusCode: exchange.statusCode,
      requestHeaders: claim.endpoint.withoutSecrets(headers),
      responseHeaders: exchange.headers,
      responseBody: exchange.body?.toString('utf8'),
    };
  }

  #logTry(claim: Claim, exchange: Exchange, outcome: string): void {
    const fields = {
      deliveryId: claim.deliveryId,
      endpointId: claim.endpoint.id,
      eventId: claim.message.eventId,
      event: claim.message.eventName,
      attempt: claim.tryNumber,
      outcome,
      statusCode: exchange.statusCode,
      durationMs: Math.round(exchange.durationMs),
      reason: exchange.kind === 'failure' ? exchange.message : undefined,
    };
    if (outcome === 'delivered') this.log.debug(fields, 'delivery tried');
    else this.log.info(fields, 'delivery tried');
  }
}
