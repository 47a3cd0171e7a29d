import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsName, IsPlainText } from '../../platform/http/index.js';
import { PARAMETER_TYPES, type ParameterType } from './touchpoint-config.js';
import { MAX_OF_TOUCHPOINT, MAX_RECEIPT_MINUTES } from './touchpoint-defaults.js';

const AUTH_TYPES = ['SECRET', 'BASIC', 'NONE'] as const;
const RECEIPT_MODES = ['SYNC', 'ASYNC'] as const;

/** Longest names, of parameters and of what they show. */
const MAX_NAME = 64;
const MAX_SHOWN = 128;

/** Documents a value that may be text, a number, a flag, or the codes of a multiple choice. */
export const TEMPLATE_VALUE = {
  oneOf: [
    { type: 'string' },
    { type: 'number', format: 'double' },
    { type: 'boolean' },
    { type: 'array', items: { type: 'string' } },
  ],
};

/** The same without the list. */
export const ATTRIBUTE_VALUE = { oneOf: TEMPLATE_VALUE.oneOf.slice(0, 3) };

/** How a channel's requests say who sends them. */
export class AuthInput {
  @ApiProperty({ enum: AUTH_TYPES, example: 'SECRET' })
  @IsIn(AUTH_TYPES)
  type!: (typeof AUTH_TYPES)[number];

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 1024,
    example: 'a1234567',
    description: 'Of SECRET: the key of the signature.',
  })
  @IsOptional()
  @IsName(1024)
  secret?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 255,
    description: 'Of BASIC; without a colon.',
  })
  @IsOptional()
  @IsName(255)
  username?: string | null;

  @ApiProperty({ required: false, nullable: true, type: String, maxLength: 1024, description: 'Of BASIC.' })
  @IsOptional()
  @IsName(1024)
  password?: string | null;
}

/** How a touchpoint tells what came of each user. */
export class ReceiptsInput {
  @ApiProperty({ enum: RECEIPT_MODES, example: 'SYNC' })
  @IsIn(RECEIPT_MODES)
  mode!: (typeof RECEIPT_MODES)[number];

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 2048,
    description: 'Of ASYNC: where results are asked for.',
  })
  @IsOptional()
  @IsName(2048)
  url?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    minimum: 1,
    maximum: MAX_RECEIPT_MINUTES,
    description: 'Of ASYNC: who has no result by then has failed.',
  })
  @IsOptional()
  @Max(MAX_RECEIPT_MINUTES)
  @Min(1)
  @IsInt()
  timeoutMinutes?: number | null;
}

/** An attribute of each user that goes into the request. */
export class UserAttributeInput {
  @ApiProperty({
    example: 'userId',
    maxLength: MAX_SHOWN,
    description: 'A profile’s attribute, or `gid` or `userId`.',
  })
  @IsName(MAX_SHOWN)
  attribute!: string;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    example: 'memberId',
    maxLength: MAX_SHOWN,
    description: 'What it is called in the request; the attribute’s own name unless given.',
  })
  @IsOptional()
  @IsName(MAX_SHOWN)
  name?: string | null;

  @ApiProperty({ required: false, nullable: true, type: String, example: 'Member', maxLength: MAX_SHOWN })
  @IsOptional()
  @IsPlainText(MAX_SHOWN)
  displayName?: string | null;

  @ApiProperty({
    ...ATTRIBUTE_VALUE,
    required: false,
    example: 'unknown',
    description: 'Sent where the user has no value, or an empty one.',
  })
  @IsOptional()
  defaultValue?: unknown;
}

/** A value of a choice. */
export class OptionValueInput {
  @ApiProperty({ example: 'gold', maxLength: MAX_SHOWN, description: 'What is sent.' })
  @IsName(MAX_SHOWN)
  code!: string;

  @ApiProperty({ example: 'Gold members', maxLength: MAX_SHOWN })
  @IsName(MAX_SHOWN)
  name!: string;
}

/** Where the values of a choice come from: `values`, or the API at `url`. */
export class ParameterOptionsInput {
  @ApiProperty({
    required: false,
    nullable: true,
    type: Boolean,
    default: false,
    description: 'Whether several may be chosen.',
  })
  @IsOptional()
  @IsBoolean()
  multiple?: boolean | null;

  @ApiProperty({ required: false, type: [OptionValueInput], description: 'At most 50.' })
  @IsOptional()
  @Type(() => OptionValueInput)
  @ValidateNested({ each: true })
  @IsArray()
  values?: OptionValueInput[] | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 2048,
    description: 'An API that answers the values.',
  })
  @IsOptional()
  @IsName(2048)
  url?: string | null;
}

/** A value that a marketer fills in for each campaign. */
export class TemplateParamInput {
  @ApiProperty({
    example: 'amount',
    maxLength: MAX_NAME,
    description: 'What it is called in the request: letters, digits, `_`, `-`, `.` and `$`.',
  })
  @IsName(MAX_NAME)
  name!: string;

  @ApiProperty({ required: false, nullable: true, type: String, example: 'Amount', maxLength: MAX_SHOWN })
  @IsOptional()
  @IsPlainText(MAX_SHOWN)
  displayName?: string | null;

  @ApiProperty({ enum: PARAMETER_TYPES, example: 'NUMBER', description: 'INTEGER of a CHANNEL alone.' })
  @IsIn(PARAMETER_TYPES)
  type!: ParameterType;

  @ApiProperty({ required: false, nullable: true, type: Boolean, default: false })
  @IsOptional()
  @IsBoolean()
  required?: boolean | null;

  @ApiProperty({
    ...TEMPLATE_VALUE,
    required: false,
    example: 100,
    description: 'Sent where the campaign gives none; must be of the type.',
  })
  @IsOptional()
  defaultValue?: unknown;

  @ApiProperty({ required: false, type: ParameterOptionsInput, description: 'Required of an ENUM.' })
  @IsOptional()
  @Type(() => ParameterOptionsInput)
  @ValidateNested()
  options?: ParameterOptionsInput | null;
}

/** Projects, all of them. */
export class SpacesRequest {
  @ApiProperty({
    type: [String],
    example: ['shop'],
    description: 'Keys of the projects whose campaigns may use it; no other’s may any longer.',
  })
  @IsName(128, { each: true })
  @ArrayMaxSize(MAX_OF_TOUCHPOINT * 10)
  @IsArray()
  projectKeys!: string[];
}
