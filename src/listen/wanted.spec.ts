import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedEvent, ListenedWebhook } from './api.js';
import { Wanted } from './wanted.js';

const WEBHOOK: ListenedWebhook = {
  id: 1,
  name: 'hook',
  status: 'ENABLE',
  events: ['*'],
  format: 'FEATUREPROBE',
  maskSdkKeys: false,
};

/** As the feed narrows: equal, keys whatever their case. */
function letsThrough(filters: Record<string, string>, event: FeedEvent): boolean {
  return Object.entries(filters).every(
    ([name, value]) => String(event[name as keyof FeedEvent]).toLowerCase() === value.toLowerCase(),
  );
}

describe(Wanted.name, () => {
  it.each<[Partial<ListenedWebhook>, Record<string, string>]>([
    [{}, {}],
    [{ events: ['TOGGLE.PUBLISH'] }, { resource: 'TOGGLE', action: 'PUBLISH' }],
    [
      { events: ['TOGGLE.*'], projectKeys: ['shop'] },
      { resource: 'TOGGLE', projectKey: 'shop' },
    ],
    [{ events: ['TOGGLE.*', 'SEGMENT.*'], toggleKeys: ['a', 'b'] }, {}],
    [
      { environmentKeys: ['online'], toggleKeys: ['a'] },
      { environmentKey: 'online', toggleKey: 'a' },
    ],
  ])('leaves to the feed what it can do: %j', (webhook, filters) => {
    expect(new Wanted({ ...WEBHOOK, ...webhook }).feedFilters).toEqual(filters);
  });

  it('never lets the feed withhold what is wanted', () => {
    const key = fc.constantFrom('a', 'A', 'b');
    const keys = fc.option(fc.uniqueArray(key, { minLength: 1 }), { nil: undefined });
    const pattern = fc.constantFrom('*', 'TOGGLE.*', 'TOGGLE.PUBLISH', 'SEGMENT.CREATE');
    const webhook = fc.record({
      events: fc.uniqueArray(pattern, { minLength: 1 }),
      projectKeys: keys,
      environmentKeys: keys,
      toggleKeys: keys,
    });
    const event = fc.record(
      {
        resource: fc.constantFrom('TOGGLE', 'SEGMENT'),
        action: fc.constantFrom('PUBLISH', 'CREATE'),
        projectKey: key,
        environmentKey: key,
        toggleKey: key,
      },
      { requiredKeys: ['resource', 'action'] },
    );
    let included = 0;
    fc.assert(
      fc.property(webhook, event, (filters, given) => {
        const wanted = new Wanted({ ...WEBHOOK, ...filters });
        const happened: FeedEvent = { id: '1', operator: 'bob', timestamp: 1, ...given };
        if (!wanted.includes(happened)) return;
        included += 1;
        expect(letsThrough(wanted.feedFilters, happened)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(included).toBeGreaterThan(20);
  });
});
