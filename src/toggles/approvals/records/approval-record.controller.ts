import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, CurrentPrincipal, type Page, type Principal } from '../../../platform/http/index.js';
import { ApprovalRecordReader } from './approval-record-reader.js';
import {
  ApprovalRecordDto,
  ApprovalRecordQuery,
  ApprovalTotalDto,
  ApprovalTotalQuery,
} from './approval-record.dto.js';

/** The approvals that concern the caller. */
@ApiTags('approvals')
@ApiBearerAuth()
@Controller('api/approvalRecords')
export class ApprovalRecordController {
  constructor(private readonly records: ApprovalRecordReader) {}

  @Get()
  @ApiOperation({ summary: 'Approvals that the caller is to review, or has submitted, newest first' })
  @ApiPage(ApprovalRecordDto)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ApprovalRecordQuery,
  ): Promise<Page<ApprovalRecordDto>> {
    return this.records.list(principal, query);
  }

  @Get('total')
  @ApiOperation({ summary: 'How many approvals the caller is to review' })
  @ApiOkResponse({ type: ApprovalTotalDto })
  total(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ApprovalTotalQuery,
  ): Promise<ApprovalTotalDto> {
    return this.records.total(principal, query);
  }
}
