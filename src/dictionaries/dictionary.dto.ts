import { ApiProperty } from '@nestjs/swagger';
import { IsName } from '../platform/http/index.js';
import type { DictionaryEntity } from './dictionary.entity.js';

/** Width of the column. */
const MAX_KEY_LENGTH = 1024;

/** The key in a path. */
export class DictionaryPath {
  @ApiProperty({
    example: 'user_last_seen',
    maxLength: MAX_KEY_LENGTH,
    description: 'Equal whatever its case.',
  })
  @IsName(MAX_KEY_LENGTH)
  key!: string;
}

/** A value and when it came. */
export class DictionaryDto {
  @ApiProperty({ example: 'user_last_seen' })
  key!: string;

  @ApiProperty({
    example: '{"projectKey":"shop","environmentKey":"online"}',
    description: 'JSON, as text and just as it was sent.',
  })
  value!: string;

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty()
  modifiedTime!: Date;

  static from({ key, value, createdAt, modifiedAt }: DictionaryEntity): DictionaryDto {
    return { key, value, createdTime: new Date(createdAt), modifiedTime: new Date(modifiedAt) };
  }
}
