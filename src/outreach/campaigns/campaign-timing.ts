import type { CampaignContent, DraftContent, RecurringTrigger, Trigger } from './campaign-content.js';
import { firstRun, nextRun } from './campaign-schedule.js';
import type { CampaignEntity } from './campaign.entity.js';
import { readInstant } from './check-trigger.js';

/** What of a campaign's row follows from its trigger. */
export type Timing = Pick<CampaignEntity, 'triggerEvent' | 'nextRunAt' | 'endsAt'>;

/** The content of a row: a `CampaignContent` unless it is a draft. */
export function contentOf({ content }: Pick<CampaignEntity, 'content'>): DraftContent {
  return JSON.parse(content) as DraftContent;
}

/** The content of a row that is no draft. */
export function publishedContentOf(row: Pick<CampaignEntity, 'content'>): CampaignContent {
  return JSON.parse(row.content) as CampaignContent;
}

/**
 * What a trigger makes due once it is put online `now`: `ONCE` without a time at once, `TRIGGERED` when it begins to wait for its event.
 */
export function timingOf(trigger: Trigger, now: number): Timing {
  switch (trigger.type) {
    case 'ONCE':
      return { triggerEvent: null, nextRunAt: instantOr(trigger.at, now), endsAt: null };
    case 'RECURRING':
      return { triggerEvent: null, nextRunAt: firstRun(trigger, now) ?? null, endsAt: null };
    case 'TRIGGERED': {
      const { event, startTime, endTime } = trigger;
      return { triggerEvent: event, nextRunAt: instantOr(startTime, now), endsAt: instantOr(endTime, now) };
    }
  }
}

/** When the next run is due once one has begun; null: never. Times that passed meanwhile are not made up for: one run stands for all. */
export function dueAfterStart(trigger: Trigger, nextRunAt: number | null, now: number): number | null {
  return trigger.type === 'RECURRING' ? after(trigger, Math.max(now, nextRunAt ?? now)) : null;
}

/**
 * When the next run is due once a pause is over. `ONCE` runs at once where its time came during the pause; times of a `RECURRING` one that
 * came are skipped, also the very last before it resumes.
 */
export function dueAfterPause(trigger: Trigger, nextRunAt: number | null, now: number): number | null {
  const isMissed = trigger.type === 'RECURRING' && nextRunAt !== null && nextRunAt <= now;
  return isMissed ? after(trigger, now) : nextRunAt;
}

/** Whether a campaign with these times begins nothing any more: no run, or, where events trigger it, no user. */
export function isOver(
  trigger: Trigger,
  { nextRunAt, endsAt }: Pick<CampaignEntity, 'nextRunAt' | 'endsAt'>,
  now: number,
): boolean {
  return trigger.type === 'TRIGGERED' ? endsAt !== null && endsAt <= now : nextRunAt === null;
}

function after(trigger: RecurringTrigger, now: number): number | null {
  return nextRun(trigger, now) ?? null;
}

function instantOr(text: string | undefined, now: number): number {
  return (text === undefined ? undefined : readInstant(text)) ?? now;
}
