import { describe, expect, it } from 'vitest';
import { inOrder, type RecurringTrigger, type TriggeredTrigger } from './campaign-content.js';
import { dueAfterPause, dueAfterStart, isOver, timingOf } from './campaign-timing.js';

const at = (text: string): number => Date.parse(text);
const NOW = at('2026-03-10T12:00:00Z');

const DAILY: RecurringTrigger = {
  type: 'RECURRING',
  startDate: '2026-03-01',
  endDate: '2026-03-12',
  every: 'DAY',
  timeOfDay: '09:30',
  timeZone: 'UTC',
  reentry: 'ONCE',
};
const BY_EVENT: TriggeredTrigger = {
  type: 'TRIGGERED',
  event: 'purchase',
  occurrence: 3,
  startTime: '2026-03-11T00:00:00Z',
  endTime: '2026-03-12T00:00:00Z',
  reentry: 'ONCE',
};

describe('what a trigger makes due', () => {
  it('once it is online', () => {
    const none = { triggerEvent: null, endsAt: null };
    expect(timingOf({ type: 'ONCE' }, NOW)).toEqual({ ...none, nextRunAt: NOW });
    expect(timingOf({ type: 'ONCE', at: '2026-03-11T08:00:00+08:00' }, NOW)).toEqual({
      ...none,
      nextRunAt: at('2026-03-11T00:00:00Z'),
    });
    expect(timingOf(DAILY, NOW)).toEqual({ ...none, nextRunAt: at('2026-03-11T09:30:00Z') });
    expect(timingOf(BY_EVENT, NOW)).toEqual({
      triggerEvent: 'purchase',
      nextRunAt: at('2026-03-11T00:00:00Z'),
      endsAt: at('2026-03-12T00:00:00Z'),
    });
  });

  it('once a run has begun: the next time to come, however late that run was', () => {
    const due = at('2026-03-09T09:30:00Z');
    expect(dueAfterStart(DAILY, due, due)).toBe(at('2026-03-10T09:30:00Z'));
    expect(dueAfterStart(DAILY, due, NOW)).toBe(at('2026-03-11T09:30:00Z'));
    // A clock that was set back does not make the same time due again.
    expect(dueAfterStart(DAILY, due, due - 60_000)).toBe(at('2026-03-10T09:30:00Z'));
    expect(dueAfterStart(DAILY, due, at('2026-03-12T09:30:00Z'))).toBeNull();
    expect(dueAfterStart({ type: 'ONCE' }, due, due)).toBeNull();
    expect(dueAfterStart(BY_EVENT, due, due)).toBeNull();
  });

  it('once a pause is over', () => {
    const missed = at('2026-03-10T09:30:00Z');
    const ahead = at('2026-03-11T09:30:00Z');
    expect(dueAfterPause(DAILY, missed, NOW)).toBe(ahead);
    expect(dueAfterPause(DAILY, ahead, NOW)).toBe(ahead);
    expect(dueAfterPause(DAILY, missed, at('2026-03-13T00:00:00Z'))).toBeNull();
    expect(dueAfterPause(DAILY, null, NOW)).toBeNull();
    expect(dueAfterPause({ type: 'ONCE' }, missed, NOW)).toBe(missed);
    expect(dueAfterPause(BY_EVENT, missed, NOW)).toBe(missed);
  });

  it('never again', () => {
    const ends = at(BY_EVENT.endTime);
    expect(isOver({ type: 'ONCE' }, { nextRunAt: null, endsAt: null }, NOW)).toBe(true);
    expect(isOver(DAILY, { nextRunAt: NOW + 1, endsAt: null }, NOW)).toBe(false);
    expect(isOver(BY_EVENT, { nextRunAt: null, endsAt: ends }, NOW)).toBe(false);
    expect(isOver(BY_EVENT, { nextRunAt: NOW, endsAt: ends }, ends)).toBe(true);
  });
});

describe('steps', () => {
  const steps = [
    { touchpointId: 1 },
    { touchpointId: 2, priority: 5 },
    { touchpointId: 3, priority: 0 },
    { touchpointId: 4, priority: 5 },
  ];
  const ids = (mode: 'ALL' | 'FIRST_SUCCESS'): number[] =>
    inOrder(steps, mode).map(({ touchpointId }) => touchpointId);

  it('are tried by priority, equal ones as they are listed, those without one last', () => {
    expect(ids('FIRST_SUCCESS')).toEqual([3, 2, 4, 1]);
  });

  it('are all used as they are listed', () => {
    expect(ids('ALL')).toEqual([1, 2, 3, 4]);
  });
});
