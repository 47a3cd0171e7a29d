import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsPlainText } from '../platform/http/index.js';
import { MetricDto } from './metric.dto.js';

/** Longest text that a bound of a time could be. */
const MAX_TIME_LENGTH = 64;

/** The time an analysis is about. */
export class AnalysisQuery {
  @ApiProperty({ required: false, example: '2026-11-22 00:00:00' })
  @IsOptional()
  @IsPlainText(MAX_TIME_LENGTH)
  start?: string;

  @ApiProperty({ required: false, example: '2026-11-23 00:00:00' })
  @IsOptional()
  @IsPlainText(MAX_TIME_LENGTH)
  end?: string;
}

/** How the variations did by a metric. */
export class AnalysisDto {
  @ApiProperty({ required: false, example: '2026-11-22 00:00:00' })
  start?: string;

  @ApiProperty({ required: false, example: '2026-11-23 00:00:00' })
  end?: string;

  @ApiProperty({ type: MetricDto })
  metric!: MetricDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {},
    description: 'By position of the variation; empty without data.',
  })
  data!: Record<string, never>;
}

/** A version that was published while access events were collected. */
export class IterationRecordDto {
  @ApiProperty({ type: Date })
  publishTime!: Date;

  @ApiProperty({ example: 3 })
  version!: number;

  @ApiProperty({ required: false, example: 'go live' })
  releaseNote?: string;
}

/** A time in which access events were collected. */
export class IterationDto {
  @ApiProperty({ type: Date })
  start!: Date;

  @ApiProperty({ type: Date, required: false, description: 'Absent while it lasts.' })
  stop?: Date;

  @ApiProperty({ type: [IterationRecordDto] })
  records!: IterationRecordDto[];
}

/** Whether the events of a metric came in. */
export class ReportStatusDto {
  @ApiProperty({ example: false })
  isReport: boolean = false;
}

/**
 * Why an analysis has nothing to say. The one successful answer with a `code`, as upstream: 460 no variation, 461 no event,
 * 462 neither, 463 they don't belong together.
 */
export class DiagnosisDto {
  @ApiProperty({ enum: ['200', '460', '461', '462', '463'], example: '462' })
  code!: string;

  @ApiProperty({ example: 'Neither evaluations of the toggle nor events of the metric have come in yet' })
  message!: string;
}
