import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { ANY_JSON, IsPlainText, IsResourceKey, PageQuery } from '../../platform/http/index.js';
import type { ProfileRow } from './profile-batch.js';
import { MAX_ATTRIBUTES, MAX_NAME_LENGTH, MAX_USER_ID_LENGTH } from './profile-limits.js';
import type { Attributes, ProfileEvent } from './profile.js';

const ATTRIBUTE = {
  oneOf: [{ type: 'string' }, { type: 'number', format: 'double' }, { type: 'boolean' }],
};
const EXAMPLE = { city: 'Paris', level: 3, gold: true, birthday: '1990-02-28' };

/** Values are taken as they came: `readProfileInput` decides what they may be. */
const AsGiven = (): PropertyDecorator =>
  Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);

/** What is known of a user. */
export class ProfileInputDto {
  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    example: 17,
    description: 'Whose profile it is; a free one may be chosen. None, and no userId: a new visitor.',
  })
  @IsOptional()
  @AsGiven()
  gid?: unknown;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    example: 'u-17',
    maxLength: MAX_USER_ID_LENGTH,
    description: 'Login id, if the user has one; case matters. With the gid of a visitor: who that is.',
  })
  @IsOptional()
  @AsGiven()
  userId?: unknown;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    nullable: true,
    additionalProperties: { ...ATTRIBUTE, nullable: true },
    example: EXAMPLE,
    description: `Replace those of the same name; the others stay, and null takes one away. At most ${MAX_ATTRIBUTES} of a profile.`,
  })
  @IsOptional()
  @AsGiven()
  attributes?: unknown;
}

/** A profile as clients see it. */
export class ProfileDto {
  @ApiProperty({ example: 17, description: 'Unique in the project.' })
  gid!: number;

  @ApiProperty({ required: false, example: 'u-17', description: 'Absent: a visitor, who has not signed in.' })
  userId?: string;

  @ApiProperty({ type: 'object', additionalProperties: ATTRIBUTE, example: EXAMPLE, description: 'By name.' })
  attributes!: Attributes;

  @ApiProperty({ type: Date })
  createdTime!: Date;

  @ApiProperty({ type: Date })
  modifiedTime!: Date;

  static from(row: ProfileRow): ProfileDto {
    return {
      gid: row.gid,
      userId: row.userId ?? undefined,
      attributes: JSON.parse(row.attributes) as Attributes,
      createdTime: new Date(row.createdAt),
      modifiedTime: new Date(row.modifiedAt),
    };
  }
}

/** Something a user did, or that was done to reach the user. */
export class ProfileEventDto {
  @ApiProperty({
    example: 'purchase',
    description: '`$ma_channel_touch`: what a campaign sent, and what came of it.',
  })
  name!: string;

  @ApiProperty({ type: Date })
  time!: Date;

  @ApiProperty({ ...ANY_JSON, required: false, example: 99.5 })
  value?: unknown;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: true,
    example: { sku: 'A-1' },
    description: 'Whatever came with the event.',
  })
  attributes?: Readonly<Record<string, unknown>>;

  static from({ name, time, value, attributes }: ProfileEvent): ProfileEventDto {
    return { name, time: new Date(time), value, attributes };
  }
}

/** How often a user did something, ever. */
export class EventCountDto {
  @ApiProperty({ example: 'purchase' })
  name!: string;

  @ApiProperty({ example: 3, description: 'Ever.' })
  count!: number;

  @ApiProperty({ type: Date })
  lastTime!: Date;
}

/** A profile and what happened. */
export class ProfileDetailDto extends ProfileDto {
  @ApiProperty({ type: [ProfileEventDto], description: 'The newest 50, newest first.' })
  events!: ProfileEventDto[];

  @ApiProperty({ type: [EventCountDto], description: 'All names, by name.' })
  eventCounts!: EventCountDto[];
}

/** Which profiles of a project are wanted. */
export class ProfileQuery extends PageQuery {
  @ApiProperty({
    required: false,
    example: 'u-1',
    description:
      'A gid, or what userIds begin with; where there is none, what they contain, whatever the case.',
  })
  @IsOptional()
  @IsPlainText(MAX_USER_ID_LENGTH)
  keyword?: string;

  @ApiProperty({ required: false, example: 'u-17', description: 'Exactly this one.' })
  @IsOptional()
  @IsPlainText(MAX_USER_ID_LENGTH)
  userId?: string;

  @ApiProperty({ required: false, example: 'vip', description: 'Only who is in this segment.' })
  @IsOptional()
  @IsResourceKey()
  segmentKey?: string;
}

/** Who is in a segment now. */
export class AudienceDto {
  @ApiProperty({ example: 1204 })
  count!: number;

  @ApiProperty({ type: [ProfileDto], description: 'Up to 10 of them, newest first.' })
  sample!: ProfileDto[];
}

/** A row of an import that was not taken. */
export class ImportErrorDto {
  @ApiProperty({ example: 3, description: 'Of the file, from 1; where the row begins.' })
  line!: number;

  @ApiProperty({ example: 'attributes.level must be text, a number, true, false or null' })
  message!: string;
}

/** What came of an import, in rows. */
export class ImportReportDto {
  @ApiProperty({ example: 998, description: 'Rows that made a profile.' })
  imported!: number;

  @ApiProperty({ example: 1, description: 'Rows whose profile was there.' })
  updated!: number;

  @ApiProperty({ example: 1, description: 'Rows that were not taken.' })
  failed!: number;

  @ApiProperty({ type: [ImportErrorDto], description: 'The first 100 of the failed.' })
  errors!: ImportErrorDto[];
}

/** Something a user did, as it is tracked; for the document. */
export class TrackEventDto {
  @ApiProperty({
    required: false,
    example: 'u-17',
    description: 'Who did it; one that nobody has makes a profile.',
  })
  userId?: string;

  @ApiProperty({ required: false, example: 17, description: 'The same, by gid.' })
  gid?: number;

  @ApiProperty({ example: 'purchase', maxLength: MAX_NAME_LENGTH, description: 'Not beginning with `$ma_`.' })
  name!: string;

  @ApiProperty({
    required: false,
    type: String,
    example: '2026-11-22T02:00:00.412Z',
    description: 'ISO 8601, UTC where it names no zone, or epoch milliseconds; absent: now.',
  })
  time?: string | number;

  @ApiProperty({ ...ANY_JSON, required: false, example: 99.5 })
  value?: unknown;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: true,
    example: { sku: 'A-1' },
    description: 'Whatever is wanted of the event later.',
  })
  attributes?: Readonly<Record<string, unknown>>;
}

/** How many events were taken. */
export class AcceptedDto {
  @ApiProperty({ example: 1 })
  accepted!: number;
}
