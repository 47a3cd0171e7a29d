import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { IsPlainText } from '../../platform/http/index.js';
import {
  contentSchema,
  TOGGLE_RETURN_TYPES,
  type ToggleReturnType,
  type Variation,
} from '../../targeting-rules/index.js';
import { parseContent } from '../targeting/content.js';
import type { Candidate, Dependent } from './prerequisite.repository.js';

/** Longest text to search for; databases refuse very long patterns. */
const MAX_KEYWORD_LENGTH = 256;

/** Which toggles to depend on are wanted; both hold at once. */
export class CandidateQuery {
  @ApiProperty({ required: false, example: 'new_checkout' })
  @IsOptional()
  @IsString()
  key?: string;

  @ApiProperty({ required: false, example: 'checkout', description: 'Text in the name or key.' })
  @IsOptional()
  @IsPlainText(MAX_KEYWORD_LENGTH)
  likeNameAndKey?: string;
}

/** A toggle that another one may depend on, as it is in the environment. */
export class CandidateDto {
  @ApiProperty({ example: 'New checkout' })
  name!: string;

  @ApiProperty({ example: 'new_checkout' })
  key!: string;

  @ApiProperty({ enum: TOGGLE_RETURN_TYPES })
  returnType!: ToggleReturnType;

  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({
    type: 'array',
    items: contentSchema('Variation'),
    example: [{ value: 'true', name: 'on', description: '' }],
    description: 'Those it has in the environment: a prerequisite asks for the value of one of them.',
  })
  variations!: Variation[];

  static from({ name, key, returnType, disabled, content }: Candidate): CandidateDto {
    return { name, key, returnType, disabled, variations: parseContent(content).variations };
  }
}

/** A toggle that depends on another one in the environment. */
export class DependentDto {
  @ApiProperty({ example: 'New checkout' })
  name!: string;

  @ApiProperty({ example: 'new_checkout' })
  key!: string;

  @ApiProperty({ example: false })
  disabled!: boolean;

  @ApiProperty({ example: 'true', description: 'The value that the other one must have.' })
  dependentValue!: string;

  static from({ name, key, disabled, dependentValue }: Dependent): DependentDto {
    return { name, key, disabled, dependentValue };
  }
}
