import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DeliveryLog } from '../../delivery/index.js';
import { notFound } from '../../platform/errors/index.js';
import { CurrentPrincipal, RequireRole, type Principal } from '../../platform/http/index.js';
import { WebhookRepository } from '../webhook.repository.js';
import { DeliveryDetailDto, DeliveryDto, DeliveryPageDto, DeliveryQuery } from './delivery.dto.js';

/** Largest id the database can hold; above it there is no webhook. */
const MAX_ID = 2_147_483_647;

/** What was sent to webhooks, and with what answer. */
@ApiTags('deliveries')
@ApiBearerAuth()
@Controller('api')
export class DeliveryController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly webhooks: WebhookRepository,
  ) {}

  /** A webhook's deliveries, newest first. They outlive the webhook. */
  @Get('webhooks/:id/deliveries')
  @ApiOkResponse({ type: DeliveryPageDto })
  async list(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
    @Query() query: DeliveryQuery,
  ): Promise<DeliveryPageDto> {
    const webhookId = /^\d{1,10}$/.test(id) ? Number(id) : Number.NaN;
    if (!(webhookId <= MAX_ID)) throw notFound('webhook', id);
    // One more than asked for says whether there is a next page.
    const found = await this.log.list(organizationId, webhookId, query, query.limit + 1);
    if (found.length === 0 && !(await this.webhooks.find(organizationId, webhookId))) {
      if ((await this.log.list(organizationId, webhookId, {}, 1)).length === 0) throw notFound('webhook', id);
    }
    const content = found.slice(0, query.limit).map((view) => DeliveryDto.from(view));
    return { content, next: found.length > query.limit ? content.at(-1)?.id : undefined };
  }

  /** One delivery with what was sent and how each try went. */
  @Get('deliveries/:id')
  @ApiOkResponse({ type: DeliveryDetailDto })
  async get(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
  ): Promise<DeliveryDetailDto> {
    return DeliveryDetailDto.fromDetail(await this.log.get(organizationId, id));
  }

  /** Sends the delivery's event again at once, as a new delivery with all its tries before it. */
  @Post('deliveries/:id/redeliver')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOkResponse({ type: DeliveryDto })
  async redeliver(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
  ): Promise<DeliveryDto> {
    return DeliveryDto.from(await this.log.redeliver(organizationId, id));
  }
}
