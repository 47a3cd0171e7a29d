import { ApiProperty } from '@nestjs/swagger';
import { type EndpointHealth, type HealthState } from '../../delivery/index.js';
import { PARAMETER_TYPES, type ParameterType, type TemplateValue } from './touchpoint-config.js';
import { ATTRIBUTE_VALUE, TEMPLATE_VALUE } from './touchpoint-parts.dto.js';
import type { TouchpointDraft } from './touchpoint-draft.js';
import {
  TOUCHPOINT_KINDS,
  TOUCHPOINT_STATUSES,
  TOUCHPOINT_TYPES,
  type TouchpointEntity,
  type TouchpointKind,
  type TouchpointStatus,
  type TouchpointType,
} from './touchpoint.entity.js';

const HEALTH_STATES = ['HEALTHY', 'FAILING', 'PAUSED', 'DISABLED'] as const satisfies HealthState[];

/** How the endpoint has been doing. */
export class TouchpointHealthDto {
  @ApiProperty({ enum: HEALTH_STATES })
  state!: HealthState;

  @ApiProperty({ required: false, description: 'When the next try may go.' })
  until?: Date;

  @ApiProperty({ required: false, example: 'the receiver answered 503 with Retry-After' })
  why?: string;

  static from({ state, until, why }: EndpointHealth): TouchpointHealthDto {
    return { state, until: until === undefined ? undefined : new Date(until), why };
  }
}

export class ChannelAuthDto {
  @ApiProperty({ enum: ['SECRET', 'BASIC', 'NONE'] })
  type!: 'SECRET' | 'BASIC' | 'NONE';

  @ApiProperty({ required: false, description: 'Of SECRET, for owners alone.' })
  secret?: string;

  @ApiProperty({ required: false, example: 'flagpost', description: 'Of BASIC.' })
  username?: string;

  @ApiProperty({ required: false, description: 'Of BASIC, for owners alone.' })
  password?: string;
}

export class ReceiptsDto {
  @ApiProperty({ enum: ['SYNC', 'ASYNC'] })
  mode!: 'SYNC' | 'ASYNC';

  @ApiProperty({ required: false, example: 'https://coupons.example.com/receipts' })
  url?: string;

  @ApiProperty({ required: false, example: 120 })
  timeoutMinutes?: number;
}

export class UserAttributeDto {
  @ApiProperty({ example: 'userId' })
  attribute!: string;

  @ApiProperty({ example: 'memberId' })
  name!: string;

  @ApiProperty({ required: false, example: 'Member' })
  displayName?: string;

  @ApiProperty({
    ...ATTRIBUTE_VALUE,
    required: false,
    description: 'Sent where the user has no value, or an empty one.',
  })
  defaultValue?: string | number | boolean;
}

export class OptionValueDto {
  @ApiProperty({ example: 'gold' })
  code!: string;

  @ApiProperty({ example: 'Gold members' })
  name!: string;
}

export class ParameterOptionsDto {
  @ApiProperty({ required: false })
  multiple?: boolean;

  @ApiProperty({ required: false, type: [OptionValueDto] })
  values?: readonly OptionValueDto[];

  @ApiProperty({ required: false, example: 'https://coupons.example.com/levels' })
  url?: string;
}

export class TemplateParamDto {
  @ApiProperty({ example: 'amount' })
  name!: string;

  @ApiProperty({ required: false, example: 'Amount' })
  displayName?: string;

  @ApiProperty({ enum: PARAMETER_TYPES })
  type!: ParameterType;

  @ApiProperty({ required: false })
  required?: boolean;

  @ApiProperty({ ...TEMPLATE_VALUE, required: false, description: 'Sent where the campaign gives none.' })
  defaultValue?: TemplateValue;

  @ApiProperty({ required: false, type: ParameterOptionsDto })
  options?: ParameterOptionsDto;
}

/** A touchpoint as the API shows it, and, without its secrets, as its events do. */
export class TouchpointDto {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({ example: 'Coupons' })
  name!: string;

