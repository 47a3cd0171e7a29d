import { describe, expect, it } from 'vitest';
import type { DraftTrigger } from './campaign-content.js';
import { checkTrigger } from './check-trigger.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');

const RECURRING: DraftTrigger = {
  type: 'RECURRING',
  startDate: '2026-03-01',
  endDate: '2026-03-31',
  every: 'DAY',
  timeOfDay: '09:30',
  timeZone: 'Asia/Shanghai',
  reentry: 'EACH_TIME',
};

const TRIGGERED: DraftTrigger = {
  type: 'TRIGGERED',
  event: 'purchase',
  startTime: '2026-03-01T00:00:00Z',
  endTime: '2026-03-31T00:00:00Z',
  reentry: 'ONCE',
};

/** The fields with problems, and what is said of them in English. */
function problemsOf(draft: DraftTrigger | undefined, now: number | undefined = NOW): string[] {
  return checkTrigger(draft, now).problems.map(({ field, problem }) => `${field} ${problem.en}`);
}

function fieldsOf(draft: DraftTrigger): string[] {
  return checkTrigger(draft, NOW).problems.map(({ field }) => field);
}

describe('a trigger', () => {
  it('is required, with a type that there is', () => {
    expect(problemsOf(undefined)).toEqual(['trigger is required']);
    expect(problemsOf({})).toEqual(['trigger.type is required']);
    expect(problemsOf({ type: 'SOMETIMES' })).toEqual([
      'trigger.type must be one of ONCE, RECURRING, TRIGGERED',
    ]);
  });

  it('loses what its type has no use for', () => {
    const odd = { ...RECURRING, ...TRIGGERED, on: [1], type: 'ONCE', at: '2026-03-11T09:00:00+08:00' };
    expect(checkTrigger(odd, NOW).trigger).toEqual({ type: 'ONCE', at: '2026-03-11T09:00:00+08:00' });
  });

  it('is not asked about times that passed where there is no now', () => {
    expect(checkTrigger({ type: 'ONCE', at: '2020-01-01T00:00:00Z' }, undefined).problems).toEqual([]);
    expect(
      checkTrigger({ ...RECURRING, startDate: '2020-01-01', endDate: '2020-01-02' }, undefined).problems,
    ).toEqual([]);
    expect(checkTrigger({ ...TRIGGERED, endTime: '2026-03-02T00:00:00Z' }, undefined).problems).toEqual([]);
  });
});

describe('a trigger of one time', () => {
  it('may be now, to come, or passed a moment ago', () => {
    for (const at of [undefined, '2026-03-10T12:00:01Z', '2026-03-10T11:59:00Z', '2126-03-10T20:00+08:00'])
      expect(problemsOf({ type: 'ONCE', at })).toEqual([]);
    expect(problemsOf({ type: 'ONCE', at: '2026-03-10T11:58:59.999Z' })).toEqual([
      'trigger.at is in the past',
    ]);
  });

  it.each([
    'soon',
    '',
    '2026-03-11',
    '2026-03-11T09:00:00',
    '2026-02-30T09:00:00Z',
    '1795312800412',
    '2026-03-11T25:00:00Z',
  ])('is no instant: %s', (at) =>
    expect(problemsOf({ type: 'ONCE', at })).toEqual([
      expect.stringContaining('trigger.at must be an instant'),
    ]),
  );
});

