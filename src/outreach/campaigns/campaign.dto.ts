import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsName, IsPlainText, PageQuery } from '../../platform/http/index.js';
import type { TemplateValue } from '../touchpoints/touchpoint-config.js';
import { CAMPAIGN_MODES, FREQUENCIES, REENTRIES, type DraftContent } from './campaign-content.js';
import { CAMPAIGN_STATUSES, type CampaignEntity, type CampaignStatus } from './campaign.entity.js';

/** Width of the column. */
const MAX_NAME_LENGTH = 64;

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

const MAX_ID = 2 ** 31 - 1;

/** A touchpoint that the campaign reaches users through. */
export class CampaignStepDto {
  @ApiProperty({ required: false, example: 12 })
  touchpointId?: number;

  @ApiProperty({
    required: false,
    example: 1,
    description:
      'With `FIRST_SUCCESS` the lowest goes first, steps without one last, equal ones in the order of the list.',
  })
  priority?: number;
}

/** When a campaign sends. Each type has fields of its own; publishing drops the others. */
export class CampaignTriggerDto {
  @ApiProperty({ required: false, enum: ['ONCE', 'RECURRING', 'TRIGGERED'], example: 'ONCE' })
  type?: string;

  @ApiProperty({
    required: false,
    example: '2126-12-01T09:00:00.000Z',
    description: 'Of `ONCE`: ISO 8601 with an offset. Absent: as soon as it is published.',
  })
  at?: string;

  @ApiProperty({
    required: false,
    description: 'Of `RECURRING`: the first day on which it may run, `2026-03-01`.',
  })
  startDate?: string;

  @ApiProperty({ required: false, description: 'Of `RECURRING`: the last day on which it may run.' })
  endDate?: string;

  @ApiProperty({ required: false, description: `Of \`RECURRING\`: one of ${FREQUENCIES.join(', ')}.` })
  every?: string;

  @ApiProperty({
    required: false,
    type: [Number],
    description:
      'Of `RECURRING` by `WEEK` or `MONTH`: days of the week, 1 Monday to 7 Sunday, or of the month, where a day that a month lacks is its last one. Absent: the day that `startDate` is.',
  })
  on?: readonly number[];

  @ApiProperty({
    required: false,
    description:
      'Of `RECURRING`: `09:30`, in its time zone. A time that clocks skip is run when they have been put forward, one that they show twice the first time.',
  })
  timeOfDay?: string;

  @ApiProperty({ required: false, description: 'Of `RECURRING`: such as `Asia/Shanghai`.' })
  timeZone?: string;

  @ApiProperty({
    required: false,
    description: 'Of `TRIGGERED`: the name of an event that users are tracked with.',
  })
  event?: string;

  @ApiProperty({ required: false, description: 'Of `TRIGGERED`: which such event of a user sends, from 1.' })
  occurrence?: number;

  @ApiProperty({ required: false, description: 'Of `TRIGGERED`: ISO 8601 with an offset.' })
  startTime?: string;

  @ApiProperty({ required: false, description: 'Of `TRIGGERED`: ISO 8601 with an offset; excluded.' })
  endTime?: string;

  @ApiProperty({
    required: false,
    description: `Of \`RECURRING\` and \`TRIGGERED\`: whether a user is sent to once or each time; ${REENTRIES.join(' or ')}, or false or true.`,
    default: 'ONCE',
  })
  reentry?: string;
}

const TEMPLATE_VALUES = {
  type: 'object' as const,
  additionalProperties: {
    oneOf: [
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'array', items: { type: 'string' } },
    ],
  },
  example: { amount: 100 },
};

const MODE_DESCRIPTION = `Each user by all touchpoints, or by one after the other until one succeeds: ${CAMPAIGN_MODES.join(' or ')}.`;

/** Passes a field on as it came: `readContent` decides what it may be. */
function AsItCame(): PropertyDecorator {
  return Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
}

