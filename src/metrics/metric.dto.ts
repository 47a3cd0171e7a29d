import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsName, IsPlainText } from '../platform/http/index.js';
import {
  type Denominator,
  DENOMINATORS,
  METRIC_EVENT_TYPES,
  METRIC_TYPES,
  type MetricEntity,
  type MetricEventType,
  type MetricType,
  URL_MATCHERS,
  type UrlMatcher,
  WIN_CRITERIA,
  type WinCriteria,
} from '../toggles/index.js';
import { type EventDefinition, eventOf } from './event-definition.js';

/** Widths of the columns. */
const MAX_LENGTH = { name: 256, description: 1024, unit: 64, eventName: 256, url: 2048, selector: 1024 };

/** A metric as it is wanted; there is one for each toggle and environment, which this replaces. */
export class SaveMetricDto {
  @ApiProperty({ example: 'Checkouts', maxLength: MAX_LENGTH.name })
  @IsName(MAX_LENGTH.name)
  name!: string;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'Orders sent off',
    maxLength: MAX_LENGTH.description,
  })
  @IsOptional()
  @IsPlainText(MAX_LENGTH.description)
  description?: string | null;

  @ApiProperty({ enum: METRIC_TYPES, example: 'CONVERSION' })
  @IsIn(METRIC_TYPES)
  metricType!: MetricType;

  @ApiProperty({ enum: METRIC_EVENT_TYPES, example: 'CUSTOM' })
  @IsIn(METRIC_EVENT_TYPES)
  eventType!: MetricEventType;

  @ApiProperty({ required: false, nullable: true, enum: DENOMINATORS, default: 'TOTAL_SAMPLE' })
  @IsOptional()
  @IsIn(DENOMINATORS)
  denominator?: Denominator | null;

  @ApiProperty({ required: false, type: String, nullable: true, example: '', maxLength: MAX_LENGTH.unit })
  @IsOptional()
  @IsPlainText(MAX_LENGTH.unit)
  unit?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    enum: WIN_CRITERIA,
    description: 'Required unless CONVERSION.',
  })
  @IsOptional()
  @IsIn(WIN_CRITERIA)
  winCriteria?: WinCriteria | null;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'checkout',
    description: 'Required for CUSTOM.',
  })
  @IsOptional()
  @IsPlainText(MAX_LENGTH.eventName)
  eventName?: string | null;

  @ApiProperty({
    required: false,
    nullable: true,
    enum: URL_MATCHERS,
    description: 'Required for PAGE_VIEW and CLICK.',
  })
  @IsOptional()
  @IsIn(URL_MATCHERS)
  matcher?: UrlMatcher | null;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'https://shop.example.com/cart',
    description: 'Required for PAGE_VIEW and CLICK.',
  })
  @IsOptional()
  @IsPlainText(MAX_LENGTH.url)
  url?: string | null;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: '#buy',
    description: 'CSS selector; required for CLICK.',
  })
  @IsOptional()
  @IsPlainText(MAX_LENGTH.selector)
  selector?: string | null;
}

/** What a metric's two forms share. */
class MetricBase {
  @ApiProperty({ example: 7 })
  id!: number;

  @ApiProperty({ example: 'Checkouts' })
  name!: string;

  @ApiProperty({ example: 'Orders sent off' })
  description!: string;

  @ApiProperty({ example: '' })
  unit!: string;

  @ApiProperty({ required: false, enum: WIN_CRITERIA })
  winCriteria?: WinCriteria;

  @ApiProperty({ enum: DENOMINATORS })
  denominator!: Denominator;

  protected static base(entity: MetricEntity): MetricBase {
    const { id, name, description, unit, winCriteria, denominator } = entity;
    return { id, name, description, unit, winCriteria: winCriteria ?? undefined, denominator };
  }
}

/** The metric of a toggle in an environment, in the form it is edited in. */
export class MetricDto extends MetricBase {
  @ApiProperty({ enum: METRIC_TYPES })
  metricType!: MetricType;

  @ApiProperty({ enum: METRIC_EVENT_TYPES })
  eventType!: MetricEventType;

  @ApiProperty({ example: 'checkout' })
  eventName!: string;

  @ApiProperty({ required: false, enum: URL_MATCHERS })
  matcher?: UrlMatcher;

  @ApiProperty({ required: false, example: 'https://shop.example.com/cart' })
  url?: string;

  @ApiProperty({ required: false, example: '#buy' })
  selector?: string;

  static from(entity: MetricEntity): MetricDto {
    const { metricType, eventType, eventName, matcher, url, selector } = entity;
    return {
      ...this.base(entity),
      metricType,
      eventType,
      eventName,
      matcher: matcher ?? undefined,
      url: url ?? undefined,
      selector: selector ?? undefined,
    };
  }
}

/** An event that SDKs look out for. */
export class EventDefinitionDto implements EventDefinition {
  @ApiProperty({ example: 'checkout' })
  name!: string;

  @ApiProperty({ enum: METRIC_EVENT_TYPES })
  type!: MetricEventType;

  @ApiProperty({ required: false, enum: URL_MATCHERS })
  matcher?: UrlMatcher;

  @ApiProperty({ required: false, example: 'https://shop.example.com/cart' })
  url?: string;

  @ApiProperty({ required: false, example: '#buy' })
  selector?: string;
}

/** The same metric, as the answer to saving it. */
export class SavedMetricDto extends MetricBase {
  @ApiProperty({ enum: METRIC_TYPES })
  type!: MetricType;

  @ApiProperty({ type: [EventDefinitionDto] })
  events!: EventDefinitionDto[];

  static from(entity: MetricEntity): SavedMetricDto {
    return { ...this.base(entity), type: entity.metricType, events: [eventOf(entity)] };
  }
}
