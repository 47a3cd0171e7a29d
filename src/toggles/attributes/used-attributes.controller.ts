import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { EnvironmentService } from '../../environments/index.js';
import { notFound } from '../../platform/errors/index.js';
import { SegmentReferences } from '../../segments/index.js';
import { subjectsIn } from '../../targeting-rules/index.js';
import { parseContent } from '../targeting/content.js';
import { TargetingRepository } from '../targeting/targeting.repository.js';

/** Which user attributes a toggle's live rules look at. */
@ApiTags('targeting')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey/targeting/attributes')
export class UsedAttributesController {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly targetings: TargetingRepository,
    private readonly segments: SegmentReferences,
  ) {}

  @Get()
  @ApiOperation({
    summary: "User attributes that a toggle's rules look at",
    description:
      'Each once, in the order they first occur: those of the rules, then those of the segments that the rules refer to.',
  })
  @ApiOkResponse({ type: [String] })
  async list(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<string[]> {
    const environment = await this.environments.findLive(project, environmentKey);
    const targeting = await this.targetings.find(environment.id, project.id, toggleKey);
    if (!targeting) throw notFound('toggle', toggleKey);
    const ruleLists = [parseContent(targeting.content).rules, ...(await this.segments.rulesOf(targeting.id))];
    return [...new Set(ruleLists.flatMap((rules) => subjectsIn(rules)))];
  }
}
