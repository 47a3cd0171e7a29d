import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { IsName, IsPlainText } from '../../platform/http/index.js';
import { AuthInput, ReceiptsInput, TemplateParamInput, UserAttributeInput } from './touchpoint-parts.dto.js';
import {
  DEFAULT_USERS_PER_SECOND,
  MAX_BATCH_SIZE,
  MAX_CHANNEL_NAME,
  MAX_OF_TOUCHPOINT,
  MAX_USERS_PER_SECOND,
  TOUCHPOINT_DEFAULTS,
} from './touchpoint-defaults.js';
import {
  TOUCHPOINT_KINDS,
  TOUCHPOINT_TYPES,
  type TouchpointKind,
  type TouchpointType,
} from './touchpoint.entity.js';

/**
 * A touchpoint or channel to be made. What a field may be depends on the kind and on other fields: see `draftOf`. Of a field's rules
 * the lowest is checked first, and only the first problem is told.
 */
export class CreateTouchpointRequest {
  @ApiProperty({
    example: 'Coupons',
    maxLength: MAX_CHANNEL_NAME,
    description: 'Of a TOUCHPOINT at most 15 characters.',
  })
  @IsName(MAX_CHANNEL_NAME)
  name!: string;

  @ApiProperty({
    enum: TOUCHPOINT_KINDS,
    example: 'TOUCHPOINT',
    description: '`CHANNEL`: the webhook channel. `TOUCHPOINT`: the custom touchpoint. Never changes.',
  })
  @IsIn(TOUCHPOINT_KINDS)
  kind!: TouchpointKind;

  @ApiProperty({ example: 'https://coupons.example.com/reach', maxLength: 2048 })
  @IsName(2048)
  url!: string;

  @ApiProperty({
    required: false,
    enum: TOUCHPOINT_TYPES,
    example: 'BENEFIT',
    description: 'Required of a TOUCHPOINT. Never changes.',
  })
  @IsOptional()
  @IsIn(TOUCHPOINT_TYPES)
  type?: TouchpointType | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 255,
    example: 'a1234567',
    description: 'Of a TOUCHPOINT: signs each request. Empty or null: nothing is signed.',
  })
  @IsOptional()
  @IsPlainText(255)
  token?: string | null;

  @ApiProperty({ required: false, type: AuthInput, description: 'Of a CHANNEL; NONE unless given.' })
  @IsOptional()
  @Type(() => AuthInput)
  @ValidateNested()
  auth?: AuthInput | null;

  @ApiProperty({ required: false, type: ReceiptsInput, description: 'Of a TOUCHPOINT; SYNC unless given.' })
  @IsOptional()
  @Type(() => ReceiptsInput)
  @ValidateNested()
  receipts?: ReceiptsInput | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    minimum: 1,
    maximum: MAX_BATCH_SIZE,
    default: TOUCHPOINT_DEFAULTS.batchSize,
    description: 'Users in one request, at most. 1 for endpoints that take no batch.',
  })
  @IsOptional()
  @Max(MAX_BATCH_SIZE)
  @Min(1)
  @IsInt()
  batchSize?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    minimum: 1,
    maximum: MAX_USERS_PER_SECOND,
    example: DEFAULT_USERS_PER_SECOND,
    description: `Users sent in a second, at the most. Null: no limit. Unless given, ${DEFAULT_USERS_PER_SECOND} for a CHANNEL and no limit for a TOUCHPOINT.`,
  })
  @IsOptional()
  @Max(MAX_USERS_PER_SECOND)
  @Min(1)
  @IsInt()
  usersPerSecond?: number | null;

  @ApiProperty({
    required: false,
    type: [UserAttributeInput],
    description: 'At least one of a TOUCHPOINT, at most 10 of a CHANNEL.',
  })
  @IsOptional()
  @Type(() => UserAttributeInput)
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_OF_TOUCHPOINT)
  @IsArray()
  userAttributes?: UserAttributeInput[] | null;

  @ApiProperty({
    required: false,
    type: [TemplateParamInput],
    description: 'At least one of a TOUCHPOINT, at most 10 of a CHANNEL.',
  })
  @IsOptional()
  @Type(() => TemplateParamInput)
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_OF_TOUCHPOINT)
  @IsArray()
  templateParams?: TemplateParamInput[] | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    minimum: 1000,
    maximum: 30_000,
    default: TOUCHPOINT_DEFAULTS.timeoutMs,
    description: 'One deadline for a whole try: look-up, connect, TLS, send, headers, body.',
  })
  @IsOptional()
  @Max(30_000)
  @Min(1000)
  @IsInt()
  timeoutMs?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    minimum: 1,
    maximum: 100,
    default: TOUCHPOINT_DEFAULTS.maxInFlight,
    description: 'Requests on the way at once, at the most.',
  })
  @IsOptional()
  @Max(100)
  @Min(1)
  @IsInt()
  maxInFlight?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    minimum: 0,
    maximum: 1440,
    example: 60,
    description: 'A request that fails is tried again for this long. Null: unset.',
  })
  @IsOptional()
  @Max(1440)
  @Min(0)
  @IsInt()
  retryForMinutes?: number | null;
}

/** What to change of a touchpoint: what it doesn't name stays, secrets included. `kind` and `type` may only be what they are. */
export class UpdateTouchpointRequest extends PartialType(CreateTouchpointRequest) {}
