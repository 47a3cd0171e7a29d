import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional } from 'class-validator';

/** What every route here takes. */
export class InternalTokenQuery {
  /** Read by the guard, before this; here for the OpenAPI document. */
  @ApiProperty({
    required: false,
    type: String,
    example: 'the-internal-token',
    description: 'INTERNAL_TOKEN, unless it is in the header X-Internal-Token.',
  })
  @IsOptional()
  token?: unknown;
}

/** What the caller has already. */
export class KnownVersionQuery extends InternalTokenQuery {
  @ApiProperty({ required: false, example: 41, description: '406 unless there is something newer.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  version?: number;
}

/** Which SDK keys there are. */
export class SdkKeysDto {
  @ApiProperty({ example: 7 })
  version!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Client key to server key, of every live environment.',
    example: {
      'client-965ddabdca5dd390ac9a0398bfb1debce72573c6': 'server-98848ff59b3278193c0b0bd07a6f3c60b9f69252',
    },
  })
  mapping!: Record<string, string>;
}
