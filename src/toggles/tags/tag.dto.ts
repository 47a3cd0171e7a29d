import { ApiProperty } from '@nestjs/swagger';
import { IsName } from '../../platform/http/index.js';

/** Width of the column. */
export const MAX_TAG_LENGTH = 256;

/** A tag, wanted or there. */
export class TagDto {
  @ApiProperty({ example: 'web', maxLength: MAX_TAG_LENGTH })
  @IsName(MAX_TAG_LENGTH)
  name!: string;
}
