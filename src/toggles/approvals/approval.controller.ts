import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
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

  /** Submits a change for approval. */
  @Post('approval')
  @HttpCode(200)
  @ApiOkResponse({ type: ApprovalDto })
  submit(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: SubmitApprovalDto,
  ): Promise<ApprovalDto> {
    return this.submitter.submit({ project, environmentKey, toggleKey }, request);
  }

  /** Passes, rejects, revokes the approval, or jumps it: publishes without waiting for reviewers. */
  @Patch('approvalStatus')
  @ApiOkResponse({ type: ApprovalDto })
  decide(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: DecideApprovalDto,
  ): Promise<ApprovalDto> {
    return this.decider.decide({ project, environmentKey, toggleKey }, request);
  }

  /** Publishes the change that was approved. */
  @Patch('sketch/publish')
  @ApiOkResponse({ type: TargetingDto })
  publish(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: PublishSketchDto,
  ): Promise<TargetingDto> {
    return this.sketches.publish({ project, environmentKey, toggleKey }, request);
  }

  /** Gives the change up, whether it was approved or not. */
  @Patch('sketch/cancel')
  @ApiOkResponse({ type: CanceledTargetingDto })
  cancel(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
    @Body() request: CancelSketchDto,
  ): Promise<CanceledTargetingDto> {
    return this.sketches.cancel({ project, environmentKey, toggleKey }, request);
  }

  /** What the change under way would change. */
  @Get('diff')
  @ApiOkResponse({ type: TargetingDiffDto })
  diff(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Param('toggleKey') toggleKey: string,
  ): Promise<TargetingDiffDto> {
    return this.reader.diff({ project, environmentKey, toggleKey });
  }
}
