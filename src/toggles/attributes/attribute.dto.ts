import { ApiProperty } from '@nestjs/swagger';
import { IsName } from '../../platform/http/index.js';

/** Width of the column. */
const MAX_KEY_LENGTH = 256;

/** The name of a user's attribute, wanted or there. */
export class AttributeDto {
  @ApiProperty({ example: 'city', maxLength: MAX_KEY_LENGTH })
  @IsName(MAX_KEY_LENGTH)
  key!: string;
}
