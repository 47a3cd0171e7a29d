import { Injectable } from '@nestjs/common';
import { TestSender, type TestResult } from '../../delivery/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { notFound } from '../../platform/errors/index.js';
import { RequestContext } from '../../platform/http/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import { bodyFormOf, formatBody } from '../formats/body-form.js';
import { sampleEvent } from './sample-events.js';
import { WebhookDirectory } from '../outgoing/webhook-directory.js';
import { WebhookRepository } from '../webhook.repository.js';

/** Sends samples, so that a receiver can be tried out without changing a flag. */
@Injectable()
export class WebhookTester {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly directory: WebhookDirectory,
    private readonly sender: TestSender,
    private readonly context: RequestContext,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Sends a sample of that event now, in the webhook's form and signed like any other, also while it is disabled.
   * @throws DomainError `not_found`; `field_invalid` for a template that fails for the sample
   */
  async send(organizationId: number, id: number, eventName: string): Promise<TestResult> {
    const webhook = await this.webhooks.find(organizationId, id);
    if (!webhook) throw notFound('webhook', id);
    const eventId = this.ids.uuid();
    const event = sampleEvent(eventName, this.context.operator, this.clock.now(), eventId);
    return this.sender.send(this.directory.endpointOf(webhook), {
      id: this.ids.uuid(),
      organizationId,
      eventId,
      eventName,
      ...formatBody(event, bodyFormOf(webhook, event)),
      traceparent: this.context.current?.traceparent ?? null,
    });
  }
}
