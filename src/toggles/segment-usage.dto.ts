import { ApiProperty } from '@nestjs/swagger';
import type { EnvironmentRef } from '../environments/index.js';
import type { TargetingOfToggle } from './targeting/targeting.repository.js';

/** A toggle whose targeting in one environment refers to a segment. */
export class SegmentUsageDto {
  @ApiProperty({ example: 'New checkout' })
  name!: string;

  @ApiProperty({ example: 'new_checkout' })
  key!: string;

  @ApiProperty({ required: false, example: 'online' })
  environmentName?: string;

  @ApiProperty({ required: false, example: 'online' })
  environmentKey?: string;

  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({ example: '' })
  description!: string;

  @ApiProperty({ example: false, description: 'Access events are being collected.' })
  analyzing!: boolean;

  static from(targeting: TargetingOfToggle, environment: EnvironmentRef | undefined): SegmentUsageDto {
    const { toggle, disabled, trackAccessEvents } = targeting;
    return {
      name: toggle.name,
      key: toggle.key,
      environmentName: environment?.name,
      environmentKey: environment?.key,
      disabled,
      description: toggle.description,
      analyzing: trackAccessEvents,
    };
  }
}
