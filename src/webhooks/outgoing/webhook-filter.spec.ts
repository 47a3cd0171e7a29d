import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_NAMES, EVENT_RESOURCES, type EventKeys, type EventResource } from '../../events/index.js';
import { WebhookFilter, type FilterSource } from './webhook-filter.js';

const UNSET: FilterSource = { events: ['*'], projectKeys: null, environmentKeys: null, toggleKeys: null };

const PUBLISH = event('TOGGLE', 'PUBLISH', {
  projectKey: 'Shop',
  environmentKey: 'online',
  toggleKey: 'new',
});
const TOGGLE_CREATE = event('TOGGLE', 'CREATE', { projectKey: 'Shop', toggleKey: 'new' });
const SEGMENT_UPDATE = event('SEGMENT', 'UPDATE', { projectKey: 'Shop', segmentKey: 'beta' });
const MEMBER_UPDATE = event('MEMBER', 'UPDATE', {});

function event(resource: EventResource, action: string, keys: EventKeys) {
  return { resource, name: `${resource}.${action}`, keys };
}

describe(WebhookFilter.name, () => {
  it.each([
    ['everything, when unset', {}, MEMBER_UPDATE, true],
    ['an event by its name', { events: ['TOGGLE.PUBLISH'] }, PUBLISH, true],
    ['no other event', { events: ['TOGGLE.PUBLISH'] }, TOGGLE_CREATE, false],
    ['any of several names', { events: ['SEGMENT.UPDATE', 'TOGGLE.CREATE'] }, TOGGLE_CREATE, true],
    ['all of a resource', { events: ['TOGGLE.*'] }, TOGGLE_CREATE, true],
    ['nothing of another resource', { events: ['TOGGLE.*'] }, SEGMENT_UPDATE, false],
    ['names to the letter', { events: ['toggle.publish'] }, PUBLISH, false],
    ['a project', { projectKeys: ['Shop'] }, PUBLISH, true],
    ['a project whatever the case', { projectKeys: ['other', 'sHOP'] }, PUBLISH, true],
    ['no other project', { projectKeys: ['Shopping'] }, PUBLISH, false],
    ['an environment', { environmentKeys: ['ONLINE'] }, PUBLISH, true],
    ['no other environment', { environmentKeys: ['test'] }, PUBLISH, false],
    ['nothing without an environment', { environmentKeys: ['online'] }, TOGGLE_CREATE, false],
    ['a toggle', { toggleKeys: ['new'] }, TOGGLE_CREATE, true],
    ['nothing without a toggle', { toggleKeys: ['new'] }, SEGMENT_UPDATE, false],
    ['nothing without a project', { projectKeys: ['Shop'] }, MEMBER_UPDATE, false],
    [
      'what passes all clauses',
      { events: ['TOGGLE.*'], projectKeys: ['shop'], toggleKeys: ['NEW'] },
      PUBLISH,
      true,
    ],
    [
      'not what fails one clause',
      { events: ['TOGGLE.*'], projectKeys: ['shop'], toggleKeys: ['old'] },
      PUBLISH,
      false,
    ],
  ])('lets through %s', (_what, source: Partial<FilterSource>, given, expected) => {
    expect(new WebhookFilter({ ...UNSET, ...source }).matches(given)).toBe(expected);
  });

  const PATTERN = fc.constantFrom('*', ...EVENT_RESOURCES.map((resource) => `${resource}.*`), ...EVENT_NAMES);
  const KEY = fc.constantFrom('a', 'A', 'b', 'other');
  const KEYS = fc.option(fc.uniqueArray(KEY, { minLength: 1 }));
  const SOURCE = fc.record({
    events: fc.uniqueArray(PATTERN, { minLength: 1, maxLength: 8 }),
    projectKeys: KEYS,
    environmentKeys: KEYS,
    toggleKeys: KEYS,
  });
  const EVENT = fc
    .tuple(
      fc.constantFrom(...EVENT_NAMES),
      fc.record({ projectKey: KEY, environmentKey: KEY, toggleKey: KEY }, { requiredKeys: [] }),
    )
    .map(([name, keys]) => {
      const [resource = '', action = ''] = name.split('.');
      return event(resource as EventResource, action, keys);
    });

  it('explains what it does: an event matches where all clauses passed', () => {
    let matched = 0;
    fc.assert(
      fc.property(SOURCE, EVENT, (source, given) => {
        const filter = new WebhookFilter(source);
        const clauses = filter.explain(given);
        const failed = clauses.filter(({ passed }) => !passed).map((clause) => clause.filter);
        expect(filter.matches(given)).toBe(failed.length === 0);
        expect(clauses.map((clause) => clause.filter)).toEqual(Object.keys(source));
        // Without the clauses that failed it passes, and each of them alone stops it.
        const without = (names: readonly string[]): FilterSource =>
          Object.fromEntries(
            Object.entries(UNSET).map(([name, unset]) => [
              name,
              names.includes(name) ? unset : source[name as keyof FilterSource],
            ]),
          ) as unknown as FilterSource;
        expect(new WebhookFilter(without(failed)).matches(given)).toBe(true);
        for (const name of failed) {
          const others = failed.filter((other) => other !== name);
          expect(new WebhookFilter(without(others)).matches(given)).toBe(false);
        }
        matched += failed.length === 0 ? 1 : 0;
      }),
      { numRuns: 500 },
    );
    expect(matched).toBeGreaterThan(10);
  });

  it('says why in plain words', () => {
    const why = (source: Partial<FilterSource>, given = PUBLISH): string[] =>
      new WebhookFilter({ ...UNSET, ...source }).explain(given).map((clause) => clause.why);
    expect(why({ events: ['SEGMENT.*', 'MEMBER.CREATE'], toggleKeys: ['old'] })).toEqual([
      'the event is TOGGLE.PUBLISH, the webhook wants SEGMENT.*, MEMBER.CREATE',
      "the event's project is Shop, the webhook wants any, or none",
      "the event's environment is online, the webhook wants any, or none",
      "the event's toggle is new, the webhook wants only old",
    ]);
    expect(why({ projectKeys: ['1', '2', '3', '4', '5', '6', '7'] }, MEMBER_UPDATE).slice(0, 2)).toEqual([
      'the event is MEMBER.UPDATE, the webhook wants every event',
      'the event has no project, the webhook wants only 1, 2, 3, 4, 5 and 2 more',
    ]);
  });
});
