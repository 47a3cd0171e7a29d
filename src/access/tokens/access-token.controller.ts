import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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

  @Get()
  @ApiOperation({
    summary: "The organization's APPLICATION tokens and the caller's own PERSON tokens, newest first",
  })
  @ApiPage(AccessTokenItem)
  list(
    @CurrentPrincipal() principal: Principal,
    @Query() query: AccessTokenQuery,
  ): Promise<Page<AccessTokenItem>> {
    return this.tokens.list(principal, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Makes a token',
    description: 'The answer is the only place where its value ever appears.',
  })
  @ApiOkResponse({ type: NewAccessToken })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body() request: CreateAccessTokenRequest,
  ): Promise<NewAccessToken> {
    return this.tokens.create(principal, request);
  }

  @Get('exists')
  @ApiOperation({ summary: 'Says whether a name is free; 400 `conflict` when it is taken' })
  @ApiOkResponse({ type: SuccessMessage })
  async exists(
    @CurrentPrincipal() principal: Principal,
    @Query() query: AccessTokenNameQuery,
  ): Promise<SuccessMessage> {
    await this.tokens.refuseTaken(principal, query);
    return new SuccessMessage();
  }

  @Get(':id')
  @ApiOperation({ summary: 'One token' })
  @ApiOkResponse({ type: AccessTokenItem })
  get(@CurrentPrincipal() principal: Principal, @Param() { id }: AccessTokenPath): Promise<AccessTokenItem> {
    return this.tokens.get(principal, id);
  }

  @Delete(':id')
  @ApiOperation({
    summary:
      'Ends a token at once: a PERSON token for its owner, an APPLICATION token for owners of the organization',
  })
  @ApiOkResponse({ type: AccessTokenItem })
  delete(
    @CurrentPrincipal() principal: Principal,
    @Param() { id }: AccessTokenPath,
  ): Promise<AccessTokenItem> {
    return this.tokens.delete(principal, id);
  }
}
