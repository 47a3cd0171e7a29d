import { invalidField, type LocalizedText } from '../../platform/errors/index.js';
import type { CampaignContent, DraftContent, DraftTrigger, Trigger } from './campaign-content.js';

const FIXED_TYPE = {
  en: 'can’t change once the campaign was published',
  zh: '活动发布后不能修改',
};
const FIXED_ONCE_STARTED = {
  en: 'can’t change once the campaign has begun to send',
  zh: '活动开始发送后不能修改',
};

/** What of a trigger stays as it is from the first run on: what has been sent, or counted, followed from it. */
const FIXED_OF_TRIGGER: { readonly [type in Trigger['type']]: readonly (keyof DraftTrigger)[] } = {
  ONCE: ['at'],
  RECURRING: [],
  TRIGGERED: ['event', 'occurrence', 'startTime'],
};

/**
 * Refuses changes that a paused campaign can't take: that of its trigger's type; and, once a run of it has begun, of its steps and its
 * mode, which the results of its users are kept by, and of a trigger that has done its work.
 *
 * All else may change, and holds for what has not gone out yet.
 * @throws DomainError `field_invalid`, naming the first such field
 */
export function refuseFixed(before: CampaignContent, wanted: DraftContent, hasStarted: boolean): void {
  const was: DraftTrigger = before.trigger;
  const trigger = wanted.trigger ?? {};
  refuse('trigger.type', trigger.type !== was.type, FIXED_TYPE);
  if (!hasStarted) return;
  refuse('steps', !isSame(wanted.steps, before.steps), FIXED_ONCE_STARTED);
  refuse('mode', (wanted.mode ?? 'ALL') !== before.mode, FIXED_ONCE_STARTED);
  // A published trigger has its default written out.
  const now = was.type === 'TRIGGERED' ? { occurrence: 1, ...trigger } : trigger;
  for (const name of FIXED_OF_TRIGGER[before.trigger.type])
    refuse(`trigger.${name}`, !isSame(now[name], was[name]), FIXED_ONCE_STARTED);
}

/** Whether two pieces of content, both as they are kept, are the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refuse(field: string, isChanged: boolean, problem: LocalizedText): void {
  if (isChanged) throw invalidField(field, problem);
}
