import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { ToggleLookup } from './toggle-lookup.js';
import { AccessDto, TrafficDto, TrafficQuery } from './traffic.dto.js';

/** Evaluations that SDKs report. Flagpost doesn't take their reports in yet, and says so: there is no data. */
@ApiTags('traffic')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey')
export class TrafficController {
  constructor(private readonly toggles: ToggleLookup) {}

  /** How often each variation was served. */
  @Get('traffic')
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

  /** Whether SDKs have evaluated the toggle. Any `sdkType` will do: upstream's UI names some that upstream doesn't know. */
  @Get('access')
  @ApiQuery({ name: 'sdkType', required: false, example: 'Java' })
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
