import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { MemberRole } from '../platform/http/index.js';

const MAX_LENGTH = 128;

/** Account and password of whoever wants to sign in. */
export class LoginRequest {
  @ApiProperty({ example: 'Admin', description: 'Upper and lower case are the same.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_LENGTH)
  account!: string;

  @ApiProperty({ example: 'Pass1234' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_LENGTH)
  password!: string;

  @ApiProperty({ required: false, example: 'platform', description: 'Of no effect.' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_LENGTH)
  source?: string;

  @ApiProperty({
    required: false,
    example: '1',
    description: 'Absent: the first organization of the member.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  @MaxLength(MAX_LENGTH)
  organizationId?: string;

  @ApiProperty({
    required: false,
    enum: ['true', 'false'],
    description: 'A member without an organization gets one of its own; without this the answer is 412.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'boolean' ? String(value) : value))
  @IsString()
  @MaxLength(MAX_LENGTH)
  initializeOrganization?: string;
}

/** A session that has begun. */
export class LoginResponse {
  @ApiProperty({ example: 'Admin' })
  account!: string;

  @ApiProperty({ enum: ['OWNER', 'WRITER'] })
  role!: MemberRole;

  @ApiProperty({ example: 1, description: 'Belongs into the header X-OrganizeID of every call.' })
  organizeId!: number;

  @ApiProperty({
    example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJBZG1pbiJ9.c2lnbmF0dXJl',
    description: 'Belongs into the header Authorization, after "Bearer ".',
  })
  token!: string;
}
