import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../../access/index.js';
import { ApiPage, PageQuery, type Page } from '../../../platform/http/index.js';
import { CampaignStatsDto, RecipientDto, RecipientQuery, RunDto, RunsPath } from './run.dto.js';
import { RunReader } from './run-reader.js';

/** What campaigns have sent, and what came of it. */
@ApiTags('campaigns')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/campaigns/:id')
export class RunController {
  constructor(private readonly reader: RunReader) {}

  @Get('runs')
  @ApiOperation({ summary: 'The runs of a campaign, the newest first' })
  @ApiPage(RunDto)
  runs(
    @CurrentProject() project: ProjectRef,
    @Param() { id }: RunsPath,
    @Query() query: PageQuery,
  ): Promise<Page<RunDto>> {
    return this.reader.listRuns(project, id, query);
  }

  @Get('stats')
  @ApiOperation({ summary: 'How a campaign fared, over all of its runs' })
  @ApiOkResponse({ type: CampaignStatsDto })
  stats(@CurrentProject() project: ProjectRef, @Param() { id }: RunsPath): Promise<CampaignStatsDto> {
    return this.reader.stats(project, id);
  }

  @Get('recipients')
  @ApiOperation({
    summary: 'What became of each user',
    description: 'By run, the newest first, and then in the order in which users are sent to.',
  })
  @ApiPage(RecipientDto)
  recipients(
    @CurrentProject() project: ProjectRef,
    @Param() { id }: RunsPath,
    @Query() query: RecipientQuery,
  ): Promise<Page<RecipientDto>> {
    return this.reader.listRecipients(project, id, query);
  }
}
