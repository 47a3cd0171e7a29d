import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentProject, type ProjectRef } from '../../access/index.js';
import { AttributeDto } from './attribute.dto.js';
import { AttributeService } from './attribute.service.js';

@ApiTags('toggles')
@ApiBearerAuth()
@Controller('api/projects/:projectKey/attributes')
export class AttributeController {
  constructor(private readonly attributes: AttributeService) {}

  @Get()
  @ApiOperation({ summary: "The user attributes that the project's rules are meant to use, oldest first" })
  @ApiOkResponse({ type: [String] })
  list(@CurrentProject() project: ProjectRef): Promise<string[]> {
    return this.attributes.list(project);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Makes an attribute; one that is there already is answered as it is' })
  @ApiOkResponse({ type: AttributeDto })
  create(@CurrentProject() project: ProjectRef, @Body() request: AttributeDto): Promise<AttributeDto> {
    return this.attributes.create(project, request);
  }
}
