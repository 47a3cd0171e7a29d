import { ApiProperty, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  Min,
} from 'class-validator';
import { IsName, IsPlainText, IsResourceKey } from '../platform/http/index.js';
import { MAX_TEMPLATE_LENGTH } from './templates/template-syntax.js';
import { WEBHOOK_DEFAULTS } from './webhook-defaults.js';
import {
  WEBHOOK_FORMATS,
  WEBHOOK_ORDERINGS,
  WEBHOOK_STATUSES,
  type WebhookFormat,
  type WebhookOrdering,
  type WebhookStatus,
} from './webhook.entity.js';

const MAX_EVENT_PATTERNS = 100;
const MAX_FILTER_KEYS = 1000;

const KEYS_DESCRIPTION =
  'Only events of these; an event without such a key passes only an unset list. Empty or null: unset.';

export const TEMPLATE_DESCRIPTION =
  'With format TEMPLATE: the name of a ready template (see `GET /api/webhooks/templates`), or the text of a Mustache template. ' +
  'Empty or null: none.';

export const TEMPLATE_CONTENT_TYPE_DESCRIPTION =
  'What a template’s text is sent as, and hence how values are escaped; `application/json; charset=utf-8` unless given. ' +
  'Ready templates have their own. Empty or null: unset.';

/**
 * A webhook to be made. Event patterns and headers are checked by the service, see `checkEventPatterns` and
 * `mergeExtraHeaders`. Of a field's rules the lowest is checked first, and only the first problem is told.
 */
export class CreateWebhookRequest {
  @ApiProperty({ example: 'audit', maxLength: 64, description: 'Unique in the organization.' })
  @IsName(64)
  name!: string;

  @ApiProperty({ example: 'https://hooks.example.com/fp', maxLength: 2048 })
  @IsName(2048)
  url!: string;

  @ApiProperty({ required: false, enum: WEBHOOK_STATUSES, default: WEBHOOK_DEFAULTS.status })
  @IsOptional()
  @IsIn(WEBHOOK_STATUSES)
  status?: WebhookStatus;

  @ApiProperty({
    required: false,
    maxLength: 1024,
    example: '3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706',
    description: 'Signs the requests. Left out on creation: one is made. Empty: nothing is signed.',
  })
  @IsOptional()
  @IsPlainText(1024)
  secretKey?: string;

  @ApiProperty({ required: false, maxLength: 1024, default: '', example: 'For the auditors' })
  @IsOptional()
  @IsPlainText(1024)
  description?: string;

  @ApiProperty({
    required: false,
    type: [String],
    default: WEBHOOK_DEFAULTS.events,
    example: ['TOGGLE.PUBLISH', 'SEGMENT.*'],
    description: 'Each `*`, `RESOURCE.*` or `RESOURCE.ACTION`.',
  })
  @IsOptional()
  @IsString({ each: true })
  @ArrayMaxSize(MAX_EVENT_PATTERNS)
  @ArrayNotEmpty()
  @IsArray()
  events?: string[];

  @ApiProperty({
    required: false,
    nullable: true,
    type: [String],
    example: ['shop'],
    description: KEYS_DESCRIPTION,
  })
  @IsOptional()
  @IsResourceKey({ each: true })
  @ArrayMaxSize(MAX_FILTER_KEYS)
  @IsArray()
  projectKeys?: string[] | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: [String],
    example: ['production'],
    description: KEYS_DESCRIPTION,
  })
  @IsOptional()
  @IsResourceKey({ each: true })
  @ArrayMaxSize(MAX_FILTER_KEYS)
  @IsArray()
  environmentKeys?: string[] | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: [String],
    example: ['new_checkout'],
    description: KEYS_DESCRIPTION,
  })
  @IsOptional()
  @IsResourceKey({ each: true })
  @ArrayMaxSize(MAX_FILTER_KEYS)
  @IsArray()
  toggleKeys?: string[] | null;

  @ApiProperty({ required: false, enum: WEBHOOK_FORMATS, default: WEBHOOK_DEFAULTS.format })
  @IsOptional()
  @IsIn(WEBHOOK_FORMATS)
  format?: WebhookFormat;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: MAX_TEMPLATE_LENGTH,
    example: 'slack',
    description: TEMPLATE_DESCRIPTION,
  })
  @IsOptional()
  @IsPlainText(MAX_TEMPLATE_LENGTH)
  template?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: 128,
    example: 'text/plain; charset=utf-8',
    description: TEMPLATE_CONTENT_TYPE_DESCRIPTION,
  })
  @IsOptional()
  @IsPlainText(128)
  templateContentType?: string | null;

  @ApiProperty({
    selfRequired: false,
    nullable: true,
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { Authorization: 'Bearer abc' },
    description:
      'Extra request headers. Values are kept as secrets; `***` keeps the value stored under that name.',
  })
  @IsOptional()
  @IsObject()
  headers?: Record<string, unknown> | null;

  @ApiProperty({
    required: false,
    default: WEBHOOK_DEFAULTS.timeoutMs,
    minimum: 100,
    maximum: 30_000,
    description: 'One deadline for a whole try: look-up, connect, TLS, send, headers, body.',
  })
  @IsOptional()
  @Max(30_000)
  @Min(100)
  @IsInt()
  timeoutMs?: number;

  @ApiProperty({
    required: false,
    default: WEBHOOK_DEFAULTS.retryForHours,
    minimum: 1,
    maximum: 720,
    description: 'A delivery is given up at this age.',
  })
  @IsOptional()
  @Max(720)
  @Min(1)
  @IsInt()
  retryForHours?: number;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    default: WEBHOOK_DEFAULTS.maxInFlight,
    minimum: 1,
    maximum: 1000,
    description: 'Requests on the way at once, at the most. Null: the default.',
  })
  @IsOptional()
  @Max(1000)
  @Min(1)
  @IsInt()
  maxInFlight?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: Number,
    example: 50,
    minimum: 1,
    maximum: 1000,
    description:
      'Requests a second, at the most: any second has that many, give or take one. Null: no limit.',
  })
  @IsOptional()
  @Max(1000)
  @Min(1)
  @IsInt()
  maxPerSecond?: number | null;

  @ApiProperty({
    required: false,
    enum: WEBHOOK_ORDERINGS,
    default: WEBHOOK_DEFAULTS.ordering,
    description:
      '`RESOURCE`: events of one resource arrive in order. `LATEST`: the same, and of those that wait about the same thing only the newest is sent. `NONE`: each by itself.',
  })
  @IsOptional()
  @IsIn(WEBHOOK_ORDERINGS)
  ordering?: WebhookOrdering;

  @ApiProperty({
    required: false,
    default: WEBHOOK_DEFAULTS.maskSdkKeys,
    description: 'SDK keys in PROJECT and ENVIRONMENT bodies: whole, or their last four characters.',
  })
  @IsOptional()
  @IsBoolean()
  maskSdkKeys?: boolean;

  @ApiProperty({
    required: false,
    default: WEBHOOK_DEFAULTS.asymmetricSignature,
    description:
      'Signs with the Ed25519 key of the organization, too (`v1a` of Standard Webhooks). Its public key: `/.well-known/organizations/{organizationId}/jwks.json`.',
  })
  @IsOptional()
  @IsBoolean()
  asymmetricSignature?: boolean;
}

/** What to change of a webhook: what it doesn't name stays, `url` included. */
export class UpdateWebhookRequest extends PartialType(CreateWebhookRequest) {}
