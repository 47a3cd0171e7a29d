import { ApiProperty } from '@nestjs/swagger';
import { Allow, ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { IsName, IsPlainText, IsResourceKey } from '../platform/http/index.js';
import {
  contentSchema,
  TOGGLE_RETURN_TYPES,
  type ToggleReturnType,
  type Variation,
} from '../targeting-rules/index.js';
import { RawMember } from './raw-member.js';
import type { TaggedToggle } from './toggle.repository.js';
import { useDaysOf } from './use-days.js';

/** Width of the column. */
const MAX_NAME_LENGTH = 128;

/** Upstream's column holds 64 KiB, and a character may take four bytes. */
const MAX_DESCRIPTION_LENGTH = 16_000;

/** They are looked up in one statement, and databases limit how many values it may have. */
const MAX_TAGS = 1000;

const VARIATIONS = {
  type: 'array',
  items: contentSchema('Variation'),
  example: [
    { value: 'false', name: 'off', description: '' },
    { value: 'true', name: 'on', description: '' },
  ],
} as const;

/** A new toggle. */
export class CreateToggleDto {
  @ApiProperty({ example: 'New checkout', maxLength: MAX_NAME_LENGTH })
  @IsName(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({ example: 'new_checkout' })
  @IsResourceKey()
  key!: string;

  @ApiProperty({ required: false, type: String, nullable: true, example: 'Sends users to the new checkout' })
  @IsOptional()
  @IsPlainText(MAX_DESCRIPTION_LENGTH)
  desc?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: [String],
    example: ['web'],
    description: 'Those that the project does not have are left out.',
  })
  @IsOptional()
  @IsString({ each: true })
  @ArrayMaxSize(MAX_TAGS)
  @IsArray()
  tags?: string[] | null;

  @ApiProperty({ example: true, description: 'Whether SDKs in browsers and apps get the toggle.' })
  @IsBoolean()
  clientAvailability!: boolean;

  @ApiProperty({ enum: TOGGLE_RETURN_TYPES, example: 'boolean' })
  @IsIn(TOGGLE_RETURN_TYPES)
  returnType!: ToggleReturnType;

  @ApiProperty(VARIATIONS)
  @Allow()
  @RawMember()
  variations!: unknown;

  @ApiProperty({ example: 0, description: 'Position of the variation served while disabled.' })
  @IsInt()
  disabledServe!: number;

  @ApiProperty({
    required: false,
    type: Boolean,
    nullable: true,
    default: false,
    description: 'Meant to stay for good.',
  })
  @IsOptional()
  @IsBoolean()
  permanent?: boolean | null;
}

/**
 * What of a toggle may be changed; absent and null mean: as it is, except `permanent`, which then becomes false. Variations
 * and disabled serve are what later environments begin with; those that exist keep theirs.
 */
export class UpdateToggleDto {
  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'New checkout',
    maxLength: MAX_NAME_LENGTH,
  })
  @IsOptional()
  @IsName(MAX_NAME_LENGTH)
  name?: string | null;

  @ApiProperty({ required: false, type: String, nullable: true, example: 'Sends users to the new checkout' })
  @IsOptional()
  @IsPlainText(MAX_DESCRIPTION_LENGTH)
  desc?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: [String],
    example: ['web'],
    description: 'All there shall be; those that the project does not have are left out.',
  })
  @IsOptional()
  @IsString({ each: true })
  @ArrayMaxSize(MAX_TAGS)
  @IsArray()
  tags?: string[] | null;

  @ApiProperty({ required: false, type: Boolean, nullable: true, example: true })
  @IsOptional()
  @IsBoolean()
  clientAvailability?: boolean | null;

  @ApiProperty({ ...VARIATIONS, required: false, nullable: true })
  @IsOptional()
  @RawMember()
  variations?: unknown;

  @ApiProperty({ required: false, type: Number, nullable: true, example: 0 })
  @IsOptional()
  @IsInt()
  disabledServe?: number | null;

  @ApiProperty({
    required: false,
    type: Boolean,
    nullable: true,
    example: false,
    description: 'Meant to stay for good; left out, it becomes false.',
  })
  @IsOptional()
  @IsBoolean()
  permanent?: boolean | null;
}

/** A toggle as clients and receivers see it. */
export class ToggleDto {
  @ApiProperty({ example: 'New checkout' })
  name!: string;

  @ApiProperty({ example: 'new_checkout' })
  key!: string;

  @ApiProperty({ example: 'Sends users to the new checkout' })
  desc!: string;

  @ApiProperty({ type: [String], example: ['web'] })
  tags!: string[];

  @ApiProperty({ enum: TOGGLE_RETURN_TYPES })
  returnType!: ToggleReturnType;

  @ApiProperty({ example: 0 })
  disabledServe!: number;

  @ApiProperty({ example: false })
  archived!: boolean;

  @ApiProperty({ example: false })
  permanent!: boolean;

  @ApiProperty({
    required: false,
    example: 45,
    description: 'Days since it was made, once it is overdue for removal.',
  })
  useDays?: number;

  @ApiProperty({ example: true })
  clientAvailability!: boolean;

  @ApiProperty(VARIATIONS)
  variations!: Variation[];

  @ApiProperty({ type: Date })
  createdTime!: Date;

  @ApiProperty({ type: Date })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  /** The toggle as it looks at the instant `now`. */
  static from(entity: TaggedToggle, now: number): ToggleDto {
    return {
      name: entity.name,
      key: entity.key,
      desc: entity.description,
      tags: entity.tags,
      returnType: entity.returnType,
      disabledServe: entity.disabledServe,
      archived: entity.archived,
      permanent: entity.permanent,
      useDays: useDaysOf(entity, now),
      clientAvailability: entity.clientAvailability,
      variations: JSON.parse(entity.variations) as Variation[],
      createdTime: new Date(entity.createdAt),
      modifiedTime: new Date(entity.modifiedAt),
      modifiedBy: entity.modifiedBy,
    };
  }
}
