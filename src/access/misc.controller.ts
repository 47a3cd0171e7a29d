import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';

/** What the UI's code samples tell readers to install: the newest versions that FeatureProbe published. */
const SDK_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['java_sdk_version', '2.3.0'],
  ['rust_sdk_version', '2.3.2'],
  ['android_sdk_version', '2.0.2'],
]);

@ApiTags('access')
@ApiBearerAuth()
@Controller('api/misc')
export class MiscController {
  @Get('sdk/:key')
  @ApiOperation({
    summary: 'The version of an SDK, as a JSON string; "null" for a key that is none of an SDK',
  })
  // The framework would send a plain string as text, while FeatureProbe's UI reads JSON.
  @Header('Content-Type', 'application/json; charset=utf-8')
  @ApiParam({ name: 'key', enum: [...SDK_VERSIONS.keys()] })
  @ApiOkResponse({ schema: { type: 'string', example: '2.3.0' } })
  sdkVersion(@Param('key') key: string): string {
    return JSON.stringify(SDK_VERSIONS.get(key) ?? 'null');
  }
}
