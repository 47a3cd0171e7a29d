import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import { IsName, IsResourceKey, ToFlag } from '../platform/http/index.js';
import type { EnvironmentEntity } from './environment.entity.js';

/** Width of the column. */
const MAX_NAME_LENGTH = 128;

/** Which environments of a project are wanted. */
export class EnvironmentQuery {
  @ApiProperty({
    required: false,
    default: false,
    description: 'Those that are offline instead of the live ones.',
  })
  @IsOptional()
  @ToFlag()
  @IsBoolean()
  archived: boolean = false;
}

/** A new environment. */
export class CreateEnvironmentDto {
  @ApiProperty({ example: 'Stage', maxLength: MAX_NAME_LENGTH })
  @IsName(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({ example: 'stage' })
  @IsResourceKey()
  key!: string;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'online',
    description: 'Key of an environment whose targeting the new one starts with.',
  })
  @IsOptional()
  @IsString()
  copyFrom?: string | null;
}

/** What of an environment may be changed; absent and null mean: as it is. */
export class UpdateEnvironmentDto {
  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'Stage',
    maxLength: MAX_NAME_LENGTH,
  })
  @IsOptional()
  @IsName(MAX_NAME_LENGTH)
  name?: string | null;

  @ApiProperty({
    required: false,
    type: Boolean,
    nullable: true,
    example: false,
    description: 'Replaces the key of server-side SDKs.',
  })
  @IsOptional()
  @IsBoolean()
  resetServerSdk?: boolean | null;

  @ApiProperty({
    required: false,
    type: Boolean,
    nullable: true,
    example: false,
    description: 'Replaces the key of SDKs in browsers and apps.',
  })
  @IsOptional()
  @IsBoolean()
  resetClientSdk?: boolean | null;
}

/** An environment as clients and receivers see it. */
export class EnvironmentDto {
  @ApiProperty({ example: 'online' })
  name!: string;

  @ApiProperty({ example: 'online' })
  key!: string;

  @ApiProperty({ example: false, description: 'Publishing needs an approval.' })
  enableApproval!: boolean;

  @ApiProperty({ example: 'server-98848ff59b3278193c0b0bd07a6f3c60b9f69252' })
  serverSdkKey!: string;

  @ApiProperty({ example: 'client-965ddabdca5dd390ac9a0398bfb1debce72573c6' })
  clientSdkKey!: string;

  static from(entity: EnvironmentEntity): EnvironmentDto {
    return {
      name: entity.name,
      key: entity.key,
      enableApproval: entity.enableApproval,
      serverSdkKey: entity.serverSdkKey,
      clientSdkKey: entity.clientSdkKey,
    };
  }
}
