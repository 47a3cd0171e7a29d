import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeliveryLog, pageOf } from '../../../delivery/index.js';
import { CurrentPrincipal, type Principal } from '../../../platform/http/index.js';
import { TouchpointRecords } from '../touchpoint-records.js';
import { TouchpointPath } from '../touchpoint-requests.dto.js';
import {
  TouchpointDeliveryDto,
  TouchpointDeliveryPageDto,
  TouchpointDeliveryQuery,
} from './touchpoint-delivery.dto.js';

/** What was sent to touchpoints. */
@ApiTags('touchpoints')
@ApiBearerAuth()
@Controller('api/touchpoints')
export class TouchpointDeliveryController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly records: TouchpointRecords,
  ) {}

  @Get(':id/deliveries')
  @ApiOperation({ summary: "A touchpoint's requests, newest first" })
  @ApiOkResponse({ type: TouchpointDeliveryPageDto })
  async list(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: TouchpointPath,
    @Query() { receipts, ...query }: TouchpointDeliveryQuery,
  ): Promise<TouchpointDeliveryPageDto> {
    const { entity } = await this.records.get(organizationId, id);
    const endpointId = receipts ? entity.receiptEndpointId : id;
    if (endpointId === null) return { content: [] };
    const found = await this.log.list(organizationId, endpointId, query, query.limit + 1);
    return pageOf(found, query.limit, (view) => TouchpointDeliveryDto.from(view));
  }
}
