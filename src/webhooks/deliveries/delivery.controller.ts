import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DeliveryLog, pageOf } from '../../delivery/index.js';
import { notFound } from '../../platform/errors/index.js';
import { CurrentPrincipal, RequireRole, type Principal } from '../../platform/http/index.js';
import { WebhookPath } from '../webhook-requests.dto.js';
import { WebhookRepository } from '../webhook.repository.js';
import {
  DeliveryDetailDto,
  DeliveryDto,
  DeliveryPageDto,
  DeliveryQuery,
  isOfWebhook,
} from './delivery.dto.js';

const DELIVERY_ID = { name: 'id', example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11' };

/** What was sent to webhooks, and with what answer. */
@ApiTags('deliveries')
@ApiBearerAuth()
@Controller('api')
export class DeliveryController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly webhooks: WebhookRepository,
  ) {}

  @Get('webhooks/:id/deliveries')
  @ApiOperation({ summary: "A webhook's deliveries, newest first", description: 'They outlive the webhook.' })
  @ApiOkResponse({ type: DeliveryPageDto })
  async list(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: WebhookPath,
    @Query() query: DeliveryQuery,
  ): Promise<DeliveryPageDto> {
    const found = (await this.log.list(organizationId, id, query, query.limit + 1)).filter(isOfWebhook);
    if (found.length === 0) await this.#demandKnown(organizationId, id);
    return pageOf(found, query.limit, (view) => DeliveryDto.from(view));
  }

  @Get('deliveries/:id')
  @ApiOperation({ summary: 'One delivery with what was sent and how each try went' })
  @ApiParam(DELIVERY_ID)
  @ApiOkResponse({ type: DeliveryDetailDto })
  async get(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
  ): Promise<DeliveryDetailDto> {
    return DeliveryDetailDto.fromDetail(await this.log.get(organizationId, id));
  }

  @Post('deliveries/:id/redeliver')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: "Sends the delivery's event again at once, as a new delivery with all its tries before it",
  })
  @ApiParam(DELIVERY_ID)
  @ApiOkResponse({ type: DeliveryDto })
  async redeliver(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
  ): Promise<DeliveryDto> {
    return DeliveryDto.from(await this.log.redeliver(organizationId, id));
  }

  /** @throws DomainError `not_found` where there neither is such a webhook nor was one that got anything */
  async #demandKnown(organizationId: number, id: number): Promise<void> {
    if (await this.webhooks.find(organizationId, id)) return;
    const [any] = await this.log.list(organizationId, id, {}, 1);
    if (!any || !isOfWebhook(any)) throw notFound('webhook', id);
  }
}
