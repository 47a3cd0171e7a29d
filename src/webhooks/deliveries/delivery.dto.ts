import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import {
  DELIVERY_STATUSES,
  type AttemptView,
  type DeliveryDetail,
  type DeliveryStatus,
  type DeliveryView,
} from '../../delivery/index.js';
import { EVENT_NAMES } from '../../events/index.js';
import { InstantField } from '../../platform/http/index.js';

const MAX_DELIVERIES_PER_PAGE = 500;

const HEADERS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { 'content-type': 'application/json' },
} as const;

/** Filters and cursor of a webhook's delivery log. */
export class DeliveryQuery {
  @ApiProperty({ required: false, enum: DELIVERY_STATUSES, description: 'Only those in this state.' })
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;

  @ApiProperty({ required: false, enum: EVENT_NAMES, example: 'TOGGLE.PUBLISH' })
  @IsOptional()
  @IsIn(EVENT_NAMES)
  event?: string;

  @InstantField({ example: '2026-11-22T10:00:00Z', description: 'Made at or after' })
  since?: number;

  @InstantField({ example: '2026-11-23T10:00:00Z', description: 'Made at or before' })
  until?: number;

  @ApiProperty({ required: false, default: 50, minimum: 1, maximum: MAX_DELIVERIES_PER_PAGE })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_DELIVERIES_PER_PAGE)
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

/** Whether it went to a webhook. Of an endpoint that is gone its messages tell: nothing but webhooks gets events. */
export function isOfWebhook({ endpointKind, eventName }: DeliveryView): boolean {
  return endpointKind === undefined ? EVENT_NAMES.includes(eventName) : endpointKind === 'WEBHOOK';
}

/** One event to one webhook, or one request to a touchpoint. */
export class DeliveryDto {
  @ApiProperty({ example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11' })
  id!: string;

  @ApiProperty({
    example: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50',
    description: "Of a request to a touchpoint: the order's id, whose digits are its `orderNo`.",
  })
  eventId!: string;

  @ApiProperty({
    required: false,
    example: 5,
    description: 'Absent in a request to a touchpoint, which only `GET /api/deliveries/{id}` shows.',
  })
  webhookId?: number;

  @ApiProperty({ required: false, example: 7, description: 'Of a request that reaches users.' })
  touchpointId?: number;

  @ApiProperty({ example: 'TOGGLE.PUBLISH' })
  event!: string;

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

  static from(view: DeliveryView): DeliveryDto {
    return {
      id: view.id,
      eventId: view.eventId,
      webhookId: isOfWebhook(view) ? view.endpointId : undefined,
      touchpointId: view.endpointKind === 'REACH' ? view.endpointId : undefined,
      event: view.eventName,
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

/** One try. */
export class AttemptDto {
  @ApiProperty({ example: 1, description: 'From 1.' })
  number!: number;

  @ApiProperty()
  startedTime!: Date;

  @ApiProperty({ example: 12 })
  durationMs!: number;

  @ApiProperty({ required: false, example: 200 })
  statusCode?: number;

  @ApiProperty({ required: false, example: 'the receiver answered 500' })
  error?: string;

  @ApiProperty({ selfRequired: false, ...HEADERS })
  responseHeaders?: Record<string, string>;

  @ApiProperty({ required: false, description: 'The first 4 KiB.' })
  responseBody?: string;

  static from({ startedAt, ...attempt }: AttemptView): AttemptDto {
    return { ...attempt, startedTime: new Date(startedAt) };
  }
}

/** What was sent: the latest try's headers, secrets masked, and the body's exact text, but for what a touchpoint's gets at each try: its time and signature. */
export class SentRequestDto {
  @ApiProperty(HEADERS)
  headers!: Record<string, string>;

  @ApiProperty({ example: '{"action":"PUBLISH"}' })
  body!: string;
}

export class DeliveryDetailDto extends DeliveryDto {
  @ApiProperty({ type: SentRequestDto })
  request!: SentRequestDto;

  @ApiProperty({ type: [AttemptDto] })
  attempts!: AttemptDto[];

  static fromDetail(detail: DeliveryDetail): DeliveryDetailDto {
    return {
      ...DeliveryDto.from(detail),
      request: detail.request,
      attempts: detail.attempts.map((attempt) => AttemptDto.from(attempt)),
    };
  }
}

/** Newest first. */
export class DeliveryPageDto {
  @ApiProperty({ type: [DeliveryDto] })
  content!: DeliveryDto[];

  @ApiProperty({ required: false, description: 'Pass as `cursor` to go on; absent on the last page.' })
  next?: string;
}

function toDate(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}
