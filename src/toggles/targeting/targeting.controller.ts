import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { ApiPage, type Page } from '../../platform/http/index.js';
import { TargetingPublisher } from './targeting-publisher.js';
import { TargetingReader } from './targeting-reader.js';
import {
  PublishTargetingDto,
  TargetingDto,
  TargetingVersionDto,
  TargetingVersionQuery,
  TargetingVersionsDto,
  VersionParam,
} from './targeting.dto.js';
import { TargetingViewDto } from './targeting-view.dto.js';

@ApiTags('targeting')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey/targeting')
export class TargetingController {
  constructor(
    private readonly publisher: TargetingPublisher,
    private readonly reader: TargetingReader,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What the toggle serves in the environment; while an approval is under way, what it is to serve',
  })
  @ApiOkResponse({ type: TargetingViewDto })
  get(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<TargetingViewDto> {
    return this.reader.get(project, environmentKey, toggleKey);
  }

  @Patch()
  @ApiOperation({ summary: 'Publishes a change of what the toggle serves in the environment' })
  @ApiOkResponse({ type: TargetingDto })
  publish(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: PublishTargetingDto,
  ): Promise<TargetingDto> {
    return this.publisher.publish(project, environmentKey, toggleKey, request);
  }

  @Get('versions')
  @ApiOperation({ summary: 'What the toggle served in the environment, version by version, newest first' })
  @ApiPage(TargetingVersionDto)
  versions(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Query() query: TargetingVersionQuery,
  ): Promise<Page<TargetingVersionDto>> {
    return this.reader.versions(project, environmentKey, toggleKey, query);
  }

  @Get('versions/:version')
  @ApiOperation({ summary: 'The versions from this one on, newest first' })
  @ApiOkResponse({ type: TargetingVersionsDto })
  versionsFrom(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Param() { version }: VersionParam,
  ): Promise<TargetingVersionsDto> {
    return this.reader.versionsFrom(project, environmentKey, toggleKey, version);
  }
}
