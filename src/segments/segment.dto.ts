import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional } from 'class-validator';
import type { ProjectRef } from '../access/index.js';
import { IsName, IsPlainText, IsResourceKey, PageQuery } from '../platform/http/index.js';
import { contentSchema, type SegmentRule } from '../targeting-rules/index.js';
import type { SegmentEntity, SegmentVersionEntity } from './segment.entity.js';

/** Widths of the columns. */
const MAX_NAME_LENGTH = 256;
const MAX_TEXT_LENGTH = 1024;

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

const RULES = { type: 'array', items: contentSchema('SegmentRule') } as const;

/** Which segments of a project are wanted. */
export class SegmentQuery extends PageQuery {
  @ApiProperty({
    required: false,
    example: 'customers',
    description: 'Text in the name, key or description.',
  })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  keyword?: string;
}

/** A new segment; its rules come with the first publishing. */
export class CreateSegmentDto {
  @ApiProperty({ example: 'VIP', maxLength: MAX_NAME_LENGTH })
  @IsName(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({ example: 'vip' })
  @IsResourceKey()
  key!: string;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'Customers with a contract',
    maxLength: MAX_TEXT_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_TEXT_LENGTH)
  description?: string | null;
}

/** What of a segment may be changed without publishing; absent and null mean: as it is. */
export class UpdateSegmentDto {
  @ApiProperty({ required: false, type: String, nullable: true, example: 'VIP', maxLength: MAX_NAME_LENGTH })
  @IsOptional()
  @IsName(MAX_NAME_LENGTH)
  name?: string | null;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'Customers with a contract',
    maxLength: MAX_TEXT_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_TEXT_LENGTH)
  description?: string | null;
}

/** New rules for a segment. */
export class PublishSegmentDto {
  /** Taken as it came, since it is stored and returned exactly so; `validateSegmentRules` decides what it may be. */
  @ApiProperty({
    ...RULES,
    required: false,
    nullable: true,
    description: 'All rules; those before are replaced. Null: none.',
  })
  @IsOptional()
  @Transform(({ obj }: { obj: { rules?: unknown } }) => obj.rules)
  rules?: unknown;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'Paris too',
    maxLength: MAX_TEXT_LENGTH,
  })
  @IsOptional()
  @IsPlainText(MAX_TEXT_LENGTH)
  comment?: string | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    example: 1,
    description: 'The version the new rules started from; refused when the segment is at another.',
  })
  @IsOptional()
  @IsInt()
  baseVersion?: number | null;
}

/** A segment as clients and receivers see it. */
export class SegmentDto {
  @ApiProperty({ example: 'VIP' })
  name!: string;

  @ApiProperty({ example: 'vip' })
  key!: string;

  @ApiProperty(RULES)
  rules!: SegmentRule[];

  @ApiProperty({ example: 'Customers with a contract' })
  description!: string;

  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ type: Date })
  createdTime!: Date;

  @ApiProperty({ type: Date })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  @ApiProperty({ example: 2 })
  version!: number;

  static from(entity: SegmentEntity, project: ProjectRef): SegmentDto {
    return {
      name: entity.name,
      key: entity.key,
      rules: JSON.parse(entity.rules) as SegmentRule[],
      description: entity.description,
      projectKey: project.key,
      createdTime: new Date(entity.createdAt),
      modifiedTime: new Date(entity.modifiedAt),
      modifiedBy: entity.modifiedBy,
      version: entity.version,
    };
  }
}

/** A segment's rules as they were published once. */
export class SegmentVersionDto {
  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ example: 'vip' })
  key!: string;

  @ApiProperty({ required: false, example: 'Paris too' })
  comment?: string;

  @ApiProperty(RULES)
  rules!: SegmentRule[];

  @ApiProperty({ example: 2 })
  version!: number;

  @ApiProperty({ type: Date })
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  static from(entity: SegmentVersionEntity, segment: SegmentEntity, project: ProjectRef): SegmentVersionDto {
    return {
      projectKey: project.key,
      key: segment.key,
      comment: entity.comment ?? undefined,
      rules: JSON.parse(entity.rules) as SegmentRule[],
      version: entity.version,
      createdTime: new Date(entity.createdAt),
      createdBy: entity.createdBy,
    };
  }
}
