import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { IsPlainText, PageQuery, ToFlag, ToList } from '../platform/http/index.js';
import { TOGGLE_RETURN_TYPES, type ToggleReturnType } from '../targeting-rules/index.js';
import { RELEASE_STATUSES, type ReleaseStatus } from './targeting/release-status.js';
import type { ListedToggle, ToggleInEnvironment } from './toggle-list.repository.js';
import { useDaysOf } from './use-days.js';

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

const VISIT_FILTERS = ['IN_WEEK_VISITED', 'OUT_WEEK_VISITED', 'NOT_VISITED'] as const;

/** Which toggles are wanted. The filters hold all at once, and only together with an environment; without one, all live toggles come. */
export class ToggleQuery extends PageQuery {
  @ApiProperty({ required: false, example: 'online', description: 'Shows the toggles as they are there.' })
  @IsOptional()
  @IsString()
  environmentKey?: string;

  @ApiProperty({ required: false, enum: VISIT_FILTERS, description: 'By when users last got the toggle.' })
  @IsOptional()
  @IsIn(VISIT_FILTERS)
  visitFilter?: (typeof VISIT_FILTERS)[number];

  @ApiProperty({ required: false, example: false, description: 'Those disabled, or those that are not.' })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  disabled?: boolean;

  @ApiProperty({
    required: false,
    type: [String],
    example: ['web'],
    description: 'A toggle with any of them will do.',
  })
  @IsOptional()
  @ToList()
  @IsString({ each: true })
  @IsArray()
  tags?: string[];

  @ApiProperty({
    required: false,
    example: 'checkout',
    description: 'Text in the name, key or description.',
  })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  keyword?: string;

  @ApiProperty({ required: false, default: false, description: 'The archived ones instead of the others.' })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  archived: boolean = false;

  @ApiProperty({
    required: false,
    enum: RELEASE_STATUSES,
    isArray: true,
    example: ['RELEASE'],
    description: 'Those at any of these.',
  })
  @IsOptional()
  @ToList()
  @IsIn(RELEASE_STATUSES, { each: true })
  @IsArray()
  releaseStatusList?: ReleaseStatus[];

  @ApiProperty({ required: false, example: false, description: 'Those meant to stay, or the others.' })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  permanent?: boolean;

  @ApiProperty({
    required: false,
    example: true,
    description: 'Those that the caller made, changed or published.',
  })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  related?: boolean;
}

/** A toggle as a line of a list. What concerns one environment is there only when the list is of one. */
export class ToggleItemDto {
  @ApiProperty({ example: 'New checkout' })
  name!: string;

  @ApiProperty({ example: 'new_checkout' })
  key!: string;

  @ApiProperty({ example: false })
  permanent!: boolean;

  @ApiProperty({ required: false, example: 45 })
  useDays?: number;

  @ApiProperty({ enum: TOGGLE_RETURN_TYPES })
  returnType!: ToggleReturnType;

  @ApiProperty({ example: '' })
  desc!: string;

  @ApiProperty({ type: Date })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  @ApiProperty({ required: false, type: [String], example: ['web'] })
  tags?: string[];

  @ApiProperty({ required: false, example: true })
  disabled?: boolean;

  @ApiProperty({ required: false, example: false, description: 'An approval is under way.' })
  locked?: boolean;

  @ApiProperty({ required: false, example: 'bob', description: 'Who submitted the change under approval.' })
  lockedBy?: string;

  @ApiProperty({ required: false, type: Date })
  lockedTime?: Date;

  @ApiProperty({ required: false, enum: RELEASE_STATUSES })
  releaseStatus?: ReleaseStatus;

  /** The toggle as it looks at the instant `now`. */
  static from(toggle: ListedToggle, now: number): ToggleItemDto {
    return {
      name: toggle.name,
      key: toggle.key,
      permanent: toggle.permanent,
      useDays: useDaysOf(toggle, now),
      returnType: toggle.returnType,
      desc: toggle.description,
      modifiedTime: new Date(toggle.modifiedAt),
      modifiedBy: toggle.modifiedBy,
    };
  }

  static inEnvironment(toggle: ToggleInEnvironment, tags: string[], now: number): ToggleItemDto {
    return Object.assign(ToggleItemDto.from(toggle, now), {
      tags,
      disabled: toggle.targeting.disabled,
      locked: toggle.lock !== undefined,
      lockedBy: toggle.lock?.by,
      lockedTime: toggle.lock && new Date(toggle.lock.at),
      releaseStatus: toggle.targeting.status,
    });
  }
}
