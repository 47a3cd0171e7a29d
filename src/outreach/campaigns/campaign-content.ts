import type { TemplateValue } from '../touchpoints/touchpoint-config.js';

export const CAMPAIGN_MODES = ['ALL', 'FIRST_SUCCESS'] as const;
/** Each user by all touchpoints, or by one after the other until one succeeds. */
export type CampaignMode = (typeof CAMPAIGN_MODES)[number];

export const REENTRIES = ['ONCE', 'EACH_TIME'] as const;
/** Whether a user is sent to once in the whole campaign, or each time. */
export type Reentry = (typeof REENTRIES)[number];

export const FREQUENCIES = ['DAY', 'WEEK', 'MONTH'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** Everyone in the audience, once: at an instant (ISO 8601), or now. */
export interface OnceTrigger {
  readonly type: 'ONCE';
  readonly at?: string;
}

/** Everyone in the audience, at each run. */
export interface RecurringTrigger {
  readonly type: 'RECURRING';
  /** First and last day on which it may run, `2026-03-01`, in its time zone. */
  readonly startDate: string;
  readonly endDate: string;
  readonly every: Frequency;
  /**
   * Days of the week (1 Monday to 7 Sunday) or of the month (1 to 31; where a month has no such day, its last one). Absent: the day that
   * `startDate` is.
   */
  readonly on?: readonly number[];
  /** `09:30`, in its time zone. */
  readonly timeOfDay: string;
  /** IANA name, such as `Asia/Shanghai`. */
  readonly timeZone: string;
  readonly reentry: Reentry;
}

/** A user of the audience, the moment that an event of theirs arrives. */
export interface TriggeredTrigger {
  readonly type: 'TRIGGERED';
  readonly event: string;
  /** The N-th such event of a user since the campaign began sends; with re-entry, each N-th. */
  readonly occurrence: number;
  /** ISO 8601. */
  readonly startTime: string;
  readonly endTime: string;
  readonly reentry: Reentry;
}

export type Trigger = OnceTrigger | RecurringTrigger | TriggeredTrigger;

export interface CampaignStep {
  readonly touchpointId: number;
  /** With `FIRST_SUCCESS` the lowest goes first; absent: in the order of the list. */
  readonly priority?: number;
}

/** What a campaign is about: that of a published one, which is complete and right. */
export interface CampaignContent {
  readonly segmentKey: string;
  readonly steps: readonly CampaignStep[];
  readonly mode: CampaignMode;
  readonly templateValues: Readonly<Record<string, TemplateValue>>;
  readonly trigger: Trigger;
}

/** A trigger as far as it has been filled in: of the right JSON types, and nothing more is sure. */
export interface DraftTrigger {
  readonly type?: string;
  readonly at?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly every?: string;
  readonly on?: readonly number[];
  readonly timeOfDay?: string;
  readonly timeZone?: string;
  readonly event?: string;
  readonly occurrence?: number;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly reentry?: string;
}

export interface DraftStep {
  readonly touchpointId?: number;
  readonly priority?: number;
}

/** The content of a draft: it may lack anything, and be wrong in anything but its JSON types. */
export interface DraftContent {
  readonly segmentKey?: string;
  readonly steps?: readonly DraftStep[];
  readonly mode?: string;
  readonly templateValues?: Readonly<Record<string, TemplateValue>>;
  readonly trigger?: DraftTrigger;
}

/**
 * The steps in the order in which they are tried: with `FIRST_SUCCESS` by priority, those without one last; of the same priority, and
 * with `ALL`, as they stand in the list.
 */
export function inOrder(steps: readonly CampaignStep[], mode: CampaignMode): CampaignStep[] {
  if (mode === 'ALL') return [...steps];
  const rank = ({ priority }: CampaignStep): number => priority ?? Number.MAX_SAFE_INTEGER;
  return [...steps].sort((a, b) => rank(a) - rank(b));
}
