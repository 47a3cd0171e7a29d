import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';

/** Whether SDKs shall report each evaluation. */
export class TrackerStatusDto {
  @ApiProperty({ example: true })
  @IsBoolean()
  enabled!: boolean;
}

/** What SDKs of an environment reported since the last call. */
export class TrackedEventsDto {
  @ApiProperty({ example: 'shop' })
  projectKey!: string;

  @ApiProperty({ example: 'online' })
  environmentKey!: string;

  @ApiProperty({ example: false })
  debuggerEnabled!: boolean;

  @ApiProperty({ example: 0, description: 'Epoch milliseconds; 0 when reporting is off.' })
  debugUntilTime!: number;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [],
    description: 'One evaluation each; empty, since SDKs report to nobody yet.',
  })
  events!: never[];
}
