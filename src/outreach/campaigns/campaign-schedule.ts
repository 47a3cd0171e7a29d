import { DateTime, IANAZone } from 'luxon';
import type { RecurringTrigger } from './campaign-content.js';

/** What of a recurring trigger says when it runs. */
export type Schedule = Pick<
  RecurringTrigger,
  'startDate' | 'endDate' | 'every' | 'on' | 'timeOfDay' | 'timeZone'
>;

/** Days between two runs, at the most: a month of 31 days, and one for each end. */
const LONGEST_GAP_DAYS = 33;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When it runs first, epoch milliseconds, if it is put online `now`; undefined: never. */
export function firstRun(schedule: Schedule, now: number): number | undefined {
  return nextRun(schedule, now - 1);
}

/**
 * When it runs next after an instant, epoch milliseconds; undefined: no more.
 *
 * It runs on each day that is named, from the first to the last date, at the time of day that clocks in its zone show. A time that the
 * clocks skip on a day is run when they have been put forward, as much later as they were; one that they show twice is run the first time.
 * Days of the month that a month lacks mean its last day, which is run once.
 */
export function nextRun(schedule: Schedule, after: number): number | undefined {
  const zone = IANAZone.create(schedule.timeZone);
  const first = dateOf(schedule.startDate);
  const last = dateOf(schedule.endDate);
  // A day before the local one, since a time that was skipped may be run on the next day.
  const from = localDate(after, zone).minus({ days: 1 });
  let date = from < first ? first : from;
  for (let days = 0; days <= LONGEST_GAP_DAYS && date <= last; days += 1) {
    const at = runsOn(schedule, date) ? instantOf(date, schedule.timeOfDay, zone) : undefined;
    if (at !== undefined && at > after) return at;
    date = date.plus({ days: 1 });
  }
  return undefined;
}

/** The instant at which the day after a date begins in a zone. */
export function endOfDay(date: string, timeZone: string): number {
  return instantOf(dateOf(date).plus({ days: 1 }), '00:00', IANAZone.create(timeZone));
}

/** Whether the schedule names the date, which is taken to be between its first and its last. */
function runsOn({ every, on, startDate }: Schedule, date: DateTime): boolean {
  const start = dateOf(startDate);
  if (every === 'DAY') return true;
  if (every === 'WEEK') return (on ?? [start.weekday]).includes(date.weekday);
  const length = date.daysInMonth ?? 0;
  return (on ?? [start.day]).some((day) => Math.min(day, length) === date.day);
}

/** Calendar dates are reckoned in UTC, where every day has 24 hours. */
function dateOf(text: string): DateTime {
  return DateTime.fromISO(text, { zone: 'utc' });
}

function localDate(instant: number, zone: IANAZone): DateTime {
  const { year, month, day } = DateTime.fromMillis(instant, { zone });
  return DateTime.utc(year, month, day);
}

/**
 * When clocks of the zone first show this time of the day. The library's own answer depends, for a time that is shown twice, on the season
 * in which it is asked.
 */
function instantOf(date: DateTime, timeOfDay: string, zone: IANAZone): number {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number);
  const shown = date.toMillis() + (hour * 60 + minute) * MINUTE_MS;
  const before = zone.offset(shown - DAY_MS) * MINUTE_MS;
  const afterwards = zone.offset(shown + DAY_MS) * MINUTE_MS;
  const shows = [shown - before, shown - afterwards].filter(
    (instant) => instant + zone.offset(instant) * MINUTE_MS === shown,
  );
  // Shown never: reckoned by the clocks from before they were put forward.
  return shows.length === 0 ? shown - before : Math.min(...shows);
}
