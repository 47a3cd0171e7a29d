import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Post,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../platform/http/index.js';
import { InternalTokenQuery, KnownVersionQuery, SdkKeysDto } from './internal-server.dto.js';
import { InternalTokenGuard } from './internal-token.guard.js';
import type { RepositoryDocument } from './repository-document.js';
import { REPOSITORY_SCHEMA } from './repository-schema.js';
import { SdkKeys } from './sdk-keys.js';
import { SdkReports } from './sdk-reports.js';
import { SdkRepositories } from './sdk-repositories.js';

const NOTHING_NEW = {
  status: HttpStatus.NOT_ACCEPTABLE,
  description: 'The caller has the newest version already',
};

const REPORTS_EXAMPLE = [
  {
    access: {
      startTime: 1795313700000,
      endTime: 1795313703000,
      counters: { campaign_enable: [{ count: 5, version: 3, index: 1, value: true }] },
    },
    events: [{ kind: 'custom', time: 1795313702000, user: 'u-17', name: 'purchase', value: 99.5 }],
  },
];

/** From here the FeatureProbe Rust server takes what its SDKs ask it for. */
@ApiTags('internal')
@ApiSecurity('internalToken')
@ApiSecurity('bearer')
@Public()
@UseGuards(InternalTokenGuard)
@Controller('internal/server')
export class InternalServerController {
  constructor(
    private readonly keys: SdkKeys,
    private readonly repositories: SdkRepositories,
    private readonly reports: SdkReports,
  ) {}

  @Get('sdk_keys')
  @ApiOperation({ summary: 'All SDK keys' })
  @ApiOkResponse({ type: SdkKeysDto })
  @ApiResponse(NOTHING_NEW)
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
  @ApiResponse(NOTHING_NEW)
  async toggles(
    @Headers('authorization') sdkKey: string | undefined,
    @Query() { version: known }: KnownVersionQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RepositoryDocument | undefined> {
    return (await this.repositories.get(sdkKey ?? '', known)) ?? nothingNew(reply);
  }

  @Post('events')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'What SDKs report: evaluations, and what applications track',
    description:
      'Events of kind `custom` become events of the profile whose userId is their `user`, in the project of the environment; one that can’t be ' +
      'taken is passed over, and so is a report without `access`. All else is checked, and not kept as yet.',
  })
  @ApiSecurity({ internalToken: [], sdkKey: [] })
  @ApiBody({ schema: { type: 'array', items: { type: 'object' }, example: REPORTS_EXAMPLE } })
  @ApiOkResponse({ description: 'Taken in; without a body' })
  async events(
    @Headers('authorization') sdkKey: string | undefined,
    @Query() _token: InternalTokenQuery,
    @Body() reports: unknown,
  ): Promise<void> {
    await this.reports.take(sdkKey ?? '', reports);
  }
}

/** The protocol's "not modified": 406 without a body. */
function nothingNew(reply: FastifyReply): undefined {
  void reply.status(HttpStatus.NOT_ACCEPTABLE);
  return undefined;
}
