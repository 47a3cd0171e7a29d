import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { IdGenerator } from '../platform/ids/id-generator.js';
import type { Endpoint } from './endpoint-directory.js';
import { textOf } from './http/body-text.js';
import { HttpSender } from './http/http-sender.js';
import { bytesOf, type Message } from './message.js';
import { messageAt } from './outgoing-message.js';
import { judge } from './worker/outcome.js';

/** What came of a test request. */
export interface TestResult {
  readonly success: boolean;
  readonly statusCode?: number;
  readonly durationMs: number;
  readonly error?: string;
  readonly request: { readonly headers: Record<string, string>; readonly body: string };
  readonly response?: { readonly headers: Record<string, string>; readonly body: string };
}

/** Sends a message to an endpoint at once and keeps nothing of it. */
@Injectable()
export class TestSender implements OnApplicationShutdown {
  constructor(
    private readonly http: HttpSender,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  /**
   * The same request as a delivery's, judged as its answer would be. What is shown of the request is what went out, without secrets in
   * its headers; of the response as much as the endpoint keeps (`Endpoint.answerLimit`).
   */
  async send(endpoint: Endpoint, stored: Message): Promise<TestResult> {
    const at = this.clock.now();
    const message = messageAt(endpoint, stored, at);
    const headers = endpoint.headersFor({
      deliveryId: this.ids.uuid(),
      number: 1,
      at,
      message,
    });
    const { url, timeoutMs, answerLimit } = endpoint;
    const body = bytesOf(message);
    const exchange = await this.http.send({ url, headers, body, timeoutMs, answerLimit });
    const now = this.clock.now();
    const outcome = endpoint.judge?.(exchange, now, message) ?? judge(exchange, now);
    return {
      success: outcome.kind === 'delivered',
      statusCode: exchange.statusCode,
      durationMs: Math.round(exchange.durationMs),
      error: outcome.kind === 'delivered' ? undefined : outcome.reason,
      request: { headers: endpoint.withoutSecrets(headers), body: message.body },
      response:
        exchange.headers === undefined
          ? undefined
          : {
              headers: { ...exchange.headers },
              body: exchange.body ? textOf(exchange.body, exchange, exchange.body.length) : '',
            },
    };
  }
}
