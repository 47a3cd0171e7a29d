import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { InstantField } from '../../platform/http/index.js';
import { WebhookPath } from '../webhook-requests.dto.js';
import type { ReplayState } from './replay-starter.js';
import { REPLAY_STATUSES, type ReplayStatus } from './replay.entity.js';

/** Ids of one reconciliation: with their quotes and commas they fill about half of the largest request. */
const MAX_IDS = 50_000;

const MAX_PATTERNS = 100;

const WHICH = ['ALL', 'FAILED'] as const;
type Which = (typeof WHICH)[number];

/** A stretch of time, and which events of it. Patterns are checked by the service, see `checkEventPatterns`. */
class ReplayTimeRequest {
  @InstantField({
    example: '2026-11-20T00:00:00Z',
    description: 'Events that happened at or after',
    required: true,
  })
  since!: number;

  @InstantField({
    example: '2026-11-21T00:00:00Z',
    description: 'Events that happened at or before; left out: all until now',
  })
  until?: number;

  @ApiProperty({
    required: false,
    type: [String],
    example: ['TOGGLE.*'],
    description: 'Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`; narrows what the webhook’s own filters match.',
  })
  @IsOptional()
  @IsString({ each: true })
  @ArrayMaxSize(MAX_PATTERNS)
  @ArrayNotEmpty()
  @IsArray()
  events?: string[];

  @ApiProperty({
    required: false,
    default: false,
    description: 'Count what matches and send nothing; also possible while the webhook is disabled.',
  })
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

/** Which events of the past a webhook is to get. */
export class ReplayRequestDto extends ReplayTimeRequest {
  @ApiProperty({
    required: false,
    enum: WHICH,
    default: 'ALL',
    description:
      '`ALL`: every event of that time that the filters match now, also those from before the webhook existed. ' +
      '`FAILED`: those of them whose deliveries failed or were canceled, as far as these are kept.',
  })
  @IsOptional()
  @IsIn(WHICH)
  status?: Which;
}

/** What a receiver has of a stretch of time. */
export class ReconcileRequestDto extends ReplayTimeRequest {
  @ApiProperty({
    type: [String],
    example: ['019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50'],
    description:
      'Ids of the events the receiver has (`webhook-id`). Ids that nothing is known of are ignored.',
  })
  @IsString({ each: true })
  @ArrayMaxSize(MAX_IDS)
  @IsArray()
  ids!: string[];
}

/** The `{id}` and `{replayId}` of a path. */
export class ReplayPath extends WebhookPath {
  @ApiProperty({ example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11' })
  @IsString()
  replayId!: string;
}

/** How far a replay is. */
export class ReplayDto {
  @ApiProperty({
    required: false,
    example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11',
    description: 'Absent for a dry run.',
  })
  id?: string;

  @ApiProperty({ example: 12, description: 'Events that matched when the replay was made.' })
  matched!: number;

  @ApiProperty({ example: 7, description: 'Events whose deliveries are planned.' })
  done!: number;

  @ApiProperty({
    enum: REPLAY_STATUSES,
    description: '`DONE`: all is planned; the delivery log shows the rest.',
  })
  status!: ReplayStatus;

  static from({ id, matched, done, status }: ReplayState): ReplayDto {
    return { id, matched, done, status };
  }
}
