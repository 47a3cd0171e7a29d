import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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

  @Get()
  @ApiOperation({ summary: "The project's segments, newest first" })
  @ApiPage(SegmentDto)
  list(@CurrentProject() project: ProjectRef, @Query() query: SegmentQuery): Promise<Page<SegmentDto>> {
    return this.reader.list(project, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a segment without rules' })
  @ApiOkResponse({ type: SegmentDto })
  create(@CurrentProject() project: ProjectRef, @Body() request: CreateSegmentDto): Promise<SegmentDto> {
    return this.segments.create(project, request);
  }

  @Get('exists')
  @ApiOperation({ summary: 'Whether a key or name is free: 200 if it is, `conflict` if not' })
  @ApiOkResponse({ type: SuccessMessage })
  async exists(@CurrentProject() project: ProjectRef, @Query() query: ExistsQuery): Promise<SuccessMessage> {
    await this.reader.refuseTaken(project, query);
    return new SuccessMessage();
  }

  @Get(':segmentKey')
  @ApiOperation({ summary: 'One segment' })
  @ApiOkResponse({ type: SegmentDto })
  get(@CurrentProject() project: ProjectRef, @Param('segmentKey') key: string): Promise<SegmentDto> {
    return this.reader.get(project, key);
  }

  @Patch(':segmentKey')
  @ApiOperation({ summary: 'Changes a segment, but not its rules' })
  @ApiOkResponse({ type: SegmentDto })
  update(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Body() request: UpdateSegmentDto,
  ): Promise<SegmentDto> {
    return this.segments.update(project, key, request);
  }

  @Patch(':segmentKey/publish')
  @ApiOperation({ summary: "Replaces a segment's rules, in all environments at once" })
  @ApiOkResponse({ type: SegmentDto })
  publish(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Body() request: PublishSegmentDto,
  ): Promise<SegmentDto> {
    return this.segments.publish(project, key, request);
  }

  @Delete(':segmentKey')
  @ApiOperation({ summary: 'Deletes a segment that no toggle refers to; its key stays taken' })
  @ApiOkResponse({ type: SegmentDto })
  delete(@CurrentProject() project: ProjectRef, @Param('segmentKey') key: string): Promise<SegmentDto> {
    return this.segments.delete(project, key);
  }

  @Get(':segmentKey/versions')
  @ApiOperation({ summary: "A segment's rules as they were published, newest first" })
  @ApiPage(SegmentVersionDto)
  versions(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Query() page: PageQuery,
  ): Promise<Page<SegmentVersionDto>> {
    return this.reader.versions(project, key, page);
  }
}
