import { Injectable } from '@nestjs/common';
import { TestSender, type Endpoint, type TestResult } from '../../delivery/index.js';
import { Clock } from '../../platform/clock/clock.js';
import { invalidField, notFound } from '../../platform/errors/index.js';
import { RequestContext } from '../../platform/http/index.js';
import { IdGenerator } from '../../platform/ids/id-generator.js';
import { bodyFormOf, formatBody } from '../formats/body-form.js';
import { sampleEvent } from './sample-events.js';
import { EndpointFactory } from '../outgoing/endpoint-factory.js';
import type { WebhookEntity } from '../webhook.entity.js';
import { WebhookRepository } from '../webhook.repository.js';
import { judgeSignatureCheck, type SignatureCheck } from './signature-verdict.js';

/** What came of a wrongly signed request, and of the rightly signed one before it where there was one. */
export type CheckedTestResult = TestResult & SignatureCheck & { readonly wrongSignatureResult?: TestResult };

const NOTHING_SIGNED = {
  en: 'cannot be tested: this webhook has no secret and no asymmetric signature, so nothing is signed',
  zh: '无法测试：该 Webhook 没有密钥，也未启用非对称签名，因此请求不带签名',
};

/** Sends samples, so that a receiver can be tried out without changing a flag. */
@Injectable()
export class WebhookTester {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly endpoints: EndpointFactory,
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
    const webhook = await this.#get(organizationId, id);
    return this.#sendTo(await this.endpoints.endpointOf(webhook), webhook, eventName);
  }

  /**
   * Sends the sample with signatures that are wrong, and judges whether the receiver refused them.
   * @throws DomainError `not_found`; `field_invalid` for a webhook that signs nothing
   */
  async sendWronglySigned(organizationId: number, id: number, eventName: string): Promise<CheckedTestResult> {
    const webhook = await this.#getSigning(organizationId, id, 'wrongSignature');
    const wrong = await this.#sendTo(this.endpoints.wronglySigning(webhook), webhook, eventName);
    return { ...wrong, ...judgeSignatureCheck(wrong) };
  }

  /**
   * Sends the sample twice, signed rightly and then wrongly, and judges whether the receiver tells them apart. The second is left
   * out when the first got no answer.
   * @throws DomainError `not_found`; `field_invalid` for a webhook that signs nothing
   */
  async checkSignature(organizationId: number, id: number, eventName: string): Promise<CheckedTestResult> {
    const webhook = await this.#getSigning(organizationId, id, 'checkSignature');
    const right = await this.#sendTo(await this.endpoints.endpointOf(webhook), webhook, eventName);
    if (right.statusCode === undefined) return { ...right, ...judgeSignatureCheck(right) };
    const wrong = await this.#sendTo(this.endpoints.wronglySigning(webhook), webhook, eventName);
    return { ...right, ...judgeSignatureCheck(wrong, right), wrongSignatureResult: wrong };
  }

  async #get(organizationId: number, id: number): Promise<WebhookEntity> {
    const webhook = await this.webhooks.find(organizationId, id);
    if (!webhook) throw notFound('webhook', id);
    return webhook;
  }

  async #getSigning(organizationId: number, id: number, field: string): Promise<WebhookEntity> {
    const webhook = await this.#get(organizationId, id);
    if (webhook.sealedSecret === null && !webhook.asymmetricSignature)
      throw invalidField(field, NOTHING_SIGNED);
    return webhook;
  }

  /** Each with an event id of its own: a receiver that drops repeats must not take one for the other. */
  async #sendTo(endpoint: Endpoint, webhook: WebhookEntity, eventName: string): Promise<TestResult> {
    const eventId = this.ids.uuid();
    const event = sampleEvent(eventName, this.context.operator, this.clock.now(), eventId);
    return this.sender.send(endpoint, {
      id: this.ids.uuid(),
      organizationId: webhook.organizationId,
      eventId,
      eventName,
      ...formatBody(event, bodyFormOf(webhook, event)),
      traceparent: this.context.current?.traceparent ?? null,
    });
  }
}
