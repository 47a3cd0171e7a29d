import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Clock } from '../../platform/clock/clock.js';
import { CUSTOM_EVENTS_REPORTED, type CustomEventsReport } from '../../sdk/index.js';
import { readEvent } from './event-input.js';
import { isProblem } from './field-checks.js';
import { ProfileTracker } from './profile-tracker.js';

/** Events that a unit of work takes. */
const EVENTS_AT_ONCE = 500;

/** What applications track through SDKs is what users did: the key that an SDK knows a user by is taken for the userId. */
@Injectable()
export class ReportedEvents {
  constructor(
    private readonly tracker: ProfileTracker,
    private readonly clock: Clock,
  ) {}

  /** Keeps the events of a report; one that can't be taken is left out, as the SDK that sent it can't mend it. */
  @OnEvent(CUSTOM_EVENTS_REPORTED, { suppressErrors: false })
  async take({ projectId, events }: CustomEventsReport): Promise<void> {
    const taken = events.flatMap(({ user, name, time, value }) => {
      const event = readEvent({ userId: user, name, time, value });
      return isProblem(event) ? [] : [event];
    });
    for (let start = 0; start < taken.length; start += EVENTS_AT_ONCE) {
      await this.tracker.track(projectId, taken.slice(start, start + EVENTS_AT_ONCE));
      await this.clock.breathe();
    }
  }
}
