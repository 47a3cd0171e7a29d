import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { ApiPage, type Page, PageQuery } from '../../platform/http/index.js';
import { PrerequisiteReader } from './prerequisite-reader.js';
import { CandidateDto, CandidateQuery, DependentDto } from './prerequisite.dto.js';

@ApiTags('targeting')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey/targeting/prerequisite')
export class PrerequisiteController {
  constructor(private readonly reader: PrerequisiteReader) {}

  @Get('toggles')
  @ApiOperation({ summary: 'The other toggles in use, newest first: what the toggle may depend on' })
  @ApiOkResponse({ type: [CandidateDto] })
  candidates(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Query() query: CandidateQuery,
  ): Promise<CandidateDto[]> {
    return this.reader.candidates(project, environmentKey, toggleKey, query);
  }

  @Get('dependencies')
  @ApiOperation({ summary: 'The toggles in use that depend on the toggle in the environment, newest first' })
  @ApiPage(DependentDto)
  dependents(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Query() page: PageQuery,
  ): Promise<Page<DependentDto>> {
    return this.reader.dependents(project, environmentKey, toggleKey, page);
  }
}