  @ApiProperty({ enum: TOUCHPOINT_KINDS })
  kind!: TouchpointKind;

  @ApiProperty({ required: false, enum: TOUCHPOINT_TYPES, description: 'Of a TOUCHPOINT.' })
  type?: TouchpointType;

  @ApiProperty({ example: 'https://coupons.example.com/reach' })
  url!: string;

  @ApiProperty({ enum: TOUCHPOINT_STATUSES })
  status!: TouchpointStatus;

  @ApiProperty({
    required: false,
    description: 'Of a TOUCHPOINT, for owners alone. Empty: nothing is signed.',
  })
  token?: string;

  @ApiProperty({ required: false, type: ChannelAuthDto, description: 'Of a CHANNEL.' })
  auth?: ChannelAuthDto;

  @ApiProperty({ required: false, type: ReceiptsDto, description: 'Of a TOUCHPOINT.' })
  receipts?: ReceiptsDto;

  @ApiProperty({ example: 500 })
  batchSize!: number;

  @ApiProperty({ required: false, example: 1000, description: 'Absent: no limit.' })
  usersPerSecond?: number;

  @ApiProperty({ type: [UserAttributeDto] })
  userAttributes!: readonly UserAttributeDto[];

  @ApiProperty({ type: [TemplateParamDto] })
  templateParams!: readonly TemplateParamDto[];

  @ApiProperty({ example: 5000 })
  timeoutMs!: number;

  @ApiProperty({ example: 10 })
  maxInFlight!: number;

  @ApiProperty({ required: false, example: 60 })
  retryForMinutes?: number;

  @ApiProperty({
    type: [String],
    example: ['shop'],
    description: 'Projects whose campaigns may use it, by key.',
  })
  projectKeys!: string[];

  @ApiProperty()
  createdTime!: Date;

  @ApiProperty({ example: 'Admin' })
  createdBy!: string;

  @ApiProperty()
  modifiedTime!: Date;

  @ApiProperty({ example: 'Admin' })
  modifiedBy!: string;

  /** Without secrets. */
  static from(
    entity: TouchpointEntity,
    draft: TouchpointDraft,
    projectKeys: readonly string[],
  ): TouchpointDto {
    const { auth, receipts, ...settings } = draft.config;
    return Object.assign(new TouchpointDto(), {
      id: entity.id,
      name: draft.name,
      kind: draft.kind,
      type: draft.type ?? undefined,
      url: draft.url,
      status: entity.status,
      auth,
      receipts,
      ...settings,
      projectKeys: [...projectKeys],
      createdTime: new Date(entity.createdAt),
      createdBy: entity.createdBy,
      modifiedTime: new Date(entity.modifiedAt),
      modifiedBy: entity.modifiedBy,
    });
  }

  /** The same with its secret, for owners. */
  static withSecret(shown: TouchpointDto, secret: string): TouchpointDto {
    const { auth } = shown;
    if (!auth) return Object.assign(new TouchpointDto(), shown, { token: secret });
    if (auth.type === 'NONE') return shown;
    const field = auth.type === 'SECRET' ? 'secret' : 'password';
    return Object.assign(new TouchpointDto(), shown, { auth: { ...auth, [field]: secret } });
  }
}

/** A touchpoint with how its endpoints have been doing. */
export class TouchpointItemDto extends TouchpointDto {
  @ApiProperty({ type: TouchpointHealthDto })
  health!: TouchpointHealthDto;

  @ApiProperty({
    required: false,
    type: TouchpointHealthDto,
    description: 'Where receipts are asked for: how that has been doing.',
  })
  receiptsHealth?: TouchpointHealthDto;

  static withHealth(
    shown: TouchpointDto,
    health: EndpointHealth | undefined,
    receiptsHealth: EndpointHealth | undefined,
  ): TouchpointItemDto {
    return Object.assign(new TouchpointItemDto(), shown, {
      health: TouchpointHealthDto.from(health ?? { state: 'HEALTHY' }),
      receiptsHealth: receiptsHealth && TouchpointHealthDto.from(receiptsHealth),
    });
  }
}
