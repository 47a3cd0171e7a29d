import { ApiProperty } from '@nestjs/swagger';

const HEADERS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { 'content-type': 'application/json' },
} as const;

/** The answer of an endpoint. */
export class TrialResponseDto {
  @ApiProperty(HEADERS)
  headers!: Record<string, string>;

  @ApiProperty({ example: '{"code":0,"orderNo":"1f1d0ea0c457453ab3c80ed376e5c66c","sendStatusList":[]}' })
  body!: string;
}

/** What was sent. */
export class TrialRequestDto extends TrialResponseDto {
  @ApiProperty({ example: 'https://coupons.example.com/reach' })
  url!: string;
}

/** What came of a test send. */
export class TrialResultDto {
  @ApiProperty({
    example: true,
    description:
      'A CHANNEL: answered 200. A TOUCHPOINT: every user was reached, or with ASYNC receipts the request was taken.',
  })
  success!: boolean;

  @ApiProperty({ required: false, example: 200 })
  statusCode?: number;

  @ApiProperty({ example: 42 })
  durationMs!: number;

  @ApiProperty({
    required: false,
    description:
      'What was wrong, or odd in an answer that counts as success; refusals by the egress guard included.',
  })
  error?: string;

  @ApiProperty({ type: TrialRequestDto, description: 'Secrets are masked.' })
  request!: TrialRequestDto;

  @ApiProperty({ required: false, type: TrialResponseDto })
  response?: TrialResponseDto;
}
