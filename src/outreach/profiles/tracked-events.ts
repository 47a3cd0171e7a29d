import type { Profile, ProfileEvent } from './profile.js';

/** An event and whose it is. */
export interface TrackedEvent extends ProfileEvent {
  readonly profile: Profile;
}

/** Who wants to hear of events as they arrive: campaigns that they trigger. Implemented by `runs`. */
export abstract class TrackedEventsListener {
  /**
   * Called inside the unit of work that keeps the events, in the order of their arrival; what it throws takes them down with it.
   * Quick where no running campaign waits for any of these names.
   */
  abstract tracked(projectId: number, events: readonly TrackedEvent[]): Promise<void>;
}
