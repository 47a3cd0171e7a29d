import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeliveryLog } from '../../../delivery/index.js';
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
    // One more than asked for says whether there is a next page.
    const found = await this.log.list(organizationId, endpointId, query, query.limit + 1);
    const content = found.slice(0, query.limit).map((view) => TouchpointDeliveryDto.from(view));
    return { content, next: found.length > query.limit ? content.at(-1)?.id : undefined };
  }
}
