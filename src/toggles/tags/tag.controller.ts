import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { TagDto } from './tag.dto.js';
import { TagService } from './tag.service.js';

@ApiTags('toggles')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/tags')
export class TagController {
  constructor(private readonly tags: TagService) {}

  @Get()
  @ApiOperation({ summary: 'The tags that toggles of the project may have, oldest first' })
  @ApiOkResponse({ type: [TagDto] })
  list(@CurrentProject() project: ProjectRef): Promise<TagDto[]> {
    return this.tags.list(project);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes a tag; one that is there already is answered as it is' })
  @ApiOkResponse({ type: TagDto })
  create(@CurrentProject() project: ProjectRef, @Body() request: TagDto): Promise<TagDto> {
    return this.tags.create(project, request);
  }
}
