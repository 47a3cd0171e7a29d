import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { InstantField } from '../../platform/http/index.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../queue/delivery.entity.js';
import type { DeliveryView } from './delivery-view.js';

const MAX_PER_PAGE = 500;

/** Filters and cursor of a delivery log, whatever its deliveries are for. */
export class DeliveryLogQuery {
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

/** How a delivery stands, whatever it is for. */
export class DeliveryStateDto {
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

  static of(view: DeliveryView): DeliveryStateDto {
    return {
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

/** One page of a log that was asked for one more than `limit`, which says whether there is a next page. */
export function pageOf<Dto extends { readonly id: string }>(
  found: readonly DeliveryView[],
  limit: number,
  toDto: (view: DeliveryView) => Dto,
): { content: Dto[]; next: string | undefined } {
  const content = found.slice(0, limit).map(toDto);
  return { content, next: found.length > limit ? content.at(-1)?.id : undefined };
}

function toDate(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}