/**
 * A new draft: everything but its name may be missing, null, or make no sense yet. Only values of the wrong JSON types are refused;
 * publishing checks the rest.
 */
export class CreateCampaignRequest {
  @ApiProperty({ example: 'Birthday coupon', maxLength: MAX_NAME_LENGTH })
  @IsName(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'vip',
    description: 'The audience.',
  })
  @IsOptional()
  @AsItCame()
  segmentKey?: unknown;

  @ApiProperty({ required: false, type: [CampaignStepDto], nullable: true })
  @IsOptional()
  @AsItCame()
  steps?: unknown;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    default: 'ALL',
    description: MODE_DESCRIPTION,
  })
  @IsOptional()
  @AsItCame()
  mode?: unknown;

  @ApiProperty({
    ...TEMPLATE_VALUES,
    selfRequired: false,
    nullable: true,
    description:
      'By the names of the touchpoints’ parameters. Texts may hold `{{attribute}}` or `{{attribute|default}}`.',
  })
  @IsOptional()
  @AsItCame()
  templateValues?: unknown;

  @ApiProperty({ required: false, type: CampaignTriggerDto, nullable: true })
  @IsOptional()
  @AsItCame()
  trigger?: unknown;
}

/**
 * What to change: what is absent stays as it is, a field is replaced as a whole, and null takes it out (but for the name, which stays).
 */
export class UpdateCampaignRequest extends PartialType(CreateCampaignRequest) {}

/** Filters, ANDed, and page of the list. */
export class CampaignQuery extends PageQuery {
  @ApiProperty({ required: false, example: 'coupon', description: 'Part of the name, whatever its case.' })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  keyword?: string;

  @ApiProperty({ required: false, enum: CAMPAIGN_STATUSES })
  @IsOptional()
  @IsIn(CAMPAIGN_STATUSES)
  status?: CampaignStatus;
}

/** The `{id}` of a path. */
export class CampaignPath {
  @ApiProperty({ example: 7 })
  @Type(() => Number)
  @Max(MAX_ID)
  @Min(0)
  @IsInt()
  id!: number;
}

/** A campaign as the API and its events show it. */
export class CampaignDto {
  @ApiProperty({ example: 7 })
  id!: number;

  @ApiProperty({ example: 'Birthday coupon' })
  name!: string;

  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ enum: CAMPAIGN_STATUSES })
  status!: CampaignStatus;

  @ApiProperty({ required: false, example: 'vip', description: 'The audience; a draft may lack it.' })
  segmentKey?: string;

  @ApiProperty({ type: [CampaignStepDto] })
  steps!: DraftContent['steps'];

  @ApiProperty({ example: 'ALL', description: MODE_DESCRIPTION })
  mode!: string;

  @ApiProperty(TEMPLATE_VALUES)
  templateValues!: Readonly<Record<string, TemplateValue>>;

  @ApiProperty({ required: false, type: CampaignTriggerDto })
  trigger?: CampaignTriggerDto;

  @ApiProperty({
    required: false,
    type: Date,
    description:
      'When it will send next, or begin to wait for its event. Absent: nothing is to come, or it is paused.',
  })
  nextRunTime?: Date;

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty({ description: 'Last change by a member; runs never touch it.' })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  static from(campaign: CampaignEntity, projectKey: string): CampaignDto {
    const { segmentKey, steps, mode, templateValues, trigger } = JSON.parse(campaign.content) as DraftContent;
    const { id, name, status, nextRunAt } = campaign;
    return {
      id,
      name,
      projectKey,
      status,
      segmentKey,
      steps: steps ?? [],
      mode: mode ?? 'ALL',
      templateValues: templateValues ?? {},
      trigger,
      nextRunTime: nextRunAt === null || status === 'PAUSED' ? undefined : new Date(nextRunAt),
      createdTime: new Date(campaign.createdAt),
      createdBy: campaign.createdBy,
      modifiedTime: new Date(campaign.modifiedAt),
      modifiedBy: campaign.modifiedBy,
    };
  }
}
