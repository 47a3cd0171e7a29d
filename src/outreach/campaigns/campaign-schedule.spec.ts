import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { endOfDay, firstRun, nextRun, type Schedule } from './campaign-schedule.js';

const at = (text: string): number => Date.parse(text);

const daily = (more: Partial<Schedule> = {}): Schedule => ({
  startDate: '2026-03-01',
  endDate: '2026-12-31',
  every: 'DAY',
  timeOfDay: '09:30',
  timeZone: 'UTC',
  ...more,
});

/** The runs after an instant, as clocks of the zone show them. */
function runs(schedule: Schedule, after: string, most = 20): string[] {
  const found: string[] = [];
  let last = at(after);
  while (found.length < most) {
    const next = nextRun(schedule, last);
    if (next === undefined) break;
    found.push(DateTime.fromMillis(next, { zone: schedule.timeZone }).toFormat('yyyy-MM-dd HH:mm ZZ'));
    last = next;
  }
  return found;
}

describe('runs every day', () => {
  it('from the first day to the last, both included, at the time of day', () => {
    const schedule = daily({ endDate: '2026-03-03' });
    expect(runs(schedule, '2026-01-01T00:00:00Z')).toEqual([
      '2026-03-01 09:30 +00:00',
      '2026-03-02 09:30 +00:00',
      '2026-03-03 09:30 +00:00',
    ]);
  });

  it('strictly after the instant, but the first one may be at it', () => {
    expect(nextRun(daily(), at('2026-03-05T09:30:00Z'))).toBe(at('2026-03-06T09:30:00Z'));
    expect(nextRun(daily(), at('2026-03-05T09:29:59.999Z'))).toBe(at('2026-03-05T09:30:00Z'));
    expect(firstRun(daily(), at('2026-03-05T09:30:00Z'))).toBe(at('2026-03-05T09:30:00Z'));
    expect(firstRun(daily(), at('2026-12-31T09:30:00.001Z'))).toBeUndefined();
  });

  it('by the zone’s date, not that of UTC', () => {
    const schedule = daily({ timeZone: 'Asia/Shanghai', timeOfDay: '00:15', endDate: '2026-03-02' });
    expect(firstRun(schedule, 0)).toBe(at('2026-02-28T16:15:00Z'));
    expect(runs(schedule, '2026-01-01T00:00:00Z')).toHaveLength(2);
    const west = daily({ timeZone: 'America/Los_Angeles', timeOfDay: '23:45', endDate: '2026-03-02' });
    expect(nextRun(west, at('2026-03-03T07:44:59Z'))).toBe(at('2026-03-03T07:45:00Z'));
    expect(nextRun(west, at('2026-03-03T07:45:00Z'))).toBeUndefined();
  });
});

describe('runs on days of the week', () => {
  it('that are named, several in order', () => {
    const schedule = daily({ every: 'WEEK', on: [7, 1, 3], endDate: '2026-03-11' });
    expect(runs(schedule, '2026-01-01T00:00:00Z').map((run) => run.slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-03-02',
      '2026-03-04',
      '2026-03-08',
      '2026-03-09',
      '2026-03-11',
    ]);
  });

  it('or on the one that the first date is', () => {
    // A Thursday.
    const schedule = daily({ every: 'WEEK', startDate: '2026-03-05', endDate: '2026-03-20' });
    expect(runs(schedule, '2026-01-01T00:00:00Z').map((run) => run.slice(0, 10))).toEqual([
      '2026-03-05',
      '2026-03-12',
      '2026-03-19',
    ]);
  });

  it('and never, where none of them comes in time', () => {
    expect(
      firstRun(daily({ every: 'WEEK', on: [1], startDate: '2026-03-03', endDate: '2026-03-08' }), 0),
    ).toBe(undefined);
  });
});

