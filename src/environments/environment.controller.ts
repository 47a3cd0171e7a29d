import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { ExistsQuery, SuccessMessage } from '../platform/http/index.js';
import {
  CreateEnvironmentDto,
  EnvironmentDto,
  EnvironmentQuery,
  UpdateEnvironmentDto,
} from './environment.dto.js';
import { EnvironmentService } from './environment.service.js';

@ApiTags('environments')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments')
export class EnvironmentController {
  constructor(private readonly environments: EnvironmentService) {}

  @Get()
  @ApiOperation({ summary: 'Environments of a project, oldest first' })
  @ApiOkResponse({ type: [EnvironmentDto] })
  list(@CurrentProject() project: ProjectRef, @Query() query: EnvironmentQuery): Promise<EnvironmentDto[]> {
    return this.environments.list(project, query.archived);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes an environment' })
  @ApiOkResponse({ type: EnvironmentDto })
  create(@CurrentProject() project: ProjectRef, @Body() body: CreateEnvironmentDto): Promise<EnvironmentDto> {
    return this.environments.create(project, body);
  }

  @Get('exists')
  @ApiOperation({ summary: 'Says whether a key or name is free; 400 `conflict` when it is taken' })
  @ApiOkResponse({ type: SuccessMessage })
  async exists(@CurrentProject() project: ProjectRef, @Query() query: ExistsQuery): Promise<SuccessMessage> {
    await this.environments.refuseTaken(project, query);
    return new SuccessMessage();
  }

  @Get(':environmentKey')
  @ApiOperation({ summary: 'One environment' })
  @ApiOkResponse({ type: EnvironmentDto })
  get(@CurrentProject() project: ProjectRef, @Param('environmentKey') key: string): Promise<EnvironmentDto> {
    return this.environments.get(project, key);
  }

  @Patch(':environmentKey')
  @ApiOperation({ summary: 'Changes the name of an environment, or its SDK keys' })
  @ApiOkResponse({ type: EnvironmentDto })
  update(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') key: string,
    @Body() body: UpdateEnvironmentDto,
  ): Promise<EnvironmentDto> {
    return this.environments.update(project, key, body);
  }

  @Patch(':environmentKey/offline')
  @ApiOperation({ summary: 'Takes an environment offline: SDKs no longer see it' })
  @ApiOkResponse({ type: EnvironmentDto })
  takeOffline(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') key: string,
  ): Promise<EnvironmentDto> {
    return this.environments.takeOffline(project, key);
  }

  @Patch(':environmentKey/restore')
  @ApiOperation({ summary: 'Brings an environment back that was taken offline' })
  @ApiOkResponse({ type: EnvironmentDto })
  restore(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') key: string,
  ): Promise<EnvironmentDto> {
    return this.environments.restore(project, key);
  }
}
