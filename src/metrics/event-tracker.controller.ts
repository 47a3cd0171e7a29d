import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../access/index.js';
import { SuccessMessage } from '../platform/http/index.js';
import { TrackedEventsDto, TrackerStatusDto } from './event-tracker.dto.js';
import { EventTracker } from './event-tracker.js';

@ApiTags('event tracker')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/environments/:environmentKey/events')
export class EventTrackerController {
  constructor(private readonly tracker: EventTracker) {}

  @Get()
  @ApiOperation({ summary: 'What SDKs reported to whoever watches as `uuid` since the last call' })
  @ApiQuery({ name: 'uuid', required: false, type: String, example: '3f6a2c1e-8d0b-4c57-9a53-0d6f0c9b7f11' })
  @ApiOkResponse({ type: TrackedEventsDto })
  read(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
  ): Promise<TrackedEventsDto> {
    return this.tracker.read(project, environmentKey);
  }

  @Patch('tracker-status')
  @ApiOperation({ summary: 'Has SDKs report each evaluation for half an hour, or stops that' })
  @ApiOkResponse({ type: SuccessMessage })
  async switch(
    @CurrentProject() project: ProjectRef,
    @Param('environmentKey') environmentKey: string,
    @Body() { enabled }: TrackerStatusDto,
  ): Promise<SuccessMessage> {
    await this.tracker.switch(project, environmentKey, enabled);
    return new SuccessMessage();
  }
}
