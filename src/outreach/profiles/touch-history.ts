import type { ProfileEvent } from './profile.js';

/** What campaigns sent to a user, as events named {@link TOUCH_EVENT}. Implemented by `runs`. */
export abstract class TouchHistory {
  /** The newest first, final results only. Attributes: `campaignId`, `touchpointId`, `runId`, `status`, `reason?`. */
  abstract recent(projectId: number, gid: number, limit: number): Promise<ProfileEvent[]>;

  /** How many there are. */
  abstract count(projectId: number, gid: number): Promise<number>;
}
