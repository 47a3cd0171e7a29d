import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  CurrentPrincipal,
  RequireRole,
  type Page,
  type Principal,
} from '../../platform/http/index.js';
import { TouchpointDto, TouchpointItemDto } from './touchpoint.dto.js';
import { CreateTouchpointRequest, UpdateTouchpointRequest } from './touchpoint-input.dto.js';
import { SpacesRequest } from './touchpoint-parts.dto.js';
import { TouchpointReader } from './touchpoint-reader.js';
import { TouchpointPath, TouchpointQuery } from './touchpoint-requests.dto.js';
import { TouchpointService } from './touchpoint.service.js';
import { TouchpointSpaces } from './touchpoint-spaces.js';
import { TouchpointSwitch } from './touchpoint-switch.js';

/** Any member may read touchpoints; changing them is the owners'. */
@ApiTags('touchpoints')
@ApiBearerAuth()
@Controller('api/touchpoints')
export class TouchpointController {
  constructor(
    private readonly touchpoints: TouchpointService,
    private readonly switches: TouchpointSwitch,
    private readonly spaces: TouchpointSpaces,
    private readonly reader: TouchpointReader,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The touchpoints of the organization, the newest first' })
  @ApiPage(TouchpointItemDto)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: TouchpointQuery,
  ): Promise<Page<TouchpointItemDto>> {
    return this.reader.list(principal, query);
  }

  @Post()
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Makes a touchpoint: enabled, authorised for no project' })
  @ApiOkResponse({ type: TouchpointItemDto })
  async create(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Body() request: CreateTouchpointRequest,
  ): Promise<TouchpointItemDto> {
    return this.reader.showWithHealth(await this.touchpoints.create(organizationId, request), role);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One touchpoint' })
  @ApiOkResponse({ type: TouchpointItemDto })
  get(@CurrentPrincipal() principal: Principal, @Param() { id }: TouchpointPath): Promise<TouchpointItemDto> {
    return this.reader.get(principal, id);
  }

  @Patch(':id')
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Changes what the body names and keeps the rest, while the touchpoint is disabled',
  })
  @ApiOkResponse({ type: TouchpointItemDto })
  async update(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: TouchpointPath,
    @Body() request: UpdateTouchpointRequest,
  ): Promise<TouchpointItemDto> {
    return this.reader.showWithHealth(await this.touchpoints.update(organizationId, id, request), role);
  }

  @Delete(':id')
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Deletes a disabled touchpoint; the log of its deliveries stays' })
  @ApiOkResponse({ type: TouchpointDto })
  async delete(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: TouchpointPath,
  ): Promise<TouchpointDto> {
    return this.reader.show(await this.switches.delete(organizationId, id), role);
  }

  @Patch(':id/enable')
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Lets campaigns pick it and requests go to it' })
  @ApiOkResponse({ type: TouchpointItemDto })
  async enable(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: TouchpointPath,
  ): Promise<TouchpointItemDto> {
    return this.reader.showWithHealth(await this.switches.enable(organizationId, id), role);
  }

  @Patch(':id/disable')
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Switches it off, so that it may be edited or deleted',
    description:
      'Refused while campaigns use it that are running, paused, not started, to be published or in approval.',
  })
  @ApiOkResponse({ type: TouchpointItemDto })
  async disable(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: TouchpointPath,
  ): Promise<TouchpointItemDto> {
    return this.reader.showWithHealth(await this.switches.disable(organizationId, id), role);
  }

  @Patch(':id/spaces')
  @RequireRole('OWNER')
  @ApiOperation({
    summary: 'Authorises it for these projects and no others',
    description: 'Refused while campaigns of a project that would lose it use it.',
  })
  @ApiOkResponse({ type: TouchpointItemDto })
  async authorise(
    @CurrentPrincipal() { organizationId, role }: Principal,
    @Param() { id }: TouchpointPath,
    @Body() { projectKeys }: SpacesRequest,
  ): Promise<TouchpointItemDto> {
    return this.reader.showWithHealth(await this.spaces.authorise(organizationId, id, projectKeys), role);
  }
}
