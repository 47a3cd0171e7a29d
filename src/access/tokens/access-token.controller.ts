import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  CurrentPrincipal,
  SuccessMessage,
  type Page,
  type Principal,
} from '../../platform/http/index.js';
import {
  AccessTokenItem,
  AccessTokenNameQuery,
  AccessTokenPath,
  AccessTokenQuery,
  CreateAccessTokenRequest,
  NewAccessToken,
} from './access-token.dto.js';
import { AccessTokenService } from './access-token.service.js';

@ApiTags('access')
@ApiBearerAuth()
@Controller('api/tokens')
export class AccessTokenController {
  constructor(private readonly tokens: AccessTokenService) {}

  /** The organization's APPLICATION tokens and the caller's own PERSON tokens, newest first. */
  @Get()
  @ApiPage(AccessTokenItem)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: AccessTokenQuery,
  ): Promise<Page<AccessTokenItem>> {
    return this.tokens.list(principal, query);
  }

  /** Makes a token. The answer is the only place where its value ever appears. */
  @Post()
  @HttpCode(200)
  @ApiOkResponse({ type: NewAccessToken })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body() request: CreateAccessTokenRequest,
  ): Promise<NewAccessToken> {
    return this.tokens.create(principal, request);
  }

  /** Says whether a name is free; 400 `conflict` when it is taken. */
  @Get('exists')
  @ApiOkResponse({ type: SuccessMessage })
  async exists(
    @CurrentPrincipal() principal: Principal,
    @Query() query: AccessTokenNameQuery,
  ): Promise<SuccessMessage> {
    await this.tokens.refuseTaken(principal, query);
    return new SuccessMessage();
  }

  /** One token. */
  @Get(':id')
  @ApiOkResponse({ type: AccessTokenItem })
  get(@CurrentPrincipal() principal: Principal, @Param() { id }: AccessTokenPath): Promise<AccessTokenItem> {
    return this.tokens.get(principal, id);
  }

  /** Ends a token at once: a PERSON token for its owner, an APPLICATION token for owners of the organization. */
  @Delete(':id')
  @ApiOkResponse({ type: AccessTokenItem })
  delete(
    @CurrentPrincipal() principal: Principal,
    @Param() { id }: AccessTokenPath,
  ): Promise<AccessTokenItem> {
    return this.tokens.delete(principal, id);
  }
}
