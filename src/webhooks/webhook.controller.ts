import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentPrincipal, RequireRole, type Page, type Principal } from '../platform/http/index.js';
import { urlCandidates } from './url-candidates.js';
import { SecretSuggestion, TestResultDto, WebhookDto, WebhookItemDto } from './webhook.dto.js';
import { CreateWebhookRequest, UpdateWebhookRequest } from './webhook-input.dto.js';
import {
  RotateSecretRequest,
  TestWebhookRequest,
  UrlQuery,
  WebhookPath,
  WebhookQuery,
} from './webhook-requests.dto.js';
import { WebhookReader } from './webhook-reader.js';
import { WebhookService } from './webhook.service.js';
import { WebhookTester } from './samples/webhook-tester.js';

const DEFAULT_TEST_EVENT = 'TOGGLE.PUBLISH';

/** Any member may read webhooks; all else is the owners'. */
@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('api/webhooks')
export class WebhookController {
  constructor(
    private readonly webhooks: WebhookService,
    private readonly reader: WebhookReader,
    private readonly tester: WebhookTester,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The webhooks of the organization, the newest first' })
  @ApiPage(WebhookItemDto)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: WebhookQuery,
  ): Promise<Page<WebhookItemDto>> {
    return this.reader.list(principal, query);
  }

  @Post()
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Makes a webhook' })
  @ApiOkResponse({ type: WebhookItemDto })
  async create(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Body() request: CreateWebhookRequest,
  ): Promise<WebhookItemDto> {
    return this.reader.showWithHealth(await this.webhooks.create(organizationId, request), role);
  }

  @Get('secretKey')
  @ApiOperation({ summary: 'A random secret for a form to fill in; stored nowhere' })
  @ApiOkResponse({ type: SecretSuggestion })
  suggestSecret(): SecretSuggestion {
    return { secretKey: this.webhooks.suggestSecret() };
  }

  @Get('checkUrl')
  @ApiOperation({
    summary: 'Names of the webhooks that have exactly this URL, which may be percent-encoded or not',
  })
  @ApiOkResponse({ type: [String] })
  checkUrl(
    @CurrentPrincipal() { organizationId }: Principal,
    @Query() query: UrlQuery,
    @Req() request: { readonly url: string },
  ): Promise<string[]> {
    return this.reader.namesByUrl(organizationId, urlCandidates(query.url, request.url));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One webhook' })
  @ApiOkResponse({ type: WebhookItemDto })
  get(@CurrentPrincipal() principal: Principal, @Param() { id }: WebhookPath): Promise<WebhookItemDto> {
    return this.reader.get(principal, id);
  }

  @Patch(':id')
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Changes what the body names and keeps the rest' })
  @ApiOkResponse({ type: WebhookItemDto })
  async update(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: WebhookPath,
    @Body() request: UpdateWebhookRequest,
  ): Promise<WebhookItemDto> {
    return this.reader.showWithHealth(await this.webhooks.update(organizationId, id, request), role);
  }

  @Delete(':id')
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Deletes a webhook: what waits for it is canceled, its delivery log stays' })
  @ApiOkResponse({ type: WebhookDto })
  async delete(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: WebhookPath,
  ): Promise<WebhookDto> {
    return this.reader.show(await this.webhooks.delete(organizationId, id), role);
  }

  @Post(':id/rotateSecret')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Replaces the secret',
    description:
      'The old one signs beside the new one in `webhook-signature` for the overlap; `X-FeatureProbe-Sign` uses the new one at once.',
  })
  @ApiOkResponse({ type: WebhookItemDto })
  async rotateSecret(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: WebhookPath,
    @Body() request: RotateSecretRequest,
  ): Promise<WebhookItemDto> {
    return this.reader.showWithHealth(await this.webhooks.rotateSecret(organizationId, id, request), role);
  }

  @Post(':id/test')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Sends a sample now, also while the webhook is disabled, and keeps no delivery of it',
  })
  @ApiOkResponse({ type: TestResultDto })
  test(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: WebhookPath,
    @Body() { event, wrongSignature, checkSignature }: TestWebhookRequest,
  ): Promise<TestResultDto> {
    const eventName = event ?? DEFAULT_TEST_EVENT;
    if (checkSignature) return this.tester.checkSignature(organizationId, id, eventName);
    if (wrongSignature) return this.tester.sendWronglySigned(organizationId, id, eventName);
    return this.tester.send(organizationId, id, eventName);
  }
}
