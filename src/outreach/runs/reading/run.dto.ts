import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQuery } from '../../../platform/http/index.js';
import type { Totals } from '../totals.js';
import { RECIPIENT_STATUSES, type RecipientRow, type RecipientStatus } from './recipient-rows.js';
import type { RunRow } from './run-rows.js';

const MAX_ID = 2 ** 31 - 1;

/** Names a campaign in a path. */
export class RunsPath {
  @ApiProperty({ example: 7, description: 'Id of the campaign.' })
  @Type(() => Number)
  @Max(MAX_ID)
  @Min(1)
  @IsInt()
  id!: number;
}

/** Filters of a campaign's recipients. */
export class RecipientQuery extends PageQuery {
  @ApiProperty({ required: false, enum: RECIPIENT_STATUSES, description: 'Only those of this status.' })
  @IsOptional()
  @IsIn(RECIPIENT_STATUSES)
  status?: RecipientStatus;

  @ApiProperty({ required: false, example: 12, description: 'Only those of this run.' })
  @IsOptional()
  @Type(() => Number)
  @Max(MAX_ID)
  @Min(1)
  @IsInt()
  runId?: number;

  @ApiProperty({ required: false, example: 1017, description: 'Only this user.' })
  @IsOptional()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  gid?: number;
}

/** How many failed for a reason. */
export class FailureDto {
  @ApiProperty({ example: 'no stock' })
  reason!: string;

  @ApiProperty({ example: 17 })
  count!: number;
}

/** How users fared. A user counts once for each touchpoint that was tried. */
abstract class FiguresDto {
  @ApiProperty({ example: 1000, description: 'Users taken down.' })
  audience!: number;

  @ApiProperty({ example: 0, description: 'Not handed to the delivery engine yet.' })
  pending!: number;

  @ApiProperty({
    example: 1000,
    description:
      'Handed to the delivery engine and not canceled: of these, those with a result, and `waiting`.',
  })
  sent!: number;

  @ApiProperty({ example: 3, description: 'Sent, and without a result so far.' })
  waiting!: number;

  @ApiProperty({ example: 980 })
  succeeded!: number;

  @ApiProperty({ example: 17, description: 'Failed for good.' })
  failed!: number;

  @ApiProperty({ example: 0, description: 'Failed at a touchpoint, and handed on to the next one.' })
  passed!: number;

  @ApiProperty({ example: 0, description: 'Not sent to after all: closed, or the profile was deleted.' })
  canceled!: number;

  @ApiProperty({ type: [FailureDto], description: 'Why users failed, the most frequent reason first.' })
  failures!: FailureDto[];
}

/** One sending of a campaign. */
export class RunDto extends FiguresDto {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({
    enum: ['SNAPSHOT', 'OPEN', 'SENDING', 'DONE'],
    description:
      '`SNAPSHOT`: the audience is being taken down, and sending has begun. `OPEN`: triggered users come in. `SENDING`: nobody comes any more.',
  })
  phase!: RunRow['phase'];

  @ApiProperty({ description: 'When the trigger wanted it.' })
  scheduledTime!: Date;

  @ApiProperty()
  startedTime!: Date;

  @ApiProperty({ required: false, description: 'When its last user had a result.' })
  finishedTime?: Date;

  @ApiProperty({
    required: false,
    example: 'segment gold is gone',
    description: 'Why it could not do what it was to do, or was closed.',
  })
  problem?: string;

  static from(run: RunRow, totals: Totals): RunDto {
    return {
      id: run.id,
      phase: run.phase,
      scheduledTime: new Date(run.scheduledAt),
      startedTime: new Date(run.startedAt),
      finishedTime: run.finishedAt === null ? undefined : new Date(run.finishedAt),
      problem: run.problem ?? undefined,
      ...figuresOf(run.audience, totals),
    };
  }
}

/** How a campaign fared, over all of its runs. */
export class CampaignStatsDto extends FiguresDto {
  @ApiProperty({ example: 1, description: 'How many runs it had so far.' })
  runs!: number;

  static of(runs: number, audience: number, totals: Totals): CampaignStatsDto {
    return { runs, ...figuresOf(audience, totals) };
  }
}

/** What became of a user at a touchpoint. */
export class RecipientDto {
  @ApiProperty({ example: 1017 })
  gid!: number;

  @ApiProperty({
    required: false,
    example: 'u-17',
    description: 'Absent: a visitor, or a profile that is gone.',
  })
  userId?: string;

  @ApiProperty({
    enum: RECIPIENT_STATUSES,
    description:
      '`PENDING`: not handed to the delivery engine. `SENT`: handed to it. `WAITING` for a receipt. `PASSED`: failed here, handed on to the next touchpoint.',
  })
  status!: RecipientStatus;

  @ApiProperty({ required: false, example: 'no stock' })
  reason?: string;

  @ApiProperty({ example: 5 })
  touchpointId!: number;

  @ApiProperty({ example: 12 })
  runId!: number;

  @ApiProperty({
    required: false,
    example: '019a9d5c-6b1c-7b0e-8a52-1f6f3f0a2c11',
    description: 'The request that the user was in. Absent: none was made.',
  })
  deliveryId?: string;

  @ApiProperty({ description: 'When it came to this status.' })
  time!: Date;

  static from(row: RecipientRow, userId: string | undefined): RecipientDto {
    const { gid, status, reason, touchpointId, runId, deliveryId, at } = row;
    return { gid, userId, status, reason, touchpointId, runId, deliveryId, time: new Date(at) };
  }
}

function figuresOf(audience: number, { failures, ...counts }: Totals): FiguresDto {
  const listed = Object.entries(failures).map(([reason, count]) => ({ reason, count }));
  return { audience, ...counts, failures: listed.toSorted((a, b) => b.count - a.count) };
}
