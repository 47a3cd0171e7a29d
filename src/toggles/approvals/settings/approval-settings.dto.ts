import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  ValidateNested,
} from 'class-validator';
import type { EnvironmentRef } from '../../../environments/index.js';

/** Upstream's column holds 256 bytes of them. */
const MAX_REVIEWERS = 50;

const MAX_ENVIRONMENTS = 1000;

/** The approval settings of one environment; what is left out stays as it is. */
export class ApprovalSettingInput {
  @ApiProperty({ example: 'online' })
  @IsString()
  environmentKey!: string;

  @ApiProperty({
    required: false,
    type: Boolean,
    nullable: true,
    example: true,
    description: 'Publishing needs an approval.',
  })
  @IsOptional()
  @IsBoolean()
  enable?: boolean | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: [String],
    example: ['Admin'],
    description: 'Accounts of members.',
  })
  @IsOptional()
  @IsString({ each: true })
  @ArrayMaxSize(MAX_REVIEWERS)
  @IsArray()
  reviewers?: string[] | null;
}

/** New approval settings; environments that are not mentioned keep theirs. */
export class UpdateApprovalSettingsDto {
  @ApiProperty({ type: [ApprovalSettingInput] })
  @ValidateNested({ each: true })
  @Type(() => ApprovalSettingInput)
  // Of a list among them nothing would be checked.
  @IsObject({ each: true })
  @ArrayMaxSize(MAX_ENVIRONMENTS)
  @IsArray()
  approvalSettings!: ApprovalSettingInput[];
}

/** Whether publishing in an environment needs an approval, and by whom. */
export class ApprovalSettingsDto {
  @ApiProperty({ example: 'online' })
  environmentKey!: string;

  @ApiProperty({ example: 'Online' })
  environmentName!: string;

  @ApiProperty({ example: true })
  enable!: boolean;

  @ApiProperty({ type: [String], example: ['Admin'] })
  reviewers!: string[];

  @ApiProperty({ example: false, description: 'Approvals are under way, so that it can’t be disabled.' })
  locked!: boolean;

  static from(environment: EnvironmentRef, locked: boolean): ApprovalSettingsDto {
    return {
      environmentKey: environment.key,
      environmentName: environment.name,
      enable: environment.enableApproval,
      reviewers: [...environment.reviewers],
      locked,
    };
  }
}
