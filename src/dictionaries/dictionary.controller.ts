import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ANY_JSON, CurrentPrincipal, KeepRawJson, RawJson, type Principal } from '../platform/http/index.js';
import { DictionaryDto, DictionaryPath } from './dictionary.dto.js';
import { DictionaryService } from './dictionary.service.js';

/** The caller's own values; nobody else sees them. */
@ApiTags('dictionaries')
@ApiBearerAuth()
@Controller('api/dictionaries')
export class DictionaryController {
  constructor(private readonly dictionaries: DictionaryService) {}

  @Get(':key')
  @ApiOperation({ summary: 'The value kept under a key; 400 `not_found` when there is none' })
  @ApiOkResponse({ type: DictionaryDto })
  get(@CurrentPrincipal() principal: Principal, @Param() { key }: DictionaryPath): Promise<DictionaryDto> {
    return this.dictionaries.get(principal, key);
  }

  @Post(':key')
  @HttpCode(200)
  @KeepRawJson()
  @ApiOperation({ summary: 'Keeps any JSON, a number or `false` too, under a key' })
  @ApiBody({ schema: { ...ANY_JSON, example: { projectKey: 'shop', environmentKey: 'online' } } })
  @ApiOkResponse({ type: DictionaryDto })
  put(
    @CurrentPrincipal() principal: Principal,
    @Param() { key }: DictionaryPath,
    @RawJson() value: string | undefined,
  ): Promise<DictionaryDto> {
    return this.dictionaries.put(principal, key, value);
  }
}
