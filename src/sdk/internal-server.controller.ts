import { Controller, Get, Headers, HttpStatus, Query, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../platform/http/index.js';
import { KnownVersionQuery, SdkKeysDto } from './internal-server.dto.js';
import { InternalTokenGuard } from './internal-token.guard.js';
import type { RepositoryDocument } from './repository-document.js';
import { REPOSITORY_SCHEMA } from './repository-schema.js';
import { SdkKeys } from './sdk-keys.js';
import { SdkRepositories } from './sdk-repositories.js';

/** From here the FeatureProbe Rust server takes what its SDKs ask it for. */
@ApiTags('internal')
@ApiSecurity('internalToken')
@ApiSecurity('bearer')
@ApiResponse({ status: HttpStatus.NOT_ACCEPTABLE, description: 'The caller has the newest version already' })
@Public()
@UseGuards(InternalTokenGuard)
@Controller('internal/server')
export class InternalServerController {
  constructor(
    private readonly keys: SdkKeys,
    private readonly repositories: SdkRepositories,
  ) {}

  @Get('sdk_keys')
  @ApiOperation({ summary: 'All SDK keys' })
  @ApiOkResponse({ type: SdkKeysDto })
  async sdkKeys(
    @Query() { version: known = 0 }: KnownVersionQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SdkKeysDto | undefined> {
    // Before the keys: those of a later version may come with this one, and come again with their own.
    const version = await this.keys.version();
    if (known >= version) return nothingNew(reply);
    return { version, mapping: await this.keys.mapping() };
  }

  @Get('toggles')
  @ApiOperation({
    summary: 'Toggles, segments and events of the environment whose SDK key stands in `Authorization`',
  })
  @ApiSecurity({ internalToken: [], sdkKey: [] })
  @ApiOkResponse({
    description: 'The rules of the environment, as SDKs evaluate them',
    schema: REPOSITORY_SCHEMA,
  })
  async toggles(
    @Headers('authorization') sdkKey: string | undefined,
    @Query() { version: known }: KnownVersionQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RepositoryDocument | undefined> {
    return (await this.repositories.get(sdkKey ?? '', known)) ?? nothingNew(reply);
  }
}

/** The protocol's "not modified": 406 without a body. */
function nothingNew(reply: FastifyReply): undefined {
  void reply.status(HttpStatus.NOT_ACCEPTABLE);
  return undefined;
}
