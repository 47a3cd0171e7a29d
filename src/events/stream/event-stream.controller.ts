import { Controller, Get, Header, Headers, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, type AuthenticatedRequest, type Principal } from '../../platform/http/index.js';
import { EventStreamQuery } from '../event.dto.js';
import { EventStreams } from './event-streams.js';
import { EVENT_STREAM_TYPE } from './server-sent-events.js';

const EXAMPLE =
  'id: 019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50\n' +
  'data: {"id":"019a9d5c-5f3e-7cc1-a1bb-3f6f2a6fce50","resource":"TOGGLE","action":"PUBLISH","operator":"Admin",…}\n\n';

@ApiTags('events')
@ApiBearerAuth()
@Controller('api/events')
export class EventStreamController {
  constructor(private readonly streams: EventStreams) {}

  @Get('stream')
  @Header('Cache-Control', 'no-store')
  @Header('X-Accel-Buffering', 'no')
  @ApiOperation({
    summary: 'The feed, live, as server-sent events',
    description:
      "Each message is unnamed, so that `onmessage` gets it; its id is the event's id, its data an event as the list has it. Begins now, after `Last-Event-ID`, or after `after`. Ends when the caller may no longer listen.",
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Id of the last event the client has: goes on after it.',
  })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string', example: EXAMPLE } } } })
  async stream(
    @CurrentPrincipal() { organizationId }: Principal,
    @Query() query: EventStreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) { raw: response }: FastifyReply,
  ): Promise<StreamableFile> {
    const checkAccess = async (): Promise<unknown> => request.identifyAgain?.();
    const { body } = await this.streams.open({ organizationId, query, lastEventId, checkAccess, response });
    return new StreamableFile(body, { type: EVENT_STREAM_TYPE });
  }
}
