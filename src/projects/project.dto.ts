import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { EnvironmentDto } from '../environments/index.js';
import { IsName, IsPlainText, IsResourceKey } from '../platform/http/index.js';
import type { ProjectEntity } from './project.entity.js';

/** Widths of the columns. */
const MAX_NAME_LENGTH = 256;
const MAX_DESCRIPTION_LENGTH = 1024;

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

/** Which projects are wanted. */
export class ProjectQuery {
  @ApiProperty({ required: false, example: 'shop', description: 'Text in the name or description.' })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  keyword?: string;
}

/** A new project. */
export class CreateProjectDto {
  @ApiProperty({ example: 'Shop', maxLength: MAX_NAME_LENGTH })
  @IsName(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({ example: 'shop' })
  @IsResourceKey()
  key!: string;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'The web shop',
    maxLength: MAX_DESCRIPTION_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_DESCRIPTION_LENGTH)
  description?: string | null;
}

/** What of a project may be changed; absent and null mean: as it is. */
export class UpdateProjectDto {
  @ApiProperty({ required: false, type: String, nullable: true, example: 'Shop', maxLength: MAX_NAME_LENGTH })
  @IsOptional()
  @IsName(MAX_NAME_LENGTH)
  name?: string | null;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'The web shop',
    maxLength: MAX_DESCRIPTION_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_DESCRIPTION_LENGTH)
  description?: string | null;
}

/** A project as clients and receivers see it. */
export class ProjectDto {
  @ApiProperty({ example: 'Shop' })
  name!: string;

  @ApiProperty({ example: 'shop' })
  key!: string;

  @ApiProperty({ example: 'The web shop' })
  description!: string;

  @ApiProperty({ type: [EnvironmentDto], description: 'Those that are live, oldest first.' })
  environments!: EnvironmentDto[];

  static from(entity: ProjectEntity, environments: EnvironmentDto[]): ProjectDto {
    return { name: entity.name, key: entity.key, description: entity.description, environments };
  }
}
