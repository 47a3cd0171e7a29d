import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import {
  CurrentPrincipal,
  ExistsQuery,
  RequireRole,
  SuccessMessage,
  type Principal,
} from '../platform/http/index.js';
import { CreateProjectDto, ProjectDto, ProjectQuery, UpdateProjectDto } from './project.dto.js';
import { ProjectService } from './project.service.js';

@ApiTags('projects')
@ApiBearerAuth()
@Controller('api/projects')
export class ProjectController {
  constructor(private readonly projects: ProjectService) {}

  @Get()
  @ApiOperation({ summary: 'Projects, newest first' })
  @ApiOkResponse({ type: [ProjectDto] })
  list(@CurrentPrincipal() principal: Principal, @Query() query: ProjectQuery): Promise<ProjectDto[]> {
    return this.projects.list(principal.organizationId, query.keyword);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a project with one environment, `online`' })
  @ApiOkResponse({ type: ProjectDto })
  create(@CurrentPrincipal() principal: Principal, @Body() body: CreateProjectDto): Promise<ProjectDto> {
    return this.projects.create(principal.organizationId, body);
  }

  @Get('exists')
  @ApiOperation({ summary: 'Says whether a key or name is free; 400 `conflict` when it is taken' })
  @ApiOkResponse({ type: SuccessMessage })
  async exists(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ExistsQuery,
  ): Promise<SuccessMessage> {
    await this.projects.refuseTaken(principal.organizationId, query);
    return new SuccessMessage();
  }

  @Get(':projectKey')
  @ApiOperation({ summary: 'One project' })
  @ApiOkResponse({ type: ProjectDto })
  get(@CurrentProject() project: ProjectRef): Promise<ProjectDto> {
    return this.projects.get(project);
  }

  @Patch(':projectKey')
  @ApiOperation({ summary: 'Changes the name or description of a project' })
  @ApiOkResponse({ type: ProjectDto })
  update(@CurrentProject() project: ProjectRef, @Body() body: UpdateProjectDto): Promise<ProjectDto> {
    return this.projects.update(project, body);
  }

  @Delete(':projectKey')
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Deletes a project with all its environments; its key and name stay taken' })
  @ApiOkResponse({ type: ProjectDto })
  delete(@CurrentProject() project: ProjectRef): Promise<ProjectDto> {
    return this.projects.delete(project);
  }
}
