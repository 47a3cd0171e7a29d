import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { ToggleLookup } from './toggle-lookup.js';
import { AccessDto, TrafficDto, TrafficQuery } from './traffic.dto.js';

/** Evaluations that SDKs report. Flagpost doesn't take their reports in yet, and says so: there is no data. */
@ApiTags('traffic')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey')
export class TrafficController {
  constructor(private readonly toggles: ToggleLookup) {}

  @Get('traffic')
  @ApiOperation({ summary: 'How often each variation was served' })
  @ApiOkResponse({ type: TrafficDto })
  async traffic(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Query() _query: TrafficQuery,
  ): Promise<TrafficDto> {
    await this.toggles.find({ project, environmentKey, toggleKey });
    return new TrafficDto();
  }

  @Get('access')
  @ApiOperation({
    summary: 'Whether SDKs have evaluated the toggle',
    description: "Any `sdkType` will do: upstream's UI names some that upstream doesn't know.",
  })
  @ApiQuery({ name: 'sdkType', required: false, type: String, example: 'Java' })
  @ApiOkResponse({ type: AccessDto })
  async access(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<AccessDto> {
    await this.toggles.find({ project, environmentKey, toggleKey });
    return new AccessDto();
  }
}
