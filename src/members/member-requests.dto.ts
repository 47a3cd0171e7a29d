import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsNotIn,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
} from 'class-validator';
import { IsName, IsPlainText, type MemberRole } from '../platform/http/index.js';
import { IsFreeForMembers, MAX_ACCOUNT_LENGTH, Trim } from './account-field.js';
import { ACCESS_TOKEN_SOURCE } from './member.entity.js';

const ROLES: readonly MemberRole[] = ['OWNER', 'WRITER'];
const MAX_ACCOUNTS = 100;
const MIN_PASSWORD_LENGTH = 4;
const MAX_PASSWORD_LENGTH = 128;
const MAX_NICKNAME_LENGTH = 64;
const MAX_SOURCE_LENGTH = 32;

/** Accounts differ in more than their case, see `isSameAccount`. */
const sameness = (account: unknown): unknown =>
  typeof account === 'string' ? account.toLowerCase() : account;

/** Members to make, all with the same first password and role. */
export class CreateMembersRequest {
  @ApiProperty({ type: [String], example: ['bob'], maxItems: MAX_ACCOUNTS })
  @Trim()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ACCOUNTS)
  @ArrayUnique(sameness)
  @IsName(MAX_ACCOUNT_LENGTH, { each: true })
  @IsFreeForMembers({ each: true })
  accounts!: string[];

  @ApiProperty({ enum: ROLES, example: 'WRITER' })
  @IsIn(ROLES)
  role!: MemberRole;

  @ApiProperty({ example: 'Pass1234', minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH })
  @IsString()
  @MinLength(MIN_PASSWORD_LENGTH)
  @MaxLength(MAX_PASSWORD_LENGTH)
  password!: string;

  @ApiProperty({ required: false, example: 'PLATFORM', description: 'Where the members come from.' })
  @IsOptional()
  @IsPlainText(MAX_SOURCE_LENGTH)
  @IsNotIn([ACCESS_TOKEN_SOURCE])
  source?: string;
}

/** A change of one member; what is absent stays. */
export class UpdateMemberRequest {
  @ApiProperty({ example: 'bob' })
  @Trim()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_ACCOUNT_LENGTH)
  account!: string;

  @ApiProperty({
    required: false,
    example: 'Pass5678',
    description: 'For owners. Ends all sessions of the member.',
  })
  @IsOptional()
  @IsString()
  @MinLength(MIN_PASSWORD_LENGTH)
  @MaxLength(MAX_PASSWORD_LENGTH)
  password?: string;

  @ApiProperty({ required: false, example: 'Bob', description: 'Of one’s own account only; empty: none.' })
  @IsOptional()
  @Trim()
  @IsPlainText(MAX_NICKNAME_LENGTH)
  nickname?: string;

  @ApiProperty({ required: false, enum: ROLES, description: 'For owners.' })
  @IsOptional()
  @IsIn(ROLES)
  role?: MemberRole;
}

/** A new password for the caller itself. */
export class ModifyPasswordRequest {
  @ApiProperty({ example: 'Pass1234' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_LENGTH)
  oldPassword!: string;

  @ApiProperty({ example: 'Pass5678', minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH })
  @IsString()
  @MinLength(MIN_PASSWORD_LENGTH)
  @MaxLength(MAX_PASSWORD_LENGTH)
  newPassword!: string;
}

/** Names a member. */
export class MemberRequest {
  @ApiProperty({ example: 'bob' })
  @Trim()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_ACCOUNT_LENGTH)
  account!: string;
}
