import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireRole, type Principal } from '../../platform/http/index.js';
import { WebhookPath } from '../webhook-requests.dto.js';
import { ExplainRequest, ExplanationDto, FilterDryRunDto, FilterDryRunRequest } from './filter.dto.js';
import { FilterDryRun } from './filter-dry-run.js';
import { FilterExplainer } from './filter-explainer.js';

/** Why a webhook gets what it gets. */
@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('api/webhooks')
export class FilterController {
  constructor(
    private readonly explainer: FilterExplainer,
    private readonly dryRuns: FilterDryRun,
  ) {}

  @Post(':id/explain')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: "Whether a past event passes the webhook's filters as they are now, and which clause decides",
  })
  @ApiOkResponse({ type: ExplanationDto })
  explain(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: WebhookPath,
    @Body() { eventId }: ExplainRequest,
  ): Promise<ExplanationDto> {
    return this.explainer.explain(organizationId, id, eventId);
  }

  @Post('filters/dryRun')
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Which past events filters would let through',
    description: 'Those of a webhook to be made, or changes to one there is. Nothing is kept.',
  })
  @ApiOkResponse({ type: FilterDryRunDto })
  dryRun(
    @CurrentPrincipal() { organizationId }: Principal,
    @Body() request: FilterDryRunRequest,
  ): Promise<FilterDryRunDto> {
    return this.dryRuns.run(organizationId, request);
  }
}
