import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { invalidField } from '../../platform/errors/index.js';
import { ApiPage, type Page } from '../../platform/http/index.js';
import { readEvents } from './event-input.js';
import { ProfileHistory } from './profile-history.js';
import { ProfileList } from './profile-list.js';
import { ProfileTracker } from './profile-tracker.js';
import {
  AcceptedDto,
  AudienceDto,
  ProfileDetailDto,
  ProfileDto,
  ProfileInputDto,
  ProfileQuery,
  TrackEventDto,
} from './profile.dto.js';
import { ProfileService } from './profile.service.js';

const GID = { name: 'gid', description: 'The gid of a profile.', schema: { type: 'integer', example: 17 } };

@ApiTags('profiles')
@ApiBearerAuth()
@Controller('api/projects/:projectKey')
export class ProfileController {
  constructor(
    private readonly profiles: ProfileService,
    private readonly profileList: ProfileList,
    private readonly history: ProfileHistory,
    private readonly tracker: ProfileTracker,
  ) {}

  @Get('profiles')
  @ApiOperation({ summary: 'Profiles, newest gid first' })
  @ApiPage(ProfileDto)
  list(@CurrentProject() project: ProjectRef, @Query() query: ProfileQuery): Promise<Page<ProfileDto>> {
    return this.profileList.list(project, query);
  }

  @Post('profiles')
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a profile, or changes the one with this gid or userId' })
  @ApiOkResponse({ type: ProfileDto })
  put(@CurrentProject() project: ProjectRef, @Body() body: ProfileInputDto): Promise<ProfileDto> {
    return this.profiles.put(project.id, body);
  }

  @Post('profiles/events')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes in what users did: all of it, or nothing' })
  @ApiExtraModels(TrackEventDto)
  @ApiBody({ schema: { type: 'array', items: { $ref: getSchemaPath(TrackEventDto) } } })
  @ApiOkResponse({ type: AcceptedDto })
  async track(@CurrentProject() project: ProjectRef, @Body() body: unknown): Promise<AcceptedDto> {
    const events = readEvents(body);
    if (!Array.isArray(events)) throw invalidField(events.field, events.problem);
    await this.tracker.track(project.id, events);
    return { accepted: events.length };
  }

  @Get('profiles/:gid')
  @ApiOperation({ summary: 'One profile, with what happened' })
  @ApiParam(GID)
  @ApiOkResponse({ type: ProfileDetailDto })
  async get(@CurrentProject() project: ProjectRef, @Param('gid') gid: string): Promise<ProfileDetailDto> {
    return this.history.of(project.id, await this.profiles.find(project.id, gid));
  }

  @Delete('profiles/:gid')
  @ApiOperation({ summary: 'Removes a profile, its events and their counts' })
  @ApiParam(GID)
  @ApiOkResponse({ type: ProfileDto })
  delete(@CurrentProject() project: ProjectRef, @Param('gid') gid: string): Promise<ProfileDto> {
    return this.profiles.remove(project.id, gid);
  }

  @Get('segments/:segmentKey/audience')
  @ApiOperation({ summary: 'How many profiles are in a segment now, and some of them' })
  @ApiOkResponse({ type: AudienceDto })
  audience(@CurrentProject() project: ProjectRef, @Param('segmentKey') key: string): Promise<AudienceDto> {
    return this.profileList.audience(project, key);
  }
}
