import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
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

  /** The caller. */
  @Get('current')
  @ApiOkResponse({ type: MemberItem })
  current(@CurrentPrincipal() principal: Principal): Promise<MemberItem> {
    return this.reader.current(principal);
  }

  /** One member by account, a deleted one too. */
  @Get('query')
  @ApiOkResponse({ type: MemberItem })
  query(@CurrentPrincipal() principal: Principal, @Query() { account }: MemberRequest): Promise<MemberItem> {
    return this.reader.findByAccount(principal, account);
  }

  /** The members, newest first. */
  @Get()
  @ApiPage(MemberItem)
  list(@CurrentPrincipal() principal: Principal, @Query() page: PageQuery): Promise<Page<MemberItem>> {
    return this.reader.list(principal, page);
  }

  /** Takes in new members, all or none. For owners. */
  @Post()
  @HttpCode(200)
  @RequireRole('OWNER')
  @ApiOkResponse({ type: [MemberDto] })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body() request: CreateMembersRequest,
  ): Promise<MemberDto[]> {
    return this.creator.create(principal, request);
  }

  /** Changes the caller's own password; the answer's header `token` carries the one session that goes on. */
  @Patch('modifyPassword')
  @ApiOkResponse({ type: MemberItem })
  async modifyPassword(
    @CurrentPrincipal() principal: Principal,
    @Body() request: ModifyPasswordRequest,
  ): Promise<MemberItem> {
    await this.passwords.modifyOwn(principal, request);
    return this.reader.self(principal);
  }

  /** Changes a member's password or role, for owners, or one's own nickname. */
  @Patch()
  @ApiOkResponse({ type: MemberDto })
  update(@CurrentPrincipal() principal: Principal, @Body() request: UpdateMemberRequest): Promise<MemberDto> {
    return this.members.update(principal, request);
  }

  /** Deletes a member. For owners. */
  @Delete()
  @RequireRole('OWNER')
  @ApiOkResponse({ type: MemberDto })
  delete(@CurrentPrincipal() principal: Principal, @Body() { account }: MemberRequest): Promise<MemberDto> {
    return this.remover.delete(principal, account);
  }
}
