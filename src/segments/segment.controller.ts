import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { ApiPage, ExistsQuery, type Page, PageQuery, SuccessMessage } from '../platform/http/index.js';
import {
  CreateSegmentDto,
  PublishSegmentDto,
  SegmentDto,
  SegmentQuery,
  SegmentVersionDto,
  UpdateSegmentDto,
} from './segment.dto.js';
import { SegmentReader } from './segment-reader.js';
import { SegmentService } from './segment.service.js';

@ApiTags('segments')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/segments')
export class SegmentController {
  constructor(
    private readonly segments: SegmentService,
    private readonly reader: SegmentReader,
  ) {}

  /** The project's segments, newest first. */
  @Get()
  @ApiPage(SegmentDto)
  list(@CurrentProject() project: ProjectRef, @Query() query: SegmentQuery): Promise<Page<SegmentDto>> {
    return this.reader.list(project, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOkResponse({ type: SegmentDto })
  create(@CurrentProject() project: ProjectRef, @Body() request: CreateSegmentDto): Promise<SegmentDto> {
    return this.segments.create(project, request);
  }

  /** Whether a key or name is free: 200 if it is, `conflict` if not. */
  @Get('exists')
  @ApiOkResponse({ type: SuccessMessage })
  async exists(@CurrentProject() project: ProjectRef, @Query() query: ExistsQuery): Promise<SuccessMessage> {
    await this.reader.refuseTaken(project, query);
    return new SuccessMessage();
  }

  @Get(':segmentKey')
  @ApiOkResponse({ type: SegmentDto })
  get(@CurrentProject() project: ProjectRef, @Param('segmentKey') key: string): Promise<SegmentDto> {
    return this.reader.get(project, key);
  }

  /** Changes what is not its rules. */
  @Patch(':segmentKey')
  @ApiOkResponse({ type: SegmentDto })
  update(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Body() request: UpdateSegmentDto,
  ): Promise<SegmentDto> {
    return this.segments.update(project, key, request);
  }

  /** Replaces its rules, in all environments at once. */
  @Patch(':segmentKey/publish')
  @ApiOkResponse({ type: SegmentDto })
  publish(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Body() request: PublishSegmentDto,
  ): Promise<SegmentDto> {
    return this.segments.publish(project, key, request);
  }

  /** Deletes a segment that no toggle refers to; its key stays taken. */
  @Delete(':segmentKey')
  @ApiOkResponse({ type: SegmentDto })
  delete(@CurrentProject() project: ProjectRef, @Param('segmentKey') key: string): Promise<SegmentDto> {
    return this.segments.delete(project, key);
  }

  /** Its rules as they were published, newest first. */
  @Get(':segmentKey/versions')
  @ApiPage(SegmentVersionDto)
  versions(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Query() page: PageQuery,
  ): Promise<Page<SegmentVersionDto>> {
    return this.reader.versions(project, key, page);
  }
}
