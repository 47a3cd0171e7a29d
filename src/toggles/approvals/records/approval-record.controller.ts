import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
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

  /** Those to review, or those submitted, newest first. */
  @Get()
  @ApiPage(ApprovalRecordDto)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ApprovalRecordQuery,
  ): Promise<Page<ApprovalRecordDto>> {
    return this.records.list(principal, query);
  }

  /** How many there are to review. */
  @Get('total')
  @ApiOkResponse({ type: ApprovalTotalDto })
  total(
    @CurrentPrincipal() principal: Principal,
    @Query() query: ApprovalTotalQuery,
  ): Promise<ApprovalTotalDto> {
    return this.records.total(principal, query);
  }
}
