import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ANY_JSON } from '../platform/http/any-json.js';
import { InstantField } from '../platform/http/instant-field.js';
import type { Change } from './domain-event.js';
import { EVENT_ACTIONS, EVENT_RESOURCES } from './event-catalogue.js';
import type { EventEntity } from './event.entity.js';

const MAX_EVENTS_PER_PAGE = 1000;

const OBJECT = { type: 'object', additionalProperties: true } as const;

/** Which events of the feed are wanted; all that are given have to hold. */
export class EventFilterQuery {
  @ApiProperty({ required: false, enum: EVENT_RESOURCES })
  @IsOptional()
  @IsIn(EVENT_RESOURCES)
  resource?: string;

  @ApiProperty({ required: false, enum: EVENT_ACTIONS })
  @IsOptional()
  @IsIn(EVENT_ACTIONS)
  action?: string;

  @ApiProperty({ required: false, example: 'shop' })
  @IsOptional()
  @IsString()
  projectKey?: string;

  @ApiProperty({ required: false, example: 'online' })
  @IsOptional()
  @IsString()
  environmentKey?: string;

  @ApiProperty({ required: false, example: 'new_checkout' })
  @IsOptional()
  @IsString()
  toggleKey?: string;

  @ApiProperty({ required: false, example: 'vip' })
  @IsOptional()
  @IsString()
  segmentKey?: string;

  @ApiProperty({ required: false, example: 'Admin', description: 'Account of whoever made the change.' })
  @IsOptional()
  @IsString()
  operator?: string;

  @InstantField({ example: '2026-11-22T10:00:00Z', description: 'Made at or after' })
  since?: number;

  @InstantField({ example: '2026-11-23T10:00:00Z', description: 'Made at or before' })
  until?: number;
}

/** Filters and cursor of the feed. */
export class EventQuery extends EventFilterQuery {
  @ApiProperty({
    required: false,
    example: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50',
    description: 'An event id, or 0 for the start: answers what came after, oldest first.',
  })
  @IsOptional()
  @IsString()
  after?: string;

  @ApiProperty({
    required: false,
    example: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50',
    description:
      'An event id: answers what came before, newest first. With `after`: what lies between, oldest first.',
  })
  @IsOptional()
  @IsString()
  before?: string;

  @ApiProperty({ required: false, default: 50, minimum: 1, maximum: MAX_EVENTS_PER_PAGE })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_EVENTS_PER_PAGE)
  @Min(1)
  @IsInt()
  limit: number = 50;
}

/** One difference. A value that is on one side only has only `from` or only `to`; secrets have neither. */
export class ChangeDto {
  @ApiProperty({ example: '/disabled', description: 'Where: an RFC 6901 path into `data`.' })
  path!: string;

  @ApiProperty({ required: false, ...ANY_JSON, example: true })
  from?: unknown;

  @ApiProperty({ required: false, ...ANY_JSON, example: false })
  to?: unknown;
}

/** Filters of the live feed, and where it begins for clients that can't send `Last-Event-ID`. */
export class EventStreamQuery extends EventFilterQuery {
  @ApiProperty({
    required: false,
    example: '0',
    description:
      'An event id, or 0 for the start: begins with what came after. The header Last-Event-ID, which clients send when they ' +
      'connect again, goes before it. Without either: begins now.',
  })
  @IsOptional()
  @IsString()
  after?: string;
}

/** An event as the feed shows it: dates in `timestamp` and `data` are epoch milliseconds, as in webhook bodies. */
export class EventDto {
  @ApiProperty({ example: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50' })
  id!: string;

  @ApiProperty({ enum: EVENT_RESOURCES })
  resource!: string;

  @ApiProperty({ enum: EVENT_ACTIONS })
  action!: string;

  @ApiProperty({ example: 'Admin' })
  operator!: string;

  @ApiProperty({ example: 1795313729900, description: 'Epoch milliseconds.' })
  timestamp!: number;

  @ApiProperty({ required: false, example: 'shop' })
  projectKey?: string;

  @ApiProperty({ required: false, example: 'online' })
  environmentKey?: string;

  @ApiProperty({ required: false, example: 'new_checkout' })
  toggleKey?: string;

  @ApiProperty({ required: false, example: 'vip' })
  segmentKey?: string;

  @ApiProperty({
    required: false,
    oneOf: [OBJECT, { type: 'array', items: OBJECT }],
    description: 'What was changed, as the webhook body has it; a list where several were changed at once.',
  })
  data?: unknown;

  @ApiProperty({
    required: false,
    type: [ChangeDto],
    description: 'What differs from the state before, for changes of what was there.',
  })
  changes?: Change[];

  static from(entity: EventEntity): EventDto {
    return {
      id: entity.id,
      resource: entity.resource,
      action: entity.action,
      operator: entity.operator,
      timestamp: entity.timestamp,
      projectKey: entity.projectKey ?? undefined,
      environmentKey: entity.environmentKey ?? undefined,
      toggleKey: entity.toggleKey ?? undefined,
      segmentKey: entity.segmentKey ?? undefined,
      data: entity.data === null ? undefined : JSON.parse(entity.data),
      changes: entity.changes === null ? undefined : (JSON.parse(entity.changes) as Change[]),
    };
  }
}

/** A stretch of the feed; `next` goes on from its end, in the direction asked for. */
export class EventPage {
  @ApiProperty({ type: [EventDto] })
  content!: EventDto[];

  @ApiProperty({
    required: false,
    description: 'Pass as `after` (or `before`) to go on; absent when there is nothing.',
  })
  next?: string;
}
