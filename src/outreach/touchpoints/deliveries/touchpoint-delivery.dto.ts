import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { DELIVERY_STATUSES, type DeliveryStatus, type DeliveryView } from '../../../delivery/index.js';
import { InstantField, ToFlag } from '../../../platform/http/index.js';

const MAX_PER_PAGE = 500;

/** Filters and cursor of a touchpoint's delivery log. */
export class TouchpointDeliveryQuery {
  @ApiProperty({
    required: false,
    default: false,
    description: 'The requests that asked for receipts, instead of those that reached users.',
  })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  receipts: boolean = false;

  @ApiProperty({ required: false, enum: DELIVERY_STATUSES, description: 'Only those in this state.' })
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;

  @InstantField({ example: '2026-11-22T10:00:00Z', description: 'Made at or after' })
  since?: number;

  @InstantField({ example: '2026-11-23T10:00:00Z', description: 'Made at or before' })
  until?: number;

  @ApiProperty({ required: false, default: 50, minimum: 1, maximum: MAX_PER_PAGE })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_PER_PAGE)
  @Min(1)
  @IsInt()
  limit: number = 50;

  @ApiProperty({
    required: false,
    example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11',
    description: 'The `next` of the page before.',
  })
  @IsOptional()
  @IsUUID()
  cursor?: string;
}

/** One request to a touchpoint, with all its tries. See `GET /api/deliveries/{id}` for what was sent. */
export class TouchpointDeliveryDto {
  @ApiProperty({ example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11' })
  id!: string;

  @ApiProperty({ example: '1f1d0ea0c457453ab3c80ed376e5c66c' })
  orderNo!: string;

  @ApiProperty({ enum: DELIVERY_STATUSES })
  status!: DeliveryStatus;

  @ApiProperty({ example: 1, description: 'Tries made so far.' })
  attemptCount!: number;

  @ApiProperty({
    required: false,
    description: 'When the next try goes, while it is pending and not just being sent.',
  })
  nextAttemptTime?: Date;

  @ApiProperty({ required: false, example: 200 })
  lastStatusCode?: number;

  @ApiProperty({ required: false, example: 'answered 500' })
  lastError?: string;

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty({ required: false })
  finishedTime?: Date;

  static from(view: DeliveryView): TouchpointDeliveryDto {
    return {
      id: view.id,
      orderNo: view.eventId.replaceAll('-', ''),
      status: view.status,
      attemptCount: view.attemptCount,
      nextAttemptTime: toDate(view.nextAttemptAt),
      lastStatusCode: view.lastStatusCode,
      lastError: view.lastError,
      createdTime: new Date(view.createdAt),
      finishedTime: toDate(view.finishedAt),
    };
  }
}

/** Newest first. */
export class TouchpointDeliveryPageDto {
  @ApiProperty({ type: [TouchpointDeliveryDto] })
  content!: TouchpointDeliveryDto[];

  @ApiProperty({ required: false, description: 'Pass as `cursor` to go on; absent on the last page.' })
  next?: string;
}

function toDate(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}
