import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';

/** Twelve days, upstream's limit. */
const MAX_HOURS = 288;

/** Which evaluations are wanted, and by what of a variation they are told apart. */
export class TrafficQuery {
  @ApiProperty({
    required: false,
    enum: ['NAME', 'VALUE'],
    default: 'NAME',
    description: 'By what variations are told apart.',
  })
  @IsOptional()
  @IsIn(['NAME', 'VALUE'])
  trafficType: 'NAME' | 'VALUE' = 'NAME';

  @ApiProperty({ required: false, default: 24, minimum: 1, maximum: MAX_HOURS })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_HOURS)
  lastHours: number = 24;
}

/** Whether SDKs have reported evaluations of the toggle. */
export class AccessDto {
  @ApiProperty({ example: false })
  isAccess: boolean = false;
}

/** How often each variation was served. */
export class TrafficDto extends AccessDto {
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [],
    description: 'One point in time each; empty without data.',
  })
  traffic: never[] = [];

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [],
    description: 'One variation each; empty without data.',
  })
  summary: never[] = [];
}
