import { Injectable } from '@nestjs/common';
import { EgressGuard } from '../delivery/index.js';
import { UnitOfWork } from '../platform/database/index.js';
import { alreadyExists, DomainError, notFound } from '../platform/errors/index.js';
import { checkEventPatterns } from './rules/event-patterns.js';
import { WebhookAssembler } from './webhook-assembler.js';
import { WebhookEvents } from './webhook-events.js';
import type { WebhookEntity, WebhookStatus } from './webhook.entity.js';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './webhook-input.dto.js';
import type { RotateSecretRequest } from './webhook-requests.dto.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookSwitch } from './webhook-switch.js';

/** Reasons that canceled deliveries show. */
const DISABLED_BY_OWNER = 'webhook disabled';
const DELETED = 'webhook deleted';

/**
 * Makes, changes and deletes webhooks. The egress guard, which may ask DNS, is heard before the unit of work begins; it decides
 * again at every try, so that nothing is lost by the time between.
 */
@Injectable()
export class WebhookService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookRepository,
    private readonly assembler: WebhookAssembler,
    private readonly switches: WebhookSwitch,
    private readonly guard: EgressGuard,
    private readonly events: WebhookEvents,
  ) {}

  /** A random secret for a form to fill in; stored nowhere. */
  suggestSecret(): string {
    return this.assembler.newSecret();
  }

  /**
   * Makes a webhook, which gets the event of its own creation.
   * @throws DomainError `conflict` for a name that is taken, `webhook_url_illegal`, `field_invalid`
   */
  async create(organizationId: number, request: CreateWebhookRequest): Promise<WebhookEntity> {
    checkEventPatterns(request.events);
    await this.#checkUrl(request.url);
    return this.unitOfWork.run(async () => {
      await this.#refuseTakenName(organizationId, request.name);
      const id = await this.switches.register(organizationId);
      const webhook = await this.assembler.assemble(id, organizationId, request);
      await this.webhooks.insert(webhook);
      if (webhook.status === 'DISABLE') await this.switches.disable(webhook, DISABLED_BY_OWNER);
      await this.events.created(webhook);
      return webhook;
    });
  }

  /**
   * Changes what the request names. Disabling cancels what is pending, and the event of it no longer goes there.
   * @throws DomainError `not_found`, `conflict`, `webhook_url_illegal`, `field_invalid`
   */
  async update(organizationId: number, id: number, request: UpdateWebhookRequest): Promise<WebhookEntity> {
    checkEventPatterns(request.events);
    const current = await this.webhooks.find(organizationId, id);
    if (!current) throw notFound('webhook', id);
    // A URL that stays is not checked: a webhook that the guard has come to refuse must still be open to edits.
    if (request.url && request.url !== current.url) await this.#checkUrl(request.url);
    return this.unitOfWork.run(async () => {
      const webhook = await this.#getForUpdate(organizationId, id);
      const before = this.events.snapshot(webhook);
      const statusBefore = webhook.status;
      if (request.name) await this.#refuseTakenName(organizationId, request.name, id);
      await this.assembler.change(webhook, request);
      await this.webhooks.save(webhook);
      await this.#switch(webhook, statusBefore);
      await this.events.updated(webhook, before);
      return webhook;
    });
  }

  /**
   * Replaces the secret; the one before goes on signing beside it for the overlap.
   * @throws DomainError `not_found`, `field_invalid`
   */
  async rotateSecret(
    organizationId: number,
    id: number,
    request: RotateSecretRequest,
  ): Promise<WebhookEntity> {
    return this.unitOfWork.run(async () => {
      const webhook = await this.#getForUpdate(organizationId, id);
      const before = this.events.snapshot(webhook);
      this.assembler.rotateSecret(webhook, request);
      await this.webhooks.save(webhook);
      await this.events.updated(webhook, before);
      return webhook;
    });
  }

  /**
   * Removes a webhook for good; its finished deliveries stay in the log. It does not get the event of that.
   * @throws DomainError `not_found`
   */
  async delete(organizationId: number, id: number): Promise<WebhookEntity> {
    return this.unitOfWork.run(async () => {
      const webhook = await this.#getForUpdate(organizationId, id);
      await this.webhooks.delete(id);
      await this.switches.remove(webhook, DELETED);
      await this.events.deleted(webhook);
      return webhook;
    });
  }

  /** Only a real switch counts: FeatureProbe's UI sends the status with every edit, which must not end a pause. */
  async #switch(webhook: WebhookEntity, statusBefore: WebhookStatus): Promise<void> {
    if (webhook.status === statusBefore) return;
    if (webhook.status === 'DISABLE') await this.switches.disable(webhook, DISABLED_BY_OWNER);
    else await this.switches.enable(webhook);
  }

  async #getForUpdate(organizationId: number, id: number): Promise<WebhookEntity> {
    const webhook = await this.webhooks.findForUpdate(id, organizationId);
    if (!webhook) throw notFound('webhook', id);
    return webhook;
  }

  /** For a clear answer; the unique index holds where two come at once. */
  async #refuseTakenName(organizationId: number, name: string, except?: number): Promise<void> {
    const holder = await this.webhooks.findByName(organizationId, name);
    if (holder && holder.id !== except) throw alreadyExists();
  }

  async #checkUrl(url: string): Promise<void> {
    const verdict = await this.guard.check(url);
    if (!verdict.allowed) throw new DomainError('webhook_url_illegal', { reason: verdict.reason });
  }
}
