import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { EnvironmentService } from '../environments/index.js';
import { ApiPage, type Page, pageOf, PageQuery } from '../platform/http/index.js';
import { SegmentReader } from '../segments/index.js';
import { SegmentUsageDto } from './segment-usage.dto.js';
import { TargetingRepository } from './targeting/targeting.repository.js';

/** Which toggles use a segment. It is among the routes of segments, but only toggles know their names. */
@ApiTags('segments')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/segments/:segmentKey/toggles')
export class SegmentUsageController {
  constructor(
    private readonly segments: SegmentReader,
    private readonly targetings: TargetingRepository,
    private readonly environments: EnvironmentService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Toggles that use a segment',
    description: 'Everything that keeps it from being deleted: archived toggles and environments too.',
  })
  @ApiPage(SegmentUsageDto)
  async list(
    @CurrentProject() project: ProjectRef,
    @Param('segmentKey') key: string,
    @Query() page: PageQuery,
  ): Promise<Page<SegmentUsageDto>> {
    const segment = await this.segments.find(project, key);
    const [targetings, total] = await this.targetings.listUsingSegment(segment.id, page);
    const environments = await this.environments.listAll(project);
    const byId = new Map(environments.map((environment) => [environment.id, environment]));
    return pageOf(
      targetings.map((targeting) => SegmentUsageDto.from(targeting, byId.get(targeting.environmentId))),
      total,
      page,
    );
  }
}
