import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsName, PageQuery, type MemberRole } from '../../platform/http/index.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { ACCESS_TOKEN_TYPES, type AccessTokenType } from './access-token-value.js';

/** Width of the column. */
const MAX_NAME_LENGTH = 256;
const MAX_ID = 2_147_483_647;
const ROLES: readonly MemberRole[] = ['OWNER', 'WRITER'];

/** Which tokens are wanted. */
export class AccessTokenQuery extends PageQuery {
  @ApiProperty({ required: false, enum: ACCESS_TOKEN_TYPES, description: 'Absent: of both types.' })
  @IsOptional()
  @IsIn(ACCESS_TOKEN_TYPES)
  type?: AccessTokenType;
}

/** A name that may be taken. */
export class AccessTokenNameQuery {
  @ApiProperty({ example: 'deploy bot' })
  @IsName(MAX_NAME_LENGTH)
  name!: string;

  @ApiProperty({ enum: ACCESS_TOKEN_TYPES })
  @IsIn(ACCESS_TOKEN_TYPES)
  type!: AccessTokenType;
}

/** A token to make. */
export class CreateAccessTokenRequest extends AccessTokenNameQuery {
  @ApiProperty({
    required: false,
    enum: ROLES,
    default: 'WRITER',
    description:
      'Of APPLICATION tokens; OWNER can be given by owners only. A PERSON token has its owner’s role.',
  })
  @IsOptional()
  @IsIn(ROLES)
  role?: MemberRole;
}

/** The id in a path. */
export class AccessTokenPath {
  @ApiProperty({ example: 1 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  id!: number;
}

/** A token's value, which is shown this once. */
export class NewAccessToken {
  @ApiProperty({
    example: 'api-0123456789abcdef0123456789abcdef01234567',
    description: 'Belongs into the header Authorization, as it is. Stored nowhere: keep it.',
  })
  token!: string;
}

/** A token as lists show it. */
export class AccessTokenItem {
  @ApiProperty({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'deploy bot' })
  name!: string;

  @ApiProperty({ required: false, enum: ROLES, description: 'Of APPLICATION tokens.' })
  role?: MemberRole;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty({ required: false, description: 'Last use, to the minute; absent before the first.' })
  visitedTime?: Date;

  static from(token: AccessTokenEntity): AccessTokenItem {
    return {
      id: token.id,
      name: token.name,
      ...(token.role === null ? {} : { role: token.role }),
      createdBy: token.createdBy,
      ...(token.visitedAt === null ? {} : { visitedTime: new Date(token.visitedAt) }),
    };
  }
}
