import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../platform/http/index.js';
import { EventPage, EventQuery } from './event.dto.js';
import { EventService } from './event.service.js';

@ApiTags('events')
@ApiBearerAuth()
@Controller('api/events')
export class EventController {
  constructor(private readonly events: EventService) {}

  @Get()
  @ApiOperation({ summary: 'The feed of changes, which is the audit log' })
  @ApiOkResponse({ type: EventPage })
  list(@CurrentPrincipal() principal: Principal, @Query() query: EventQuery): Promise<EventPage> {
    return this.events.list(principal.organizationId, query);
  }
}
