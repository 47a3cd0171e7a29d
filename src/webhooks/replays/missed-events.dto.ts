import { ApiProperty } from '@nestjs/swagger';
import type { Missed } from './missed-events.js';

/** The body of a replay. */
class ReplayOfferBodyDto {
  @ApiProperty({ example: '2026-11-20T09:00:00.000Z', description: 'Time of the first event missed.' })
  since!: Date;

  @ApiProperty({ example: '2026-11-20T17:30:00.000Z', description: 'Time of the last one.' })
  until!: Date;
}

/** A call ready to be made. */
class ReplayOfferDto {
  @ApiProperty({ example: 'POST' })
  method!: string;

  @ApiProperty({ example: '/api/webhooks/5/replay' })
  path!: string;

  @ApiProperty({ type: ReplayOfferBodyDto })
  body!: ReplayOfferBodyDto;
}

/** What a webhook did not get because it was disabled, and the replay that would send it. */
export class MissedEventsDto {
  @ApiProperty({ example: '2026-11-20T09:00:00.000Z', description: 'Time of the first event missed.' })
  since!: Date;

  @ApiProperty({ example: 12, description: 'How many that its filters match now.' })
  events!: number;

  @ApiProperty({ type: ReplayOfferDto, description: 'The call that sends them.' })
  replay!: ReplayOfferDto;

  static from(webhookId: number, { since, until, events }: Missed): MissedEventsDto {
    const body = { since: new Date(since), until: new Date(until) };
    return {
      since: body.since,
      events,
      replay: { method: 'POST', path: `/api/webhooks/${webhookId}/replay`, body },
    };
  }
}
