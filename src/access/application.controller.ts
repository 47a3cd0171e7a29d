import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../platform/config/index.js';
import { Public } from '../platform/http/index.js';

/** What the UI asks before anybody has signed in. */
class ApplicationSettings {
  @ApiProperty({ enum: ['PASSWORD'] })
  loginMode!: 'PASSWORD';

  @ApiProperty({
    example: 'http://flags.example.com:4008',
    description: 'Shown in the code samples for SDKs.',
  })
  serverURI!: string;
}

@ApiTags('access')
@Public()
@Controller('api/application')
export class ApplicationController {
  constructor(private readonly configured: Settings) {}

  @Get('settings')
  @ApiOperation({
    summary: 'How to sign in, and where SDKs find this server: as it is set, else where the caller found it',
  })
  @ApiOkResponse({ type: ApplicationSettings })
  settings(@Req() request: FastifyRequest): ApplicationSettings {
    const serverURI = this.configured.serverUri ?? `${request.protocol}://${request.host}`;
    return { loginMode: 'PASSWORD', serverURI };
  }
}
