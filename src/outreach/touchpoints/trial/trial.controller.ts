import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../../platform/http/index.js';
import { OptionDto } from '../options/option.dto.js';
import type { Option } from '../options/option.js';
import { TouchpointReader } from '../touchpoint-reader.js';
import {
  OptionsQuery,
  ParameterPath,
  TestTouchpointRequest,
  TouchpointPath,
} from '../touchpoint-requests.dto.js';
import { TouchpointTester, type TrialResult } from './touchpoint-tester.js';
import { TrialResultDto } from './trial.dto.js';

/** What marketers need of touchpoints while they compose a campaign, so any member may call it. */
@ApiTags('touchpoints')
@ApiBearerAuth()
@Controller('api/touchpoints')
export class TrialController {
  constructor(
    private readonly tester: TouchpointTester,
    private readonly reader: TouchpointReader,
  ) {}

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Sends one request now with these values, as a campaign would, also while the touchpoint is disabled',
  })
  @ApiOkResponse({ type: TrialResultDto })
  test(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id }: TouchpointPath,
    @Body() request: TestTouchpointRequest,
  ): Promise<TrialResult> {
    return this.tester.send(organizationId, id, request);
  }

  @Get(':id/options/:param')
  @ApiOperation({
    summary: 'The values of an ENUM parameter',
    description: 'Those that come from an API may be three minutes old.',
  })
  @ApiOkResponse({ type: [OptionDto] })
  options(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param() { id, param }: ParameterPath,
    @Query() { projectKey }: OptionsQuery,
  ): Promise<readonly Option[]> {
    return this.reader.optionsOf(organizationId, id, param, projectKey);
  }
}
