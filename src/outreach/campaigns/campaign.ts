import type { CampaignContent } from './campaign-content.js';
import type { CampaignStatus } from './campaign.entity.js';

/** A campaign that was put online, as runs see it. */
export interface Campaign extends CampaignContent {
  readonly id: number;
  readonly organizationId: number;
  readonly projectId: number;
  readonly projectKey: string;
  readonly name: string;
  readonly status: CampaignStatus;
  /** Epoch milliseconds; undefined: no further run. */
  readonly nextRunAt?: number;
  readonly endsAt?: number;
  /** In the order in which they are tried. */
  readonly steps: CampaignContent['steps'];
}

/** Campaigns as those who run them read and move them on. Implemented by `campaigns`; methods that write need an open unit. */
export abstract class Campaigns {
  /** Whatever its status, unless it is a draft. */
  abstract load(ids: readonly number[]): Promise<ReadonlyMap<number, Campaign>>;

  /** Ids of `NOT_STARTED` and `RUNNING` ones whose next run is due, the longest due first. Reads committed rows. */
  abstract due(now: number, limit: number): Promise<number[]>;

  /** Locks it until the unit ends. */
  abstract lock(id: number): Promise<Campaign | undefined>;

  /** `RUNNING` and `PAUSED` ones of the project that one of these events triggers, and that take users still. */
  abstract triggeredBy(projectId: number, eventNames: ReadonlySet<string>): Promise<Campaign[]>;

  /**
   * A run of it has begun: it is `RUNNING`, and its next run is due at the next time that its trigger names, if any. The first time it
   * is recorded as an event by `system`. Times that passed unused are not made up for. Of no effect on one that is neither `NOT_STARTED`
   * nor `RUNNING`.
   */
  abstract started(campaign: Campaign, now: number): Promise<void>;

  /** There is nothing left to do: it is `FINISHED`, and an event by `system` says so. Of no effect on one that is not `RUNNING`. */
  abstract finished(campaign: Campaign): Promise<void>;
}
