import { ApiProperty } from '@nestjs/swagger';
import type { EndpointHealth, HealthState } from '../delivery/index.js';
import { MissedEventsDto } from './replays/missed-events.dto.js';
import type { Missed } from './replays/missed-events.js';
import { SIGNATURE_VERDICTS, type SignatureVerdict } from './samples/signature-verdict.js';
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
import { publicKeyPath } from './signing/signing-key.dto.js';
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

  @ApiProperty({
    required: false,
    description: 'For owners alone: the secret before the last rotation signs, too, until then.',
  })
  previousSecretValidUntil?: Date;

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

  @ApiProperty({ required: false, example: 'slack', description: 'A ready template’s name, or a template.' })
  template?: string;

  @ApiProperty({
    required: false,
    example: 'text/plain; charset=utf-8',
    description: 'Of a template’s text.',
  })
  templateContentType?: string;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: { type: 'string' },
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

  @ApiProperty({
    required: false,
    example: 50,
    description: 'Requests a second, at the most. Absent: no limit.',
  })
  maxPerSecond?: number;

  @ApiProperty({ enum: WEBHOOK_ORDERINGS })
  ordering!: WebhookOrdering;

  @ApiProperty({ example: false })
  maskSdkKeys!: boolean;

  @ApiProperty({ example: false, description: 'Whether requests have an Ed25519 signature, too.' })
  asymmetricSignature!: boolean;

  @ApiProperty({
    required: false,
    example: '/.well-known/organizations/1/jwks.json',
    description: 'Where this server shows the public key of the Ed25519 signatures to everyone.',
  })
  publicKeyPath?: string;

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty({ description: 'Last edit; deliveries never touch it.' })
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  /** @param secrets what owners alone may see */
  static from(
    webhook: WebhookEntity,
    headerNames: readonly string[],
    secrets: Pick<WebhookDto, 'secretKey' | 'previousSecretValidUntil'> = {},
  ): WebhookDto {
    return {
      id: webhook.id,
      name: webhook.name,
      status: webhook.status,
      url: webhook.url,
      ...secrets,
      description: webhook.description,
      events: webhook.events,
      projectKeys: webhook.projectKeys ?? undefined,
      environmentKeys: webhook.environmentKeys ?? undefined,
      toggleKeys: webhook.toggleKeys ?? undefined,
      format: webhook.format,
      template: webhook.template ?? undefined,
      templateContentType: webhook.templateContentType ?? undefined,
      headers:
        headerNames.length === 0
          ? undefined
          : Object.fromEntries(headerNames.map((name) => [name, SECRET_MASK])),
      timeoutMs: webhook.timeoutMs,
      retryForHours: webhook.retryForHours,
      maxInFlight: webhook.maxInFlight,
      maxPerSecond: webhook.maxPerSecond ?? undefined,
      ordering: webhook.ordering,
      maskSdkKeys: webhook.maskSdkKeys,
      asymmetricSignature: webhook.asymmetricSignature,
      publicKeyPath: webhook.asymmetricSignature ? publicKeyPath(webhook.organizationId) : undefined,
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
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { 'content-type': 'application/json' },
  })
  headers!: Record<string, string>;

  @ApiProperty({ example: '{"action":"PUBLISH"}' })
  body!: string;
}

/** What came of one test request. */
export class TestExchangeDto {
  @ApiProperty({ example: true, description: 'Answered with 200–299.' })
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

/** What came of a test: of the rightly signed request, unless a wrong signature alone was asked for. */
export class TestResultDto extends TestExchangeDto {
  @ApiProperty({
    required: false,
    enum: SIGNATURE_VERDICTS,
    description: 'Whether the receiver refused the wrong signature. Present where one was sent.',
  })
  signatureCheck?: SignatureVerdict;

  @ApiProperty({ required: false, example: 'The receiver refused the wrong signature with status 401.' })
  signatureCheckMessage?: string;

  @ApiProperty({
    required: false,
    type: TestExchangeDto,
    description: 'The wrongly signed request, where both were sent.',
  })
  wrongSignatureResult?: TestExchangeDto;
}
