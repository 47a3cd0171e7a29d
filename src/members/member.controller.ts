import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  CurrentPrincipal,
  PageQuery,
  RequireRole,
  type Page,
  type Principal,
} from '../platform/http/index.js';
import { MemberCreator } from './member-creator.js';
import { MemberDto, MemberItem } from './member.dto.js';
import { MemberPasswords } from './member-passwords.js';
import { MemberReader } from './member-reader.js';
import { MemberRemover } from './member-remover.js';
import {
  CreateMembersRequest,
  MemberRequest,
  ModifyPasswordRequest,
  UpdateMemberRequest,
} from './member-requests.dto.js';
import { MemberService } from './member.service.js';

@ApiTags('members')
@ApiBearerAuth()
@Controller('api/members')
export class MemberController {
  constructor(
    private readonly reader: MemberReader,
    private readonly creator: MemberCreator,
    private readonly members: MemberService,
    private readonly remover: MemberRemover,
    private readonly passwords: MemberPasswords,
  ) {}

  @Get('current')
  @ApiOperation({ summary: 'The caller' })
  @ApiOkResponse({ type: MemberItem })
  current(@CurrentPrincipal() principal: Principal): Promise<MemberItem> {
    return this.reader.current(principal);
  }

  @Get('query')
  @ApiOperation({ summary: 'One member by account, a deleted one too' })
  @ApiOkResponse({ type: MemberItem })
  query(@CurrentPrincipal() principal: Principal, @Query() { account }: MemberRequest): Promise<MemberItem> {
    return this.reader.findByAccount(principal, account);
  }

  @Get()
  @ApiOperation({ summary: 'The members, newest first' })
  @ApiPage(MemberItem)
  list(@CurrentPrincipal() principal: Principal, @Query() page: PageQuery): Promise<Page<MemberItem>> {
    return this.reader.list(principal, page);
  }

  @Post()
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Takes in new members, all or none', description: 'For owners.' })
  @ApiOkResponse({ type: [MemberDto] })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body() request: CreateMembersRequest,
  ): Promise<MemberDto[]> {
    return this.creator.create(principal, request);
  }

  @Patch('modifyPassword')
  @ApiOperation({
    summary:
      "Changes the caller's own password; the answer's header `token` carries the one session that goes on",
  })
  @ApiOkResponse({ type: MemberItem })
  async modifyPassword(
    @CurrentPrincipal() principal: Principal,
    @Body() request: ModifyPasswordRequest,
  ): Promise<MemberItem> {
    await this.passwords.modifyOwn(principal, request);
    return this.reader.self(principal);
  }

  @Patch()
  @ApiOperation({ summary: "Changes a member's password or role, for owners, or one's own nickname" })
  @ApiOkResponse({ type: MemberDto })
  update(@CurrentPrincipal() principal: Principal, @Body() request: UpdateMemberRequest): Promise<MemberDto> {
    return this.members.update(principal, request);
  }

  @Delete()
  @RequireRole('OWNER')
  @ApiOperation({ summary: 'Deletes a member', description: 'For owners.' })
  @ApiOkResponse({ type: MemberDto })
  delete(@CurrentPrincipal() principal: Principal, @Body() { account }: MemberRequest): Promise<MemberDto> {
    return this.remover.delete(principal, account);
  }
}
