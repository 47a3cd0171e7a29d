import { DateTime, IANAZone } from 'luxon';
import { endOfDay, firstRun } from './campaign-schedule.js';
import {
  FREQUENCIES,
  type DraftTrigger,
  type Frequency,
  type RecurringTrigger,
  type Reentry,
} from './campaign-content.js';
import { isOneOf, isWholeWithin, mustBeOneOf, mustBeWhole, Problems, REQUIRED } from './problems.js';

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Names alone: newer runtimes would take offsets such as `+08:00` for zones, too. */
const ZONE_NAME = /^[A-Za-z][\w+/-]*$/;

/** Where each day ends last: a date that has passed there has passed everywhere. */
const LATEST_ZONE = 'Etc/GMT+12';

/** The highest number that `on` may hold. */
const DAYS: Readonly<Record<Exclude<Frequency, 'DAY'>, number>> = { WEEK: 7, MONTH: 31 };

const NOT_A_DATE = { en: 'must be a date such as 2026-03-01', zh: '必须是日期，例如 2026-03-01' };
const NOT_A_TIME = { en: 'must be a time of day such as 09:30', zh: '必须是时刻，例如 09:30' };
const NOT_A_ZONE = {
  en: 'must be the name of a time zone such as Asia/Shanghai',
  zh: '必须是时区名称，例如 Asia/Shanghai',
};
const BEFORE_START = { en: 'must not be before startDate', zh: '不能早于 startDate' };
const PAST = { en: 'is in the past', zh: '已过去' };
const NO_DAYS = { en: 'must be left out where it runs every day', zh: '每天运行时不能填写' };
const EMPTY = { en: 'must not be empty', zh: '不能为空' };
const NO_RUN = {
  en: 'has no run left between its start and its end',
  zh: '在开始与结束之间没有可运行的时间',
};

/** Checks what a `RECURRING` trigger has for itself. The answer means nothing where there are problems. */
export function checkRecurring(
  draft: DraftTrigger,
  reentry: Reentry,
  now: number | undefined,
  problems: Problems,
): RecurringTrigger {
  const own = new Problems();
  const timeOfDay = checkForm(
    'timeOfDay',
    draft.timeOfDay,
    (text) => TIME_OF_DAY.test(text),
    NOT_A_TIME,
    own,
  );
  const timeZone = checkForm('timeZone', draft.timeZone, isZone, NOT_A_ZONE, own);
  const { every, on } = checkFrequency(draft, own);
  const startDate = checkForm('startDate', draft.startDate, isDate, NOT_A_DATE, own);
  const endDate = checkForm('endDate', draft.endDate, isDate, NOT_A_DATE, own);
  if (startDate !== '' && endDate !== '' && endDate < startDate) own.add('trigger.endDate', BEFORE_START);
  if (now !== undefined && endDate !== '' && endOfDay(endDate, timeZone || LATEST_ZONE) <= now)
    own.add('trigger.endDate', PAST);
  const trigger: RecurringTrigger = {
    type: 'RECURRING',
    startDate,
    endDate,
    every,
    ...(on && { on }),
    timeOfDay,
    timeZone,
    reentry,
  };
  if (now !== undefined && own.isEmpty && firstRun(trigger, now) === undefined) own.add('trigger', NO_RUN);
  problems.addAll(own.all);
  return trigger;
}

/** The text where it is of its form, and an empty one where it isn't. */
function checkForm(
  name: string,
  text: string | undefined,
  isRight: (text: string) => boolean,
  problem: { en: string; zh: string },
  problems: Problems,
): string {
  if (text !== undefined && isRight(text)) return text;
  problems.add(`trigger.${name}`, text === undefined ? REQUIRED : problem);
  return '';
}

function checkFrequency(draft: DraftTrigger, problems: Problems): Pick<RecurringTrigger, 'every' | 'on'> {
  const { every, on } = draft;
  if (every === undefined || !isOneOf(FREQUENCIES, every)) {
    problems.add('trigger.every', every === undefined ? REQUIRED : mustBeOneOf(FREQUENCIES));
    return { every: 'DAY' };
  }
  if (on === undefined) return { every };
  if (every === 'DAY') {
    problems.add('trigger.on', NO_DAYS);
    return { every };
  }
  if (on.length === 0) problems.add('trigger.on', EMPTY);
  for (const [index, day] of on.entries())
    if (!isWholeWithin(day, 1, DAYS[every]))
      problems.add(`trigger.on[${index}]`, mustBeWhole(1, DAYS[every]));
  return { every, on: [...new Set(on)] };
}

function isDate(text: string): boolean {
  return DATE.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

function isZone(text: string): boolean {
  return ZONE_NAME.test(text) && IANAZone.isValidZone(text);
}
