import { DateTime } from 'luxon';
import type { FieldProblem } from '../../platform/errors/index.js';
import {
  REENTRIES,
  type DraftTrigger,
  type OnceTrigger,
  type Reentry,
  type Trigger,
} from './campaign-content.js';
import { checkRecurring } from './check-recurring.js';
import { isOneOf, isWholeWithin, mustBeOneOf, mustBeWhole, Problems, REQUIRED } from './problems.js';

const TRIGGER_TYPES = ['ONCE', 'RECURRING', 'TRIGGERED'] as const;

/** A time that passed less than this ago counts as now: a form takes a while to be filled in and sent. */
const NOW_TOLERANCE_MS = 60_000;

const MAX_OCCURRENCE = 1000;

/** Width of the column. */
const MAX_EVENT_LENGTH = 128;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$/;

const NOT_AN_INSTANT = {
  en: 'must be an instant in ISO 8601, with an offset, such as 2026-03-01T09:00:00Z',
  zh: '必须是带时区偏移的 ISO 8601 时间，例如 2026-03-01T09:00:00Z',
};
const PAST = { en: 'is in the past', zh: '已过去' };
const NOT_AFTER_START = { en: 'must be after startTime', zh: '必须晚于 startTime' };

/** All that is wrong with a trigger; where nothing is, the trigger with its defaults, without what its type has no use for. */
export interface CheckedTrigger {
  readonly problems: readonly FieldProblem[];
  readonly trigger?: Trigger;
}

/**
 * Checks a trigger as publishing demands it.
 * @param now epoch milliseconds; undefined: nothing is said about times that have passed
 */
export function checkTrigger(draft: DraftTrigger | undefined, now: number | undefined): CheckedTrigger {
  const problems = new Problems();
  const trigger = check(draft, now, problems);
  return problems.isEmpty ? { problems: [], trigger } : { problems: problems.all };
}

function check(
  draft: DraftTrigger | undefined,
  now: number | undefined,
  problems: Problems,
): Trigger | undefined {
  if (draft === undefined) problems.add('trigger', REQUIRED);
  else if (draft.type === undefined) problems.add('trigger.type', REQUIRED);
  else if (!isOneOf(TRIGGER_TYPES, draft.type)) problems.add('trigger.type', mustBeOneOf(TRIGGER_TYPES));
  else if (draft.type === 'ONCE') return checkOnce(draft, now, problems);
  else {
    const reentry = checkReentry(draft, problems);
    return draft.type === 'RECURRING'
      ? checkRecurring(draft, reentry, now, problems)
      : checkTriggered(draft, reentry, now, problems);
  }
  return undefined;
}

function checkOnce({ at }: DraftTrigger, now: number | undefined, problems: Problems): OnceTrigger {
  const instant = at === undefined ? undefined : readInstant(at);
  if (at !== undefined && instant === undefined) problems.add('trigger.at', NOT_AN_INSTANT);
  if (instant !== undefined && now !== undefined && instant < now - NOW_TOLERANCE_MS)
    problems.add('trigger.at', PAST);
  return at === undefined ? { type: 'ONCE' } : { type: 'ONCE', at };
}

/** Nobody is sent to again unless that was asked for. */
function checkReentry({ reentry = 'ONCE' }: DraftTrigger, problems: Problems): Reentry {
  if (isOneOf(REENTRIES, reentry)) return reentry;
  problems.add('trigger.reentry', mustBeOneOf(REENTRIES));
  return 'ONCE';
}

function checkTriggered(
  draft: DraftTrigger,
  reentry: Reentry,
  now: number | undefined,
  problems: Problems,
): Trigger {
  const { event = '', occurrence = 1, startTime = '', endTime = '' } = draft;
  checkEvent(event, problems);
  if (!isWholeWithin(occurrence, 1, MAX_OCCURRENCE))
    problems.add('trigger.occurrence', mustBeWhole(1, MAX_OCCURRENCE));
  const start = checkInstant('trigger.startTime', draft.startTime, problems);
  const end = checkInstant('trigger.endTime', draft.endTime, problems);
  if (start !== undefined && end !== undefined && end <= start)
    problems.add('trigger.endTime', NOT_AFTER_START);
  if (end !== undefined && now !== undefined && end <= now) problems.add('trigger.endTime', PAST);
  return { type: 'TRIGGERED', event, occurrence, startTime, endTime, reentry };
}

function checkEvent(event: string, problems: Problems): void {
  if (event.trim() === '') problems.add('trigger.event', REQUIRED);
  if (Array.from(event).length > MAX_EVENT_LENGTH)
    problems.add('trigger.event', {
      en: `must have at most ${MAX_EVENT_LENGTH} characters`,
      zh: `最多 ${MAX_EVENT_LENGTH} 个字符`,
    });
  if (/[\p{Cc}\p{Cs}]/u.test(event))
    problems.add('trigger.event', { en: 'must not contain control characters', zh: '不能包含控制字符' });
}

function checkInstant(field: string, text: string | undefined, problems: Problems): number | undefined {
  const instant = text === undefined ? undefined : readInstant(text);
  if (instant === undefined) problems.add(field, text === undefined ? REQUIRED : NOT_AN_INSTANT);
  return instant;
}

/** Epoch milliseconds of an instant in ISO 8601; undefined where it is none, or leaves open where in the world its time is meant. */
export function readInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const time = DateTime.fromISO(text);
  return time.isValid ? time.toMillis() : undefined;
}