describe('runs on days of the month', () => {
  const months = (more: Partial<Schedule>, after = '2026-01-01T00:00:00Z'): string[] =>
    runs(daily({ every: 'MONTH', startDate: '2027-11-01', endDate: '2028-04-30', ...more }), after).map(
      (run) => run.slice(0, 10),
    );

  it('the last where a month has no such day', () => {
    expect(months({ on: [31] })).toEqual([
      '2027-11-30',
      '2027-12-31',
      '2028-01-31',
      '2028-02-29',
      '2028-03-31',
      '2028-04-30',
    ]);
  });

  it('once on the last day, however many of them mean it', () => {
    expect(months({ on: [29, 30, 31], startDate: '2027-02-01', endDate: '2027-04-30' })).toEqual([
      '2027-02-28',
      '2027-03-29',
      '2027-03-30',
      '2027-03-31',
      '2027-04-29',
      '2027-04-30',
    ]);
  });

  it('or on the one that the first date is', () => {
    expect(months({ startDate: '2028-01-30' })).toEqual([
      '2028-01-30',
      '2028-02-29',
      '2028-03-30',
      '2028-04-30',
    ]);
  });

  it('also from one 31st to the next but one month', () => {
    const schedule = daily({ every: 'MONTH', on: [1], startDate: '2026-01-01' });
    expect(nextRun(schedule, at('2026-07-01T09:30:00Z'))).toBe(at('2026-08-01T09:30:00Z'));
  });
});

describe('daylight saving', () => {
  const berlin = daily({ timeZone: 'Europe/Berlin', timeOfDay: '02:30' });

  it('runs a time that is skipped when the clocks have been put forward, on the same day', () => {
    expect(runs(berlin, '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28 02:30 +01:00',
      '2026-03-29 03:30 +02:00',
      '2026-03-30 02:30 +02:00',
    ]);
  });

  it('runs a time that is shown twice the first time, and once', () => {
    expect(runs(berlin, '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25 02:30 +02:00',
      '2026-10-26 02:30 +01:00',
    ]);
    // Between the two, the run of that day is over.
    expect(nextRun(berlin, at('2026-10-25T00:45:00Z'))).toBe(at('2026-10-26T01:30:00Z'));
  });

  it('keeps to the clocks all the year', () => {
    const nine = daily({ timeZone: 'America/New_York', timeOfDay: '09:00' });
    expect(nextRun(nine, at('2026-03-07T15:00:00Z'))).toBe(at('2026-03-08T13:00:00Z'));
    expect(nextRun(nine, at('2026-10-31T14:00:00Z'))).toBe(at('2026-11-01T14:00:00Z'));
  });

  it('runs at midnight where midnight is skipped', () => {
    const beirut = daily({ timeZone: 'Asia/Beirut', timeOfDay: '00:00' });
    expect(runs(beirut, '2026-03-27T23:00:00Z', 2)).toEqual([
      '2026-03-29 01:00 +03:00',
      '2026-03-30 00:00 +03:00',
    ]);
  });

  it('knows changes of half an hour', () => {
    const island = daily({ timeZone: 'Australia/Lord_Howe', timeOfDay: '02:15' });
    expect(runs(island, '2026-10-02T16:00:00Z', 2)).toEqual([
      '2026-10-04 02:45 +11:00',
      '2026-10-05 02:15 +11:00',
    ]);
    const twice = { ...island, timeOfDay: '01:45' };
    expect(runs(twice, '2026-04-04T12:00:00Z', 2)).toEqual([
      '2026-04-05 01:45 +11:00',
      '2026-04-06 01:45 +10:30',
    ]);
  });

  it('runs once where a zone left out a whole day', () => {
    const apia = daily({ timeZone: 'Pacific/Apia', startDate: '2011-12-28', endDate: '2012-01-01' });
    expect(runs(apia, '2011-12-01T00:00:00Z')).toEqual([
      '2011-12-28 09:30 -10:00',
      '2011-12-29 09:30 -10:00',
      '2011-12-31 09:30 +14:00',
      '2012-01-01 09:30 +14:00',
    ]);
  });

  it('ends a day when the next one begins by the zone’s clocks', () => {
    expect(endOfDay('2026-03-28', 'Europe/Berlin')).toBe(at('2026-03-28T23:00:00Z'));
    expect(endOfDay('2026-03-29', 'Europe/Berlin')).toBe(at('2026-03-29T22:00:00Z'));
    expect(endOfDay('2026-12-31', 'Asia/Shanghai')).toBe(at('2026-12-31T16:00:00Z'));
  });
});
