import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { nextRun, type Schedule } from './campaign-schedule.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Without and with daylight saving, at midnight and by half an hour, by two hours, with the seasons of the south, east and west. */
const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Europe/Berlin',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Havana',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Antarctica/Troll',
];

const dateText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const firstDay = Date.UTC(2000, 0, 1) / DAY_MS;
const lastDay = Date.UTC(2035, 11, 31) / DAY_MS;

const schedules: fc.Arbitrary<Schedule> = fc
  .record({
    start: fc.integer({ min: firstDay, max: lastDay }),
    length: fc.integer({ min: 0, max: 120 }),
    minute: fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 210 })),
    timeZone: fc.constantFrom(...ZONES),
    days: fc.oneof(
      fc.constant({ every: 'DAY' as const }),
      fc.record({ every: fc.constant('WEEK' as const), on: onOf(7) }, { requiredKeys: ['every'] }),
      fc.record({ every: fc.constant('MONTH' as const), on: onOf(31) }, { requiredKeys: ['every'] }),
    ),
  })
  .map(({ start, length, minute, timeZone, days }) => ({
    startDate: dateText(start),
    endDate: dateText(start + length),
    timeOfDay: `${two(Math.floor(minute / 60))}:${two(minute % 60)}`,
    timeZone,
    ...days,
  }));

/** Clocks skip its time on one of its days. */
const SKIPPED: Schedule = {
  startDate: '2026-03-20',
  endDate: '2026-04-05',
  every: 'DAY',
  timeOfDay: '02:30',
  timeZone: 'Europe/Berlin',
};

function onOf(most: number): fc.Arbitrary<number[]> {
  return fc.uniqueArray(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 5 });
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** The dates that a schedule names, reckoned without its code. */
function datesOf({ startDate, endDate, every, on }: Schedule): string[] {
  const dates: string[] = [];
  const start = new Date(startDate);
  for (let day = start.getTime(); day <= Date.parse(endDate); day += DAY_MS) {
    const date = new Date(day);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    const isLast = date.getUTCDate() === last;
    const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
    const startWeekday = start.getUTCDay() === 0 ? 7 : start.getUTCDay();
    const named =
      every === 'DAY' ||
      (every === 'WEEK' && (on ?? [startWeekday]).includes(weekday)) ||
      (every === 'MONTH' &&
        (on ?? [start.getUTCDate()]).some((wanted) =>
          wanted > last ? isLast : wanted === date.getUTCDate(),
        ));
    if (named) dates.push(dateText(day / DAY_MS));
  }
  return dates;
}

function runsOf(schedule: Schedule): number[] {
  const runs: number[] = [];
  for (let last = 0; runs.length < 1000;) {
    const next = nextRun(schedule, last);
    if (next === undefined) break;
    runs.push(next);
    last = next;
  }
  return runs;
}

const shownAt = (instant: number, zone: string): string =>
  DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd HH:mm');

/** The first instant at which clocks of the zone show a time; undefined: there is none. */
function firstShown(text: string, zone: string): number | undefined {
  const around = Date.parse(`${text.replace(' ', 'T')}:00Z`);
  for (
    let instant = around - 15 * 60 * MINUTE_MS;
    instant <= around + 15 * 60 * MINUTE_MS;
    instant += 15 * MINUTE_MS
  )
    if (shownAt(instant, zone) === text) return instant;
  return undefined;
}

describe('a schedule', () => {
  it('runs once on each day that it names, at the time that clocks show, or later the same day where they skip it', () => {
    let skipped = 0;
    fc.assert(
      fc.property(schedules, (schedule) => {
        const { timeOfDay, timeZone } = schedule;
        const runs = runsOf(schedule);
        expect(runs).toEqual([...new Set(runs)].toSorted((a, b) => a - b));
        const shown = runs.map((run) => shownAt(run, timeZone));
        expect(shown.map((text) => text.slice(0, 10))).toEqual(datesOf(schedule));
        for (const [index, text] of shown.entries()) {
          const wanted = `${text.slice(0, 10)} ${timeOfDay}`;
          if (text !== wanted) skipped += 1;
          // Offsets are whole quarters of an hour: the first instant that shows the time is the run, or there is none and it runs later.
          if (text === wanted) {
            if (isNearChange(runs[index]!, timeZone)) expect(firstShown(wanted, timeZone)).toBe(runs[index]);
          } else {
            expect(firstShown(wanted, timeZone)).toBeUndefined();
            expect(text > wanted).toBe(true);
          }
        }
      }),
      { numRuns: 300, examples: [[SKIPPED]] },
    );
    // Not vacuous: some times were skipped.
    expect(skipped).toBeGreaterThan(0);
  });

  it('does not depend on where one begins to ask', () => {
    fc.assert(
      fc.property(schedules, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, part) => {
        const runs = runsOf(schedule);
        const from = Date.parse(schedule.startDate) - 2 * DAY_MS;
        const to = Date.parse(schedule.endDate) + 2 * DAY_MS;
        const after = Math.round(from + part * (to - from));
        expect(nextRun(schedule, after)).toBe(runs.find((run) => run > after));
      }),
      { numRuns: 300 },
    );
  });
});

/** Whether clocks are changed within a day: elsewhere there is only one instant that shows a time. */
function isNearChange(instant: number, zone: string): boolean {
  const offset = (at: number): number => DateTime.fromMillis(at, { zone }).offset;
  return offset(instant - DAY_MS) !== offset(instant + DAY_MS);
}
