import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { EVENT_NAMES } from '../../events/index.js';
import { IsPlainText } from '../../platform/http/index.js';
import { MAX_TEMPLATE_LENGTH } from '../templates/template-syntax.js';
import { TEMPLATE_CONTENT_TYPE_DESCRIPTION, TEMPLATE_DESCRIPTION } from '../webhook-input.dto.js';
import { WEBHOOK_FORMATS, type WebhookFormat } from '../webhook.entity.js';
import type { FormSource } from './body-form.js';

/** A template that comes with Flagpost. */
export class ReadyTemplateDto {
  @ApiProperty({ example: 'slack', description: 'What a webhook’s `template` says to use it.' })
  name!: string;

  @ApiProperty({ example: 'Slack incoming webhook' })
  title!: string;

  @ApiProperty({ example: 'application/json; charset=utf-8' })
  contentType!: string;

  @ApiProperty({
    example: '{"text":"{{slack.summary}}","mrkdwn":false}',
    description: 'To start your own from.',
  })
  template!: string;
}

/** The fields of a webhook that decide on its bodies, and the event to show. */
export class PreviewRequest {
  @ApiProperty({
    required: false,
    enum: WEBHOOK_FORMATS,
    example: 'TEMPLATE',
    description: 'Left out: TEMPLATE where a template is given, else FEATUREPROBE.',
  })
  @IsOptional()
  @IsIn(WEBHOOK_FORMATS)
  format?: WebhookFormat;

  @ApiProperty({
    required: false,
    type: String,
    maxLength: MAX_TEMPLATE_LENGTH,
    example: '{"text":"{{summary}}"}',
    description: TEMPLATE_DESCRIPTION,
  })
  @IsOptional()
  @IsPlainText(MAX_TEMPLATE_LENGTH)
  template?: string | null;

  @ApiProperty({
    required: false,
    type: String,
    maxLength: 128,
    example: 'application/json',
    description: TEMPLATE_CONTENT_TYPE_DESCRIPTION,
  })
  @IsOptional()
  @IsPlainText(128)
  templateContentType?: string | null;

  @ApiProperty({ required: false, enum: EVENT_NAMES, default: 'TOGGLE.PUBLISH' })
  @IsOptional()
  @IsIn(EVENT_NAMES)
  event?: string;

  @ApiProperty({ required: false, default: false, description: 'As the webhook’s field of that name.' })
  @IsOptional()
  @IsBoolean()
  maskSdkKeys?: boolean;

  static toSource(request: PreviewRequest): FormSource {
    const template = request.template || null;
    return {
      format: request.format ?? (template === null ? 'FEATUREPROBE' : 'TEMPLATE'),
      template,
      templateContentType: request.templateContentType || null,
      maskSdkKeys: request.maskSdkKeys ?? false,
    };
  }
}

/** What would be sent. */
export class PreviewDto {
  @ApiProperty({ example: 'application/json; charset=utf-8', description: 'The header Content-Type.' })
  contentType!: string;

  @ApiProperty({ example: '{"text":"Admin published toggle new_checkout in sample_shop / production"}' })
  body!: string;
}
