import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsObject, IsOptional, Max, Min } from 'class-validator';
import { IsPlainText, PageQuery } from '../../platform/http/index.js';
import { MAX_BATCH_SIZE } from './touchpoint-defaults.js';
import { TEMPLATE_VALUE } from './touchpoint-parts.dto.js';
import {
  TOUCHPOINT_KINDS,
  TOUCHPOINT_STATUSES,
  type TouchpointKind,
  type TouchpointStatus,
} from './touchpoint.entity.js';

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

const MAX_KEY = 128;

/** Ids are 32-bit; MySQL would compare others by rules of its own. */
const MAX_ID = 2 ** 31 - 1;

/** Filters, ANDed, and page of the list. */
export class TouchpointQuery extends PageQuery {
  @ApiProperty({ required: false, example: 'coupon', description: 'Part of the name, whatever its case.' })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  keyword?: string;

  @ApiProperty({ required: false, enum: TOUCHPOINT_KINDS })
  @IsOptional()
  @IsIn(TOUCHPOINT_KINDS)
  kind?: TouchpointKind;

  @ApiProperty({ required: false, enum: TOUCHPOINT_STATUSES })
  @IsOptional()
  @IsIn(TOUCHPOINT_STATUSES)
  status?: TouchpointStatus;

  @ApiProperty({
    required: false,
    example: 'shop',
    description: 'Only those that campaigns of this project may pick: enabled, and authorised for it.',
  })
  @IsOptional()
  @IsPlainText(MAX_KEY)
  projectKey?: string;
}

/** The `{id}` of a path. */
export class TouchpointPath {
  @ApiProperty({ example: 12 })
  @Type(() => Number)
  @Max(MAX_ID)
  @Min(0)
  @IsInt()
  id!: number;
}

/** The `{id}` and `{param}` of a path. */
export class ParameterPath extends TouchpointPath {
  @ApiProperty({ example: 'level' })
  @IsPlainText(MAX_KEY)
  param!: string;
}

/** For whom values are asked. */
export class OptionsQuery {
  @ApiProperty({
    required: false,
    example: 'shop',
    description: 'Required where the values come from an API, which is told the project’s number.',
  })
  @IsOptional()
  @IsPlainText(MAX_KEY)
  projectKey?: string;
}

/** Users and template values filled in by hand. */
export class TestTouchpointRequest {
  @ApiProperty({
    required: false,
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ userId: 'u-17' }],
    description:
      'Attribute values of each user, by the names of attributes or of parameters. `gid` is 1, 2, … where it is not given. A CHANNEL needs none.',
  })
  @IsOptional()
  @IsObject({ each: true })
  @ArrayMaxSize(MAX_BATCH_SIZE)
  @IsArray()
  users?: Record<string, unknown>[] | null;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: TEMPLATE_VALUE,
    example: { amount: 100 },
  })
  @IsOptional()
  @IsObject()
  templateValues?: Record<string, unknown> | null;
}
