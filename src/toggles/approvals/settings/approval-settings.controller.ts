import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../../access/index.js';
import { ApprovalSettingsDto, UpdateApprovalSettingsDto } from './approval-settings.dto.js';
import { ApprovalSettingsService } from './approval-settings.service.js';

/** It is among the routes of projects, but only toggles know which environments have approvals under way. */
@ApiTags('approvals')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/approvalSettings')
export class ApprovalSettingsController {
  constructor(private readonly settings: ApprovalSettingsService) {}

  @Get()
  @ApiOperation({ summary: 'Which environments demand approvals, and by whom' })
  @ApiOkResponse({ type: [ApprovalSettingsDto] })
  list(@CurrentProject() project: ProjectRef): Promise<ApprovalSettingsDto[]> {
    return this.settings.list(project);
  }

  @Patch()
  @ApiOperation({ summary: 'Changes the settings of the environments that are mentioned' })
  @ApiOkResponse({ type: [ApprovalSettingsDto] })
  update(
    @CurrentProject() project: ProjectRef,
    @Body() request: UpdateApprovalSettingsDto,
  ): Promise<ApprovalSettingsDto[]> {
    return this.settings.update(project, request);
  }
}
