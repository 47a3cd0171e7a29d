import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { TargetingDto } from '../targeting/targeting.dto.js';
import { ApprovalDecider } from './approval-decider.js';
import { ApprovalReader } from './approval-reader.js';
import { ApprovalSubmitter } from './approval-submitter.js';
import {
  ApprovalDto,
  CancelSketchDto,
  CanceledTargetingDto,
  DecideApprovalDto,
  PublishSketchDto,
  SubmitApprovalDto,
  TargetingDiffDto,
} from './approval.dto.js';
import { SketchPublisher } from './sketch-publisher.js';

/** The approval of changes of a targeting, from the submission to the publishing. */
@ApiTags('approvals')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/toggles/:toggleKey/targeting')
export class ApprovalController {
  constructor(
    private readonly submitter: ApprovalSubmitter,
    private readonly decider: ApprovalDecider,
    private readonly sketches: SketchPublisher,
    private readonly reader: ApprovalReader,
  ) {}

  @Post('approval')
  @HttpCode(200)
  @ApiOperation({ summary: 'Submits a change for approval' })
  @ApiOkResponse({ type: ApprovalDto })
  submit(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: SubmitApprovalDto,
  ): Promise<ApprovalDto> {
    return this.submitter.submit({ project, environmentKey, toggleKey }, request);
  }

  @Patch('approvalStatus')
  @ApiOperation({
    summary: 'Passes, rejects, revokes the approval, or jumps it: publishes without waiting for reviewers',
  })
  @ApiOkResponse({ type: ApprovalDto })
  decide(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: DecideApprovalDto,
  ): Promise<ApprovalDto> {
    return this.decider.decide({ project, environmentKey, toggleKey }, request);
  }

  @Patch('sketch/publish')
  @ApiOperation({ summary: 'Publishes the change that was approved' })
  @ApiOkResponse({ type: TargetingDto })
  publish(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: PublishSketchDto,
  ): Promise<TargetingDto> {
    return this.sketches.publish({ project, environmentKey, toggleKey }, request);
  }

  @Patch('sketch/cancel')
  @ApiOperation({ summary: 'Gives the change up, whether it was approved or not' })
  @ApiOkResponse({ type: CanceledTargetingDto })
  cancel(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: CancelSketchDto,
  ): Promise<CanceledTargetingDto> {
    return this.sketches.cancel({ project, environmentKey, toggleKey }, request);
  }

  @Get('diff')
  @ApiOperation({ summary: 'What the change under way would change' })
  @ApiOkResponse({ type: TargetingDiffDto })
  diff(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<TargetingDiffDto> {
    return this.reader.diff({ project, environmentKey, toggleKey });
  }
}
