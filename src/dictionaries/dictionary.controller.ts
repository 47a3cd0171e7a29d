import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, KeepRawJson, RawJson, type Principal } from '../platform/http/index.js';
import { DictionaryDto, DictionaryPath } from './dictionary.dto.js';
import { DictionaryService } from './dictionary.service.js';

/** The caller's own values; nobody else sees them. */
@ApiTags('dictionaries')
@ApiBearerAuth()
@Controller('api/dictionaries')
export class DictionaryController {
  constructor(private readonly dictionaries: DictionaryService) {}

  /** The value kept under a key; 400 `not_found` when there is none. */
  @Get(':key')
  @ApiOkResponse({ type: DictionaryDto })
  get(@CurrentPrincipal() principal: Principal, @Param() { key }: DictionaryPath): Promise<DictionaryDto> {
    return this.dictionaries.get(principal, key);
  }

  /** Keeps any JSON, a number or `false` too, under a key. */
  @Post(':key')
  @HttpCode(200)
  @KeepRawJson()
  @ApiBody({ schema: { example: { projectKey: 'shop', environmentKey: 'online' } } })
  @ApiOkResponse({ type: DictionaryDto })
  put(
    @CurrentPrincipal() principal: Principal,
    @Param() { key }: DictionaryPath,
    @RawJson() value: string | undefined,
  ): Promise<DictionaryDto> {
    return this.dictionaries.put(principal, key, value);
  }
}
