import { ApiProperty } from '@nestjs/swagger';
import type { EndpointHealth, HealthState } from '../delivery/index.js';
import { MissedEventsDto } from './replays/missed-events.dto.js';
import type { Missed } from './replays/missed-events.js';
import { SECRET_MASK } from './webhook-defaults.js';
import {
  WEBHOOK_FORMATS,
  WEBHOOK_ORDERINGS,
  WEBHOOK_STATUSES,
  type WebhookEntity,
  type WebhookFormat,
  type WebhookOrdering,
  type WebhookStatus,
} from './webhook.entity.js';
import type { HeaderValues } from './webhook-secrets.js';

const HEALTH_STATES: readonly HealthState[] = ['HEALTHY', 'FAILING', 'PAUSED', 'DISABLED'];

/** How deliveries to the webhook have been going. */
export class WebhookHealthDto {
  @ApiProperty({ enum: HEALTH_STATES })
  state!: HealthState;

  @ApiProperty({ required: false, description: 'When the next try may go.' })
  until?: Date;

  @ApiProperty({ required: false, example: 'the receiver answered 503 with Retry-After' })
  why?: string;

  static from({ state, until, why }: EndpointHealth): WebhookHealthDto {
    return { state, until: until === undefined ? undefined : new Date(until), why };
  }
}

/** A webhook as the API shows it. */
export class WebhookDto {
  @ApiProperty({ example: 5 })
  id!: number;

  @ApiProperty({ example: 'audit' })
  name!: string;

  @ApiProperty({ enum: WEBHOOK_STATUSES })
  status!: WebhookStatus;

  @ApiProperty({ example: 'https://hooks.example.com/fp' })
  url!: string;

  @ApiProperty({ required: false, description: 'For owners alone. Empty: nothing is signed.' })
  secretKey?: string;

  @ApiProperty({ example: '' })
  description!: string;

  @ApiProperty({ type: [String], example: ['*'] })
  events!: readonly string[];

  @ApiProperty({ required: false, type: [String], description: 'Absent: all.' })
  projectKeys?: readonly string[];

  @ApiProperty({ required: false, type: [String], description: 'Absent: all.' })
  environmentKeys?: readonly string[];

  @ApiProperty({ required: false, type: [String], description: 'Absent: all.' })
  toggleKeys?: readonly string[];

  @ApiProperty({ enum: WEBHOOK_FORMATS })
  format!: WebhookFormat;

  @ApiProperty({
    required: false,
    type: Object,
    example: { Authorization: SECRET_MASK },
    description: 'Extra request headers; values are never shown.',
  })
  headers?: HeaderValues;

  @ApiProperty({ example: 10_000 })
  timeoutMs!: number;

  @ApiProperty({ example: 72 })
  retryForHours!: number;

  @ApiProperty({ example: 10 })
  maxInFlight!: number;

  @ApiProperty({ enum: WEBHOOK_ORDERINGS })
  ordering!: WebhookOrdering;

  @ApiProperty({ example: false })
  maskSdkKeys!: boolean;

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty({ description: 'Last edit; deliveries never touch it.' })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  /** @param secretKey absent for those who may not see it */
  static from(webhook: WebhookEntity, headerNames: readonly string[], secretKey?: string): WebhookDto {
    return {
      id: webhook.id,
      name: webhook.name,
      status: webhook.status,
      url: webhook.url,
      secretKey,
      description: webhook.description,
      events: webhook.events,
      projectKeys: webhook.projectKeys ?? undefined,
      environmentKeys: webhook.environmentKeys ?? undefined,
      toggleKeys: webhook.toggleKeys ?? undefined,
      format: webhook.format,
      headers:
        headerNames.length === 0
          ? undefined
          : Object.fromEntries(headerNames.map((name) => [name, SECRET_MASK])),
      timeoutMs: webhook.timeoutMs,
      retryForHours: webhook.retryForHours,
      maxInFlight: webhook.maxInFlight,
      ordering: webhook.ordering,
      maskSdkKeys: webhook.maskSdkKeys,
      createdTime: new Date(webhook.createdAt),
      createdBy: webhook.createdBy,
      modifiedTime: new Date(webhook.modifiedAt),
      modifiedBy: webhook.modifiedBy,
    };
  }
}

/** A webhook with how it has been doing. The `lasted…` names are FeatureProbe's, and so is their spelling. */
export class WebhookItemDto extends WebhookDto {
  @ApiProperty({ required: false, enum: ['SUCCESS', 'FAIL'], description: 'How the last try went.' })
  lastedStatus?: 'SUCCESS' | 'FAIL';

  @ApiProperty({ required: false, example: 200, description: '0: there was no HTTP answer.' })
  lastedStatusCode?: number;

  @ApiProperty({ required: false })
  lastedTime?: Date;

  @ApiProperty({ type: WebhookHealthDto })
  health!: WebhookHealthDto;

  @ApiProperty({
    required: false,
    type: MissedEventsDto,
    description:
      'To owners who ask for this webhook alone, once it is enabled again: what it missed while it was disabled.',
  })
  missed?: MissedEventsDto;

  static withHealth(
    webhook: WebhookDto,
    health: EndpointHealth | undefined,
    missed?: Missed,
  ): WebhookItemDto {
    const last = health?.lastAttempt;
    return Object.assign(new WebhookItemDto(), webhook, last && lastedFields(last), {
      health: WebhookHealthDto.from(health ?? { state: 'HEALTHY' }),
      missed: missed && MissedEventsDto.from(webhook.id, missed),
    });
  }
}

function lastedFields(
  last: NonNullable<EndpointHealth['lastAttempt']>,
): Pick<WebhookItemDto, 'lastedStatus' | 'lastedStatusCode' | 'lastedTime'> {
  return {
    lastedStatus: last.succeeded ? 'SUCCESS' : 'FAIL',
    lastedStatusCode: last.statusCode,
    lastedTime: new Date(last.at),
  };
}

/** A random secret, stored nowhere. */
export class SecretSuggestion {
  @ApiProperty({ example: '3b1d6fbd4a7a1b1f2c5a9b8e7d6c5b4a39281706' })
  secretKey!: string;
}

/** One side of an exchange, as it was sent or received. */
export class ExchangeSideDto {
  @ApiProperty({ type: Object })
  headers!: Record<string, string>;

  @ApiProperty()
  body!: string;
}

/** What came of a test request. */
export class TestResultDto {
  @ApiProperty()
  success!: boolean;

  @ApiProperty({ required: false, example: 200 })
  statusCode?: number;

  @ApiProperty({ example: 42 })
  durationMs!: number;

  @ApiProperty({ required: false, description: 'Why it failed, refusals by the egress guard included.' })
  error?: string;

  @ApiProperty({ type: ExchangeSideDto, description: 'Values of extra headers are masked.' })
  request!: ExchangeSideDto;

  @ApiProperty({ required: false, type: ExchangeSideDto })
  response?: ExchangeSideDto;
}
