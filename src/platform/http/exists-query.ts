import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString } from 'class-validator';

/** Asks whether a key or a name is taken. */
export class ExistsQuery {
  @ApiProperty({ enum: ['KEY', 'NAME'] })
  @IsIn(['KEY', 'NAME'])
  type!: 'KEY' | 'NAME';

  @ApiProperty({ example: 'campaign_enable' })
  @IsString()
  @IsNotEmpty()
  value!: string;
}

/** The answer of calls that only say that all is well. */
export class SuccessMessage {
  @ApiProperty({ example: 'success' })
  message: string = 'success';
}
