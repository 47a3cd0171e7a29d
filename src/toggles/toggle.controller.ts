import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { ApiPage, ExistsQuery, type Page, SuccessMessage } from '../platform/http/index.js';
import { ToggleItemDto, ToggleQuery } from './toggle-list.dto.js';
import { ToggleReader } from './toggle-reader.js';
import { CreateToggleDto, ToggleDto, UpdateToggleDto } from './toggle.dto.js';
import { ToggleService } from './toggle.service.js';

@ApiTags('toggles')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/toggles')
export class ToggleController {
  constructor(
    private readonly toggles: ToggleService,
    private readonly reader: ToggleReader,
  ) {}

  @Get()
  @ApiOperation({ summary: "The project's toggles, newest first; with an environment, as they are there" })
  @ApiPage(ToggleItemDto)
  list(@CurrentProject() project: ProjectRef, @Query() query: ToggleQuery): Promise<Page<ToggleItemDto>> {
    return this.reader.list(project, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a toggle, disabled in every environment' })
  @ApiOkResponse({ type: ToggleDto })
  create(@CurrentProject() project: ProjectRef, @Body() request: CreateToggleDto): Promise<ToggleDto> {
    return this.toggles.create(project, request);
  }

  @Get('exists')
  @ApiOperation({ summary: 'Whether a key or name is free: 200 if it is, `conflict` if not' })
  @ApiOkResponse({ type: SuccessMessage })
  async exists(@CurrentProject() project: ProjectRef, @Query() query: ExistsQuery): Promise<SuccessMessage> {
    await this.reader.refuseTaken(project, query);
    return new SuccessMessage();
  }

  @Get(':toggleKey')
  @ApiOperation({ summary: 'One toggle' })
  @ApiOkResponse({ type: ToggleDto })
  get(@CurrentProject() project: ProjectRef, @Param('toggleKey') key: string): Promise<ToggleDto> {
    return this.reader.get(project, key);
  }

  @Patch(':toggleKey')
  @ApiOperation({ summary: 'Changes what later environments begin with, and what the toggle is called' })
  @ApiOkResponse({ type: ToggleDto })
  update(
    @CurrentProject() project: ProjectRef,
    @Param('toggleKey') key: string,
    @Body() request: UpdateToggleDto,
  ): Promise<ToggleDto> {
    return this.toggles.update(project, key, request);
  }

  @Patch(':toggleKey/offline')
  @ApiOperation({ summary: 'Archives the toggle: SDKs no longer get it' })
  @ApiOkResponse({ type: ToggleDto })
  takeOffline(@CurrentProject() project: ProjectRef, @Param('toggleKey') key: string): Promise<ToggleDto> {
    return this.toggles.takeOffline(project, key);
  }

  @Patch(':toggleKey/restore')
  @ApiOperation({ summary: 'Brings an archived toggle back as it was' })
  @ApiOkResponse({ type: ToggleDto })
  restore(@CurrentProject() project: ProjectRef, @Param('toggleKey') key: string): Promise<ToggleDto> {
    return this.toggles.restore(project, key);
  }
}
