import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import {
  DeliveryLogQuery,
  DeliveryStateDto,
  type AttemptView,
  type DeliveryDetail,
  type DeliveryView,
} from '../../delivery/index.js';
import { EVENT_NAMES } from '../../events/index.js';

const HEADERS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { 'content-type': 'application/json' },
} as const;

/** Filters and cursor of a webhook's delivery log. */
export class DeliveryQuery extends DeliveryLogQuery {
  @ApiProperty({ required: false, enum: EVENT_NAMES, example: 'TOGGLE.PUBLISH' })
  @IsOptional()
  @IsIn(EVENT_NAMES)
  event?: string;
}

/** Whether it went to a webhook. Of an endpoint that is gone its messages tell: nothing but webhooks gets events. */
export function isOfWebhook({ endpointKind, eventName }: DeliveryView): boolean {
  return endpointKind === undefined ? EVENT_NAMES.includes(eventName) : endpointKind === 'WEBHOOK';
}

/** One event to one webhook, or one request to a touchpoint. */
export class DeliveryDto extends DeliveryStateDto {
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

  static from(view: DeliveryView): DeliveryDto {
    return {
      id: view.id,
      eventId: view.eventId,
      webhookId: isOfWebhook(view) ? view.endpointId : undefined,
      touchpointId: view.endpointKind === 'REACH' ? view.endpointId : undefined,
      event: view.eventName,
      ...DeliveryStateDto.of(view),
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
