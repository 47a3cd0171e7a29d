import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole } from '../../platform/http/index.js';
import { WebhookPreviewer } from '../samples/webhook-previewer.js';
import { READY_TEMPLATES } from '../templates/ready-templates.js';
import { PreviewDto, PreviewRequest, ReadyTemplateDto } from './format.dto.js';

const DEFAULT_PREVIEW_EVENT = 'TOGGLE.PUBLISH';

/** What the bodies of webhooks can look like. */
@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('api/webhooks')
export class FormatController {
  constructor(private readonly previewer: WebhookPreviewer) {}

  @Get('templates')
  @ApiOperation({ summary: 'The templates that come with Flagpost' })
  @ApiOkResponse({ type: [ReadyTemplateDto] })
  templates(): readonly ReadyTemplateDto[] {
    return READY_TEMPLATES;
  }

  @Post('preview')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'What a webhook with these fields would be sent for a sample of the event',
    description: 'Nothing is saved or sent.',
  })
  @ApiOkResponse({ type: PreviewDto })
  preview(@Body() request: PreviewRequest): PreviewDto {
    return this.previewer.preview(PreviewRequest.toSource(request), request.event ?? DEFAULT_PREVIEW_EVENT);
  }
}
