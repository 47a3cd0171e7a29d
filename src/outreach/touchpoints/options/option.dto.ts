import { ApiProperty } from '@nestjs/swagger';

/** A value of a category. */
export class OptionChildDto {
  @ApiProperty({ example: 'gold' })
  code!: string;

  @ApiProperty({ example: 'Gold members' })
  description!: string;
}

/** A value that may be chosen, or a category of such. */
export class OptionDto extends OptionChildDto {
  @ApiProperty({
    required: false,
    type: [OptionChildDto],
    description: 'Present in a category: these may be chosen, and it may not.',
  })
  children?: readonly OptionChildDto[];
}