describe('a recurring trigger', () => {
  it('is taken as it is, its days once each', () => {
    expect(checkTrigger(RECURRING, NOW)).toEqual({ problems: [], trigger: RECURRING });
    expect(checkTrigger({ ...RECURRING, every: 'WEEK', on: [5, 1, 5] }, NOW).trigger).toEqual({
      ...RECURRING,
      every: 'WEEK',
      on: [5, 1],
    });
  });

  it('has every field but the days and the re-entry', () => {
    expect(fieldsOf({ type: 'RECURRING' }).toSorted()).toEqual([
      'trigger.endDate',
      'trigger.every',
      'trigger.startDate',
      'trigger.timeOfDay',
      'trigger.timeZone',
    ]);
  });

  it.each<[string, DraftTrigger]>([
    ['startDate', { startDate: '2026-02-29' }],
    ['startDate', { startDate: '2026-3-1' }],
    ['endDate', { endDate: '2026-03-31T00:00:00Z' }],
    ['endDate', { endDate: '2026-02-28' }],
    ['every', { every: 'YEAR' }],
    ['on', { on: [1] }],
    ['on', { every: 'WEEK', on: [] }],
    ['on[1]', { every: 'WEEK', on: [1, 8] }],
    ['on[0]', { every: 'WEEK', on: [0] }],
    ['on[0]', { every: 'MONTH', on: [32] }],
    ['on[0]', { every: 'MONTH', on: [1.5] }],
    ['timeOfDay', { timeOfDay: '24:00' }],
    ['timeOfDay', { timeOfDay: '9:30' }],
    ['timeZone', { timeZone: 'Asia/Nowhere' }],
    ['timeZone', { timeZone: '+08:00' }],
    ['timeZone', { timeZone: '' }],
    ['reentry', { reentry: 'ALWAYS' }],
  ])('names %s of %j', (field, wrong) => {
    expect([...new Set(fieldsOf({ ...RECURRING, ...wrong }))]).toEqual([`trigger.${field}`]);
  });

  it('ends after it starts, and not in the past of its zone', () => {
    expect(problemsOf({ ...RECURRING, endDate: '2026-02-28' })).toEqual([
      'trigger.endDate must not be before startDate',
      'trigger.endDate is in the past',
    ]);
    const yesterday = { ...RECURRING, endDate: '2026-03-10', timeOfDay: '23:00' };
    expect(problemsOf(yesterday, Date.parse('2026-03-10T14:59:00Z'))).toEqual([]);
    expect(problemsOf(yesterday, Date.parse('2026-03-10T16:00:00Z'))).toEqual([
      'trigger.endDate is in the past',
    ]);
  });

  it('has passed everywhere, where its zone is not known', () => {
    const nowhere = { ...RECURRING, endDate: '2026-03-09', timeZone: 'Mars' };
    expect(fieldsOf(nowhere)).toEqual(['trigger.timeZone', 'trigger.endDate']);
    expect(fieldsOf({ ...nowhere, endDate: '2026-03-10' })).toEqual(['trigger.timeZone']);
  });

  it('has a run that is still to come', () => {
    const none = 'trigger has no run left between its start and its end';
    expect(
      problemsOf({ ...RECURRING, every: 'WEEK', on: [1], startDate: '2026-03-17', endDate: '2026-03-22' }),
    ).toEqual([none]);
    expect(problemsOf({ ...RECURRING, endDate: '2026-03-10' })).toEqual([none]);
  });
});

describe('a trigger by an event', () => {
  it('is taken with its defaults', () => {
    expect(checkTrigger({ ...TRIGGERED, reentry: undefined }, NOW).trigger).toMatchObject({
      reentry: 'ONCE',
    });
    expect(checkTrigger(TRIGGERED, NOW)).toEqual({ problems: [], trigger: { ...TRIGGERED, occurrence: 1 } });
  });

  it('has every field but the occurrence and the re-entry', () => {
    expect(fieldsOf({ type: 'TRIGGERED' }).toSorted()).toEqual([
      'trigger.endTime',
      'trigger.event',
      'trigger.startTime',
    ]);
  });

  it.each<[string, DraftTrigger]>([
    ['event', { event: ' ' }],
    ['event', { event: 'x'.repeat(129) }],
    ['event', { event: 'a\u0000b' }],
    ['occurrence', { occurrence: 0 }],
    ['occurrence', { occurrence: 1001 }],
    ['occurrence', { occurrence: 2.5 }],
    ['startTime', { startTime: '2026-03-01' }],
    ['endTime', { endTime: 'later' }],
    ['endTime', { endTime: '2026-03-10T12:00:00Z' }],
    ['endTime', { startTime: '2026-04-01T00:00:00Z' }],
    ['reentry', { reentry: '' }],
  ])('names %s of %j', (field, wrong) => {
    expect(fieldsOf({ ...TRIGGERED, ...wrong })).toEqual([`trigger.${field}`]);
  });
});
