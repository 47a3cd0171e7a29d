import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { EVENT_NAMES } from '../events/index.js';
import { IsPlainText, PageQuery } from '../platform/http/index.js';
import { DEFAULT_OVERLAP_HOURS } from './webhook-defaults.js';
import { WEBHOOK_STATUSES, type WebhookStatus } from './webhook.entity.js';

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

/** How to replace a secret. */
export class RotateSecretRequest {
  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: 1024,
    example: '3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706',
    description: 'The new secret. Left out: one is made.',
  })
  @IsOptional()
  @IsPlainText(1024)
  secretKey?: string;

  @ApiProperty({
    required: false,
    default: DEFAULT_OVERLAP_HOURS,
    minimum: 0,
    maximum: 720,
    example: 24,
    description:
      'How long the old secret signs beside the new one in `webhook-signature`. 0: it ends at once.',
  })
  @IsOptional()
  @Max(720)
  @Min(0)
  @IsInt()
  overlapHours?: number;
}

/** Filters, ANDed, and page of the list. */
export class WebhookQuery extends PageQuery {
  @ApiProperty({ required: false, example: 'audit', description: 'Part of the name, whatever its case.' })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  nameLike?: string;

  @ApiProperty({ required: false, enum: WEBHOOK_STATUSES })
  @IsOptional()
  @IsIn(WEBHOOK_STATUSES)
  status?: WebhookStatus;
}

export class UrlQuery {
  @ApiProperty({ example: 'https://hooks.example.com/fp' })
  @IsString()
  url!: string;
}

/** The `{id}` of a path. */
export class WebhookPath {
  @ApiProperty({ example: 5 })
  @Type(() => Number)
  @Min(0)
  @IsInt()
  id!: number;
}

export class TestWebhookRequest {
  @ApiProperty({ required: false, enum: EVENT_NAMES, default: 'TOGGLE.PUBLISH' })
  @IsOptional()
  @IsIn(EVENT_NAMES)
  event?: string;

  @ApiProperty({
    required: false,
    default: false,
    description:
      'Signs with keys that nobody knows instead of the right ones. A receiver that checks signatures refuses that, and `signatureCheck` says whether it did.',
  })
  @IsOptional()
  @IsBoolean()
  wrongSignature?: boolean;

  @ApiProperty({
    required: false,
    default: false,
    description:
      'Sends two samples, one signed rightly and one wrongly, and says in `signatureCheck` whether the receiver tells them apart.',
  })
  @IsOptional()
  @IsBoolean()
  checkSignature?: boolean;
}
