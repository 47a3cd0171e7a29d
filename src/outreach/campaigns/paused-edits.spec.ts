import { describe, expect, it } from 'vitest';
import type { CampaignContent, DraftContent } from './campaign-content.js';
import { refuseFixed } from './paused-edits.js';

const ONCE: CampaignContent = {
  segmentKey: 'vip',
  steps: [{ touchpointId: 1 }, { touchpointId: 2, priority: 1 }],
  mode: 'ALL',
  templateValues: { amount: 100 },
  trigger: { type: 'ONCE', at: '2026-03-10T12:00:00Z' },
};

const TRIGGERED: CampaignContent = {
  ...ONCE,
  trigger: {
    type: 'TRIGGERED',
    event: 'purchase',
    occurrence: 1,
    startTime: '2026-03-01T00:00:00Z',
    endTime: '2026-03-31T00:00:00Z',
    reentry: 'ONCE',
  },
};

const RECURRING: CampaignContent = {
  ...ONCE,
  trigger: {
    type: 'RECURRING',
    startDate: '2026-03-01',
    endDate: '2026-03-31',
    every: 'DAY',
    timeOfDay: '09:30',
    timeZone: 'UTC',
    reentry: 'ONCE',
  },
};

const refusal = (before: CampaignContent, wanted: DraftContent, hasStarted: boolean): string | undefined => {
  try {
    refuseFixed(before, wanted, hasStarted);
    return undefined;
  } catch (error) {
    return (error as Error).message.split(' ')[0];
  }
};

describe('a paused campaign', () => {
  it('keeps the type of its trigger', () => {
    expect(refusal(ONCE, { ...ONCE, trigger: RECURRING.trigger }, false)).toBe('trigger.type');
    expect(refusal(ONCE, { ...ONCE, trigger: undefined }, false)).toBe('trigger.type');
  });

  it('may change all else before its first run', () => {
    const wanted = { segmentKey: 'x', steps: [], mode: 'FIRST_SUCCESS', trigger: { type: 'ONCE' } };
    expect(refusal(ONCE, wanted, false)).toBeUndefined();
  });

  it.each<[string, CampaignContent, DraftContent]>([
    ['steps', ONCE, { steps: [{ touchpointId: 1 }] }],
    ['steps', ONCE, { steps: undefined }],
    ['steps', ONCE, { steps: [...ONCE.steps].reverse() }],
    ['mode', ONCE, { mode: 'FIRST_SUCCESS' }],
    ['trigger.at', ONCE, { trigger: { type: 'ONCE' } }],
    ['trigger.event', TRIGGERED, { trigger: { ...TRIGGERED.trigger, event: 'other' } }],
    ['trigger.occurrence', TRIGGERED, { trigger: { ...TRIGGERED.trigger, occurrence: 2 } }],
    [
      'trigger.startTime',
      TRIGGERED,
      { trigger: { ...TRIGGERED.trigger, startTime: '2026-03-02T00:00:00Z' } },
    ],
  ])('keeps its %s from then on', (field, before, change) => {
    expect(refusal(before, { ...before, ...change }, true)).toBe(field);
    expect(refusal(before, { ...before, ...change }, false)).toBeUndefined();
  });

  it.each<[string, CampaignContent, DraftContent]>([
    ['audience and values', ONCE, { segmentKey: 'x', templateValues: {} }],
    ['mode where it is the default', ONCE, { mode: undefined }],
    [
      'end',
      TRIGGERED,
      { trigger: { ...TRIGGERED.trigger, endTime: '2027-01-01T00:00:00Z', reentry: 'EACH_TIME' } },
    ],
    ['occurrence where it is the default', TRIGGERED, { trigger: withoutOccurrence() }],
    [
      'schedule',
      RECURRING,
      { trigger: { ...RECURRING.trigger, every: 'WEEK', on: [1], endDate: '2027-01-01' } },
    ],
  ])('may change its %s even then', (_what, before, change) => {
    expect(refusal(before, { ...before, ...change }, true)).toBeUndefined();
  });
});

function withoutOccurrence(): DraftContent['trigger'] {
  const { type, event, startTime, endTime, reentry } = TRIGGERED.trigger as Required<DraftContent>['trigger'];
  return { type, event, startTime, endTime, reentry };
}
