import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { EVENT_NAMES, type RecordedEvent } from '../../events/index.js';
import { InstantField } from '../../platform/http/index.js';
import { CreateWebhookRequest } from '../webhook-input.dto.js';

const MAX_LISTED = 500;

/** Which event is to be explained. */
export class ExplainRequest {
  @ApiProperty({ example: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50', description: 'Id of a past event.' })
  @MaxLength(36)
  @IsString()
  eventId!: string;
}

/** One condition that an event has to meet to be sent. */
export class ClauseDto {
  @ApiProperty({
    enum: ['status', 'events', 'projectKeys', 'environmentKeys', 'toggleKeys'],
    description: 'The field of the webhook that decides.',
  })
  filter!: string;

  @ApiProperty({ example: false })
  passed!: boolean;

  @ApiProperty({ example: 'the event is TOGGLE.PUBLISH, the webhook wants SEGMENT.*' })
  why!: string;
}

/** Whether a webhook, as it is now, would be sent an event. */
export class ExplanationDto {
  @ApiProperty({ example: false, description: 'Whether all clauses passed.' })
  matches!: boolean;

  @ApiProperty({ type: [ClauseDto] })
  clauses!: ClauseDto[];
}

/** Filters to be tried out on past events. Those left out are the named webhook's, or unset. */
export class FilterDryRunRequest extends PickType(CreateWebhookRequest, [
  'events',
  'projectKeys',
  'environmentKeys',
  'toggleKeys',
] as const) {
  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    example: 5,
    description: 'A webhook that is to be changed: its filters hold where none are given.',
  })
  @IsOptional()
  @Min(0)
  @IsInt()
  webhookId?: number | null;

  @InstantField({ example: '2026-11-01T00:00:00Z', description: 'Made at or after' })
  since?: number | null;

  @InstantField({ example: '2026-12-01T00:00:00Z', description: 'Made at or before' })
  until?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    default: 50,
    minimum: 1,
    maximum: MAX_LISTED,
    description: 'How many of the matching events are listed; all that were examined are counted.',
  })
  @IsOptional()
  @Max(MAX_LISTED)
  @Min(1)
  @IsInt()
  limit?: number | null;
}

/** A past event that would have been sent. */
export class MatchedEventDto {
  @ApiProperty({ example: '019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50' })
  id!: string;

  @ApiProperty({ enum: EVENT_NAMES, example: 'TOGGLE.PUBLISH' })
  name!: string;

  @ApiProperty({ example: 'Admin' })
  operator!: string;

  @ApiProperty({ example: 1795313729900, description: 'Epoch milliseconds, as in the feed.' })
  timestamp!: number;

  @ApiProperty({ required: false, example: 'shop' })
  projectKey?: string;

  @ApiProperty({ required: false, example: 'online' })
  environmentKey?: string;

  @ApiProperty({ required: false, example: 'new_checkout' })
  toggleKey?: string;

  @ApiProperty({ required: false, example: 'vip' })
  segmentKey?: string;

  static from({ id, name, operator, timestamp, keys }: RecordedEvent): MatchedEventDto {
    return { id, name, operator, timestamp, ...keys };
  }
}

/** What filters would have let through. */
export class FilterDryRunDto {
  @ApiProperty({ example: 1200, description: 'Events of that time that were looked at, the newest.' })
  examined!: number;

  @ApiProperty({ example: 17, description: 'How many of them match.' })
  matched!: number;

  @ApiProperty({ example: true, description: 'False: there are older events of that time.' })
  complete!: boolean;

  @ApiProperty({ type: [MatchedEventDto], description: 'The newest first.' })
  content!: MatchedEventDto[];
}
