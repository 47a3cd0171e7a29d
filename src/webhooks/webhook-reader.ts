import { Injectable } from '@nestjs/common';
import { Endpoints } from '../delivery/index.js';
import { Clock } from '../platform/clock/clock.js';
import { notFound } from '../platform/errors/index.js';
import { pageOf, type MemberRole, type Page, type Principal } from '../platform/http/index.js';
import { MissedEvents } from './replays/missed-events.js';
import { WebhookDto, WebhookItemDto } from './webhook.dto.js';
import type { WebhookEntity } from './webhook.entity.js';
import type { WebhookQuery } from './webhook-requests.dto.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** Shows webhooks: to owners with their secret, to others without. Values of extra headers are shown to nobody. */
@Injectable()
export class WebhookReader {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly secrets: WebhookSecrets,
    private readonly endpoints: Endpoints,
    private readonly missed: MissedEvents,
    private readonly clock: Clock,
  ) {}

  /** One page, the newest first. */
  async list({ organizationId, role }: Principal, query: WebhookQuery): Promise<Page<WebhookItemDto>> {
    const [found, total] = await this.webhooks.list(organizationId, query);
    const health = await this.endpoints.healthOf(found.map(({ id }) => id));
    const content = found.map((webhook) =>
      WebhookItemDto.withHealth(this.show(webhook, role), health.get(webhook.id)),
    );
    return pageOf(content, total, query);
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId, role }: Principal, id: number): Promise<WebhookItemDto> {
    const webhook = await this.webhooks.find(organizationId, id);
    if (!webhook) throw notFound('webhook', id);
    return this.showWithHealth(webhook, role);
  }

  /** Names of the webhooks that have one of these texts as their URL, to the letter. */
  async namesByUrl(organizationId: number, urls: readonly string[]): Promise<string[]> {
    const found = await this.webhooks.listByUrl(organizationId, urls);
    // MySQL compares without regard to case.
    return found.filter(({ url }) => urls.includes(url)).map(({ name }) => name);
  }

  show(webhook: WebhookEntity, role: MemberRole): WebhookDto {
    const headerNames = Object.keys(this.secrets.openHeaders(webhook.sealedHeaders));
    return WebhookDto.from(webhook, headerNames, role === 'OWNER' ? this.#secretsOf(webhook) : {});
  }

  async showWithHealth(webhook: WebhookEntity, role: MemberRole): Promise<WebhookItemDto> {
    const health = await this.endpoints.healthOf([webhook.id]);
    const missed = role === 'OWNER' ? await this.missed.of(webhook) : undefined;
    return WebhookItemDto.withHealth(this.show(webhook, role), health.get(webhook.id), missed);
  }

  #secretsOf(webhook: WebhookEntity): Pick<WebhookDto, 'secretKey' | 'previousSecretValidUntil'> {
    const until = webhook.previousSecretUntil;
    return {
      secretKey: this.secrets.open(webhook.sealedSecret),
      previousSecretValidUntil: until !== null && this.clock.now() < until ? new Date(until) : undefined,
    };
  }
}
