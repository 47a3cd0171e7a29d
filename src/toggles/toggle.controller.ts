import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
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

  /** The project's toggles, newest first; with an environment, as they are there. */
  @Get()
  @ApiPage(ToggleItemDto)
  list(@CurrentProject() project: ProjectRef, @Query() query: ToggleQuery): Promise<Page<ToggleItemDto>> {
    return this.reader.list(project, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOkResponse({ type: ToggleDto })
  create(@CurrentProject() project: ProjectRef, @Body() request: CreateToggleDto): Promise<ToggleDto> {
    return this.toggles.create(project, request);
  }

  /** Whether a key or name is free: 200 if it is, `conflict` if not. */
  @Get('exists')
  @ApiOkResponse({ type: SuccessMessage })
  async exists(@CurrentProject() project: ProjectRef, @Query() query: ExistsQuery): Promise<SuccessMessage> {
    await this.reader.refuseTaken(project, query);
    return new SuccessMessage();
  }

  @Get(':toggleKey')
  @ApiOkResponse({ type: ToggleDto })
  get(@CurrentProject() project: ProjectRef, @Param('toggleKey') key: string): Promise<ToggleDto> {
    return this.reader.get(project, key);
  }

  @Patch(':toggleKey')
  @ApiOkResponse({ type: ToggleDto })
  update(
    @CurrentProject() project: ProjectRef,
    @Param('toggleKey') key: string,
    @Body() request: UpdateToggleDto,
  ): Promise<ToggleDto> {
    return this.toggles.update(project, key, request);
  }

  /** Archives the toggle: SDKs no longer get it. */
  @Patch(':toggleKey/offline')
  @ApiOkResponse({ type: ToggleDto })
  takeOffline(@CurrentProject() project: ProjectRef, @Param('toggleKey') key: string): Promise<ToggleDto> {
    return this.toggles.takeOffline(project, key);
  }

  /** Brings an archived toggle back as it was. */
  @Patch(':toggleKey/restore')
  @ApiOkResponse({ type: ToggleDto })
  restore(@CurrentProject() project: ProjectRef, @Param('toggleKey') key: string): Promise<ToggleDto> {
    return this.toggles.restore(project, key);
  }
}
