import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { DeliveryLogQuery, DeliveryStateDto, type DeliveryView } from '../../../delivery/index.js';
import { ToFlag } from '../../../platform/http/index.js';

/** Filters and cursor of a touchpoint's delivery log. */
export class TouchpointDeliveryQuery extends DeliveryLogQuery {
  @ApiProperty({
    required: false,
    default: false,
    description: 'The requests that asked for receipts, instead of those that reached users.',
  })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  receipts: boolean = false;
}

/** One request to a touchpoint, with all its tries. See `GET /api/deliveries/{id}` for what was sent. */
export class TouchpointDeliveryDto extends DeliveryStateDto {
  @ApiProperty({ example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11' })
  id!: string;

  @ApiProperty({ example: '1f1d0ea0c457453ab3c80ed376e5c66c' })
  orderNo!: string;

  static from(view: DeliveryView): TouchpointDeliveryDto {
    return { id: view.id, orderNo: view.eventId.replaceAll('-', ''), ...DeliveryStateDto.of(view) };
  }
}

/** Newest first. */
export class TouchpointDeliveryPageDto {
  @ApiProperty({ type: [TouchpointDeliveryDto] })
  content!: TouchpointDeliveryDto[];

  @ApiProperty({ required: false, description: 'Pass as `cursor` to go on; absent on the last page.' })
  next?: string;
}
