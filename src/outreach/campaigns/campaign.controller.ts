import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { ApiPage, type Page } from '../../platform/http/index.js';
import { CampaignLifecycle } from './campaign-lifecycle.js';
import { CampaignReader } from './campaign-reader.js';
import {
  CampaignDto,
  CampaignPath,
  CampaignQuery,
  CreateCampaignRequest,
  UpdateCampaignRequest,
} from './campaign.dto.js';
import { CampaignService } from './campaign.service.js';

/** Any member may read and manage campaigns: writers are marketers here. */
@ApiTags('campaigns')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/campaigns')
export class CampaignController {
  constructor(
    private readonly campaigns: CampaignService,
    private readonly lifecycle: CampaignLifecycle,
    private readonly reader: CampaignReader,
  ) {}

  @Get()
  @ApiOperation({ summary: "The project's campaigns, newest first" })
  @ApiPage(CampaignDto)
  list(@CurrentProject() project: ProjectRef, @Query() query: CampaignQuery): Promise<Page<CampaignDto>> {
    return this.reader.list(project, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a draft, at any completeness' })
  @ApiOkResponse({ type: CampaignDto })
  create(
    @CurrentProject() project: ProjectRef,
    @Body() request: CreateCampaignRequest,
  ): Promise<CampaignDto> {
    return this.campaigns.create(project, request);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One campaign' })
  @ApiOkResponse({ type: CampaignDto })
  get(@CurrentProject() project: ProjectRef, @Param() { id }: CampaignPath): Promise<CampaignDto> {
    return this.reader.get(project, id);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Changes a draft or a paused campaign',
    description:
      'A paused one has to stay complete and right. Its trigger’s type can’t change; once it has begun to send, neither can its steps, its mode, the time of `ONCE`, or the event, occurrence and start of `TRIGGERED`.',
  })
  @ApiOkResponse({ type: CampaignDto })
  update(
    @CurrentProject() project: ProjectRef,
    @Param() { id }: CampaignPath,
    @Body() request: UpdateCampaignRequest,
  ): Promise<CampaignDto> {
    return this.campaigns.update(project, id, request);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Deletes a campaign that is a draft, finished or closed' })
  @ApiOkResponse({ type: CampaignDto })
  delete(@CurrentProject() project: ProjectRef, @Param() { id }: CampaignPath): Promise<CampaignDto> {
    return this.campaigns.delete(project, id);
  }

  @Patch(':id/publish')
  @ApiOperation({
    summary: 'Puts a draft online, or says all that is wrong with it',
    description: 'It is `NOT_STARTED` until its first run has begun, which may be at once.',
  })
  @ApiOkResponse({ type: CampaignDto })
  publish(@CurrentProject() project: ProjectRef, @Param() { id }: CampaignPath): Promise<CampaignDto> {
    return this.lifecycle.publish(project, id);
  }

  @Patch(':id/pause')
  @ApiOperation({ summary: 'Stops it for a while: no run begins' })
  @ApiOkResponse({ type: CampaignDto })
  pause(@CurrentProject() project: ProjectRef, @Param() { id }: CampaignPath): Promise<CampaignDto> {
    return this.lifecycle.pause(project, id);
  }

  @Patch(':id/resume')
  @ApiOperation({
    summary: 'Lets it go on',
    description:
      'A `ONCE` campaign whose time came while it was paused runs at once; a `RECURRING` one runs at its next time. Where nothing is left to do, it is `FINISHED`.',
  })
  @ApiOkResponse({ type: CampaignDto })
  resume(@CurrentProject() project: ProjectRef, @Param() { id }: CampaignPath): Promise<CampaignDto> {
    return this.lifecycle.resume(project, id);
  }

  @Patch(':id/close')
  @ApiOperation({ summary: 'Ends it for good: what has not gone out is canceled' })
  @ApiOkResponse({ type: CampaignDto })
  close(@CurrentProject() project: ProjectRef, @Param() { id }: CampaignPath): Promise<CampaignDto> {
    return this.lifecycle.close(project, id);
  }
}
